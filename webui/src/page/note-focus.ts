/** Where the focus goes in the note when what had it changes or leaves. */

/** The line, once it is drawn. */
export function focusLine(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

/** The line `by` places further on, if there is one. */
export function focusNeighbour(id: string, by: 1 | -1): void {
  neighbour(id, by)?.querySelector<HTMLElement>(".line")?.focus();
}

/** A line is about to go: the one after it gets the focus, or the one before, or the note. */
export function focusAfter(id: string): void {
  const near = neighbour(id, 1) ?? neighbour(id, -1);
  requestAnimationFrame(() => {
    near?.querySelector<HTMLElement>(".line")?.focus();
    keepFocus();
  });
}

function neighbour(id: string, by: number): HTMLElement | undefined {
  const items = [...document.querySelectorAll<HTMLElement>(".note [data-line]")];
  return items[items.findIndex((item) => item.dataset.line === id) + by];
}

/** The keys of the note work on after the element that had the focus is gone. */
export function keepFocus(): void {
  requestAnimationFrame(() => {
    const lost = document.activeElement === document.body || !document.activeElement;
    if (lost) document.querySelector<HTMLElement>(".pane.note")?.focus({ preventScroll: true });
  });
}
