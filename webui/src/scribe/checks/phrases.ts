/** Short word sequences, such as cues, found in tokens. */
import type { Token } from "./text.ts";

export class Phrases {
  readonly #byFirst = new Map<string, string[][]>();

  constructor(phrases: readonly string[]) {
    for (const phrase of phrases) {
      const words = phrase.split(" ");
      const first = words[0] ?? "";
      const list = this.#byFirst.get(first);
      if (list) list.push(words);
      else this.#byFirst.set(first, [words]);
    }
    for (const list of this.#byFirst.values()) list.sort((a, b) => b.length - a.length);
  }

  /** Tokens that the longest phrase at `i` takes; 0 where none begins. */
  at(tokens: readonly Token[], i: number, end = tokens.length): number {
    const list = this.#byFirst.get(tokens[i]?.w ?? "");
    if (!list) return 0;
    for (const words of list) {
      if (i + words.length <= end && words.every((w, k) => tokens[i + k]?.w === w)) {
        return words.length;
      }
    }
    return 0;
  }

  /** Index of the first phrase in the range, or -1. */
  first(tokens: readonly Token[], from: number, to: number): number {
    for (let i = Math.max(0, from); i < to; i++) if (this.at(tokens, i, to) > 0) return i;
    return -1;
  }

  in(tokens: readonly Token[], from = 0, to = tokens.length): boolean {
    return this.first(tokens, from, to) >= 0;
  }
}
