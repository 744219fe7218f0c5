/**
 * Keeps a section out of loops: small models fall into writing the same line again and again.
 * A token is forbidden when it would complete a chain of tokens that stood in the section before
 * (the n-gram blocking of Paulus et al. 2017, arXiv 1705.04304). Digits are never forbidden: a
 * figure that may not recur would come out as another one.
 */
export class RepetitionGuard {
  readonly #length: number;
  readonly #recent: number[] = [];
  /** By the tokens of a chain but its last: what has followed them. */
  readonly #followers = new Map<string, Set<number>>();

  readonly #isFree: (id: number) => boolean;

  /**
   * @param length tokens of a chain that may not recur; at least 2
   * @param isFree whether a token may come whatever stood before
   */
  constructor(length: number, isFree: (id: number) => boolean = () => false) {
    this.#length = length;
    this.#isFree = isFree;
  }

  /** Takes the section's next token. */
  push(id: number): void {
    const key = this.#key();
    if (key !== null && !this.#isFree(id)) {
      const followers = this.#followers.get(key);
      if (followers) followers.add(id);
      else this.#followers.set(key, new Set([id]));
    }
    this.#recent.push(id);
    if (this.#recent.length >= this.#length) this.#recent.shift();
  }

  /** Tokens that may not come next. */
  forbidden(): ReadonlySet<number> {
    const key = this.#key();
    return (key !== null && this.#followers.get(key)) || NONE;
  }

  #key(): string | null {
    return this.#recent.length === this.#length - 1 ? this.#recent.join() : null;
  }
}

const NONE: ReadonlySet<number> = new Set();
