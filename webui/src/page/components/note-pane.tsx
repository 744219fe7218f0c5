import type { NoteSection } from "../../scribe/note.ts";
import { SHOWN_KEYS, SHOWN_TITLES, type ShownKey } from "../../scribe/sections.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { CheckIcon, CopyIcon } from "./icons.tsx";

/** The note: four sections that fill at once. */
export function NotePane({ session }: { session: Session }) {
  const note = session.note.value;
  const copied = session.outcome.value?.kind === "copied";
  return (
    <section class="pane note" aria-labelledby="note-heading">
      <header class="pane-head">
        <h2 id="note-heading">{texts.note.heading}</h2>
        <button
          type="button"
          id="copy"
          disabled={!note?.text || session.busy.value}
          onClick={() => void session.copy()}
        >
          {copied ? <CheckIcon /> : <CopyIcon />}
          {texts.actions.copy}
        </button>
      </header>
      <div class="sections">
        {SHOWN_KEYS.map((key) => (
          <Section
            key={key}
            name={key}
            section={note?.sections.find((section) => section.key === key)}
          />
        ))}
      </div>
      <p class="review">{texts.review}</p>
    </section>
  );
}

function Section({ name, section }: { name: ShownKey; section: NoteSection | undefined }) {
  const state = section?.state;
  const open = state === "writing" || state === "waiting";
  return (
    <section
      class={`note-section ${state ?? "empty"}`}
      aria-labelledby={`${name}-heading`}
      aria-busy={open}
    >
      <header>
        <h3 id={`${name}-heading`}>{SHOWN_TITLES[name]}</h3>
        {state && <span class={`state state-${state}`}>{texts.note.states[state]}</span>}
      </header>
      {section && (section.text !== "" || open) ? (
        <p class="text">{section.text}</p>
      ) : (
        <p class="hint">{state === "done" ? texts.note.nothing : texts.note.hints[name]}</p>
      )}
    </section>
  );
}
