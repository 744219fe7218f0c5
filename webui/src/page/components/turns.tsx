import { useComputed, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";

import type { Turn } from "../../scribe/transcript.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import type { VisitMode, VisitView } from "../visit-view.ts";

const MODES: readonly VisitMode[] = ["turns", "edit"];

/** Reading or editing: two buttons, of which one is pressed. */
export function VisitModes({ session }: { session: Session }) {
  const { mode } = session.view;
  if (!session.editor.document.value) return null;
  return (
    <span class="modes" role="group" aria-label={texts.turns.modes}>
      {MODES.map((name) => (
        <button
          type="button"
          key={name}
          aria-pressed={mode.value === name}
          onClick={() => {
            session.view.setMode(name);
            if (name === "edit") document.getElementById("transcript")?.focus();
          }}
        >
          {texts.turns.mode[name]}
        </button>
      ))}
    </span>
  );
}

/** The transcript to read: its turns, those behind the line in hand lit up. */
export function Turns({ session }: { session: Session }) {
  const { editor, view } = session;
  const listRef = useRef<HTMLOListElement>(null);
  useSignalEffect(() => {
    const shown = view.shown.value;
    if (shown) requestAnimationFrame(() => reveal(listRef.current, shown.turn, shown.page));
  });
  return (
    <ol class="turns" ref={listRef} tabIndex={0} aria-label={texts.turns.label}>
      {editor.turns.value.map((turn, i) => (
        <TurnItem key={i} view={view} turn={turn} index={i} />
      ))}
    </ol>
  );
}

function TurnItem({ view, turn, index }: { view: VisitView; turn: Turn; index: number }) {
  const lit = useComputed(() => view.lit.value.has(index));
  return (
    <li class={lit.value ? "turn lit" : "turn"} data-turn={index}>
      <span class="turn-head">
        <span class="turn-number">{index + 1}</span>{" "}
        {turn.speaker !== "" && <span class="speaker">{turn.speaker}</span>}
      </span>{" "}
      <span class="said">{turn.text}</span>
    </li>
  );
}

function reveal(list: HTMLElement | null, turn: number, page: boolean): void {
  const item = list?.querySelector<HTMLElement>(`[data-turn="${turn}"]`);
  if (!list || !item) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = calm ? "auto" : "smooth";
  if (page) return item.scrollIntoView({ block: "center", behavior });
  const top = item.offsetTop - (list.clientHeight - item.offsetHeight) / 2;
  list.scrollTo({ top, behavior });
}
