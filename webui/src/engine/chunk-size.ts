/** How many prompt tokens a prefill call takes: progress and aborts come between two calls. */

const SLOW_MS = 500;
const QUICK_MS = 150;
/** Fewer would cost speed, on a GPU above all. */
const FEWEST = 16;

/** Halved while calls are slow on this machine, doubled while they are quick. */
export class ChunkSize {
  readonly #most: number;
  #tokens: number;

  /** `most` is the plan's limit; `cautious` begins with few, where the first call may take long. */
  constructor(most: number, cautious: boolean) {
    this.#most = most;
    this.#tokens = cautious ? Math.min(FEWEST, most) : most;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Learns from a call of `tokens` tokens that took so long; a last, shorter call tells nothing. */
  observe(tokens: number, milliseconds: number): void {
    if (tokens < this.#tokens) return;
    if (milliseconds > SLOW_MS) this.#tokens = Math.max(Math.min(FEWEST, this.#most), tokens >> 1);
    else if (milliseconds < QUICK_MS) this.#tokens = Math.min(this.#most, tokens * 2);
  }
}
