/** How the visit is shown beside its note: as text to edit, or as turns with evidence lit up. */
import { computed, signal } from "@preact/signals";

export type VisitMode = "edit" | "turns";

export class VisitView {
  /** Counts only where there is a note; without one the text is edited. */
  readonly mode = signal<VisitMode>("turns");
  readonly #pointed = signal<readonly number[] | null>(null);
  readonly #focused = signal<readonly number[] | null>(null);
  /** Turns of the line under the pointer, or else of the one that has the focus. */
  readonly lit = computed<ReadonlySet<number>>(
    () => new Set(this.#pointed.value ?? this.#focused.value ?? []),
  );
  /** The turn to bring into sight; `page`: where the panes stand below each other, too. */
  readonly shown = signal<{ turn: number; page: boolean } | null>(null);

  setMode(mode: VisitMode): void {
    this.mode.value = mode;
  }

  point(turns: readonly number[] | null): void {
    this.#pointed.value = turns;
  }

  focus(turns: readonly number[] | null): void {
    this.#focused.value = turns;
  }

  show(turn: number | undefined, page = false): void {
    if (turn === undefined) return;
    this.mode.value = "turns";
    this.shown.value = { turn, page };
  }

  reset(): void {
    this.mode.value = "turns";
    this.#pointed.value = null;
    this.#focused.value = null;
    this.shown.value = null;
  }
}
