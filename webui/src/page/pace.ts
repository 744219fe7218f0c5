/** How long a note takes on this machine: from a short measurement, then from the notes of this tab. */
import { signal } from "@preact/signals";

import { noteTime, TYPICAL_NOTE } from "../engine/measure.ts";
import type { Speed } from "../engine/types.ts";
import type { NoteFigures } from "../scribe/note.ts";

/** Below this share of the known time the transcript was largely still in the engine's cache. */
const REMEMBERED = 0.5;

export class Pace {
  readonly #speed = signal<Speed | null>(null);
  /** Steps of a note: as many as the last one took. */
  readonly #steps = signal(TYPICAL_NOTE.steps);
  /** What the estimate rests on. */
  readonly source = signal<"test" | "note">("test");

  /** Another engine or model: nothing is known of it. */
  forget(): void {
    this.#speed.value = null;
    this.#steps.value = TYPICAL_NOTE.steps;
    this.source.value = "test";
  }

  tested(speed: Speed): void {
    if (this.source.value === "test") this.#speed.value = speed;
  }

  /** A whole note was written, in so many parts. */
  wrote(
    { prefixTokens, readMilliseconds, steps, writeMilliseconds }: NoteFigures,
    parts = 1,
  ): void {
    if (steps === 0 || prefixTokens === 0) return;
    const known = this.#speed.value?.readMilliseconds;
    const read = readMilliseconds / prefixTokens;
    const remembered = known !== undefined && read < REMEMBERED * known;
    this.#speed.value = {
      readMilliseconds: remembered ? known : read,
      stepMilliseconds: writeMilliseconds / steps,
    };
    this.#steps.value = Math.round(steps / parts);
    this.source.value = "note";
  }

  /** Milliseconds for a visit of so many tokens, written in so many parts; null: not known yet. */
  estimate(promptTokens: number = TYPICAL_NOTE.promptTokens, parts = 1): number | null {
    const speed = this.#speed.value;
    return speed && noteTime(speed, { promptTokens, steps: this.#steps.value * parts });
  }
}
