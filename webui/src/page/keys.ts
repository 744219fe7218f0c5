/** Keyboard, focus and scrolling: what moves in the page besides its content. */
import { effect } from "@preact/signals";

import type { Session } from "./session.ts";

/** Ctrl+Enter (or Cmd+Enter) writes the note, Escape stops it. */
export function listenForKeys(session: Session): void {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      session.generate();
    } else if (event.key === "Escape" && session.busy.value) {
      event.preventDefault();
      session.stop();
    }
  });
}

/**
 * A button that becomes disabled loses the focus to nowhere: its counterpart takes it. And where the
 * panes stand below each other, the note comes into sight when it begins.
 */
export function followWork(session: Session): void {
  let before = false;
  effect(() => {
    const busy = session.busy.value;
    if (busy === before) return;
    before = busy;
    const [from, to] = busy ? ["generate", "stop"] : ["stop", "generate"];
    if (document.activeElement?.id === from) {
      requestAnimationFrame(() => document.getElementById(to)?.focus({ preventScroll: true }));
    }
    if (busy && matchMedia("(max-width: 55.99rem)").matches) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const note = document.getElementById("note-heading");
      note?.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    }
  });
}
