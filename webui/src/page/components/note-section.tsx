import { placedLines } from "../../note/text.ts";
import type { NoteSection } from "../../scribe/note.ts";
import { SHOWN_TITLES, type ShownKey } from "../../scribe/sections.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { CopySection } from "./export-buttons.tsx";
import { LineEditor } from "./line-editor.tsx";
import { ApartLineItem, PlacedLineItem } from "./note-line.tsx";
import { Wish, WriteAgain } from "./writing-again.tsx";

interface SectionNeeds {
  session: Session;
  name: ShownKey;
}

/** One section: its text while it is written, its lines once it stands. */
export function Section({ session, name }: SectionNeeds) {
  const streaming = session.streaming.value;
  const streamed = session.note.value?.sections.find(({ key }) => key === name);
  const again = session.rewriting.value?.section === name ? session.rewriting.value : null;
  const state = again ? "writing" : streaming ? streamed?.state : session.editor.states.value[name];
  return (
    <section
      class={`note-section ${state ?? "empty"}`}
      aria-labelledby={`${name}-heading`}
      aria-busy={(streaming || again !== null) && (state === "writing" || state === "waiting")}
    >
      <header>
        <h3 id={`${name}-heading`} lang="en">
          {SHOWN_TITLES[name]}
        </h3>
        {state && <span class={`state state-${state}`}>{texts.note.states[state]}</span>}
        <WriteAgain session={session} name={name} />
        <CopySection session={session} name={name} />
      </header>
      <Wish session={session} name={name} />
      {again ? (
        <p class="text">{again.text}</p>
      ) : streaming ? (
        <Streamed name={name} section={streamed} />
      ) : (
        <Standing session={session} name={name} />
      )}
    </section>
  );
}

function Streamed({ name, section }: { name: ShownKey; section: NoteSection | undefined }) {
  const open = section?.state === "writing" || section?.state === "waiting";
  if (section && (section.text !== "" || open)) return <p class="text">{section.text}</p>;
  return (
    <p class="hint">{section?.state === "done" ? texts.note.nothing : texts.note.hints[name]}</p>
  );
}

function Standing({ session, name }: SectionNeeds) {
  const { editor } = session;
  const lines = editor.document.value?.lines ?? [];
  const placed = placedLines(lines, name);
  const apart = lines.filter(({ section, place }) => section === name && place === "apart");
  const state = editor.states.value[name];
  return (
    <>
      {placed.length > 0 ? (
        <ul class="text lines">
          {placed.map(({ line, lead }) => (
            <PlacedLineItem key={line.id} session={session} line={line} lead={lead} />
          ))}
        </ul>
      ) : (
        <p class="hint">
          {state === "done" && apart.length === 0 ? texts.note.nothing : texts.note.hints[name]}
        </p>
      )}
      {!editor.locked.value && <AddLine session={session} name={name} />}
      {apart.length > 0 && (
        <div class="apart" role="group" aria-labelledby={`${name}-apart`}>
          <h4 id={`${name}-apart`}>{texts.lines.apart}</h4>
          <ul>
            {apart.map((line) => (
              <ApartLineItem key={line.id} session={session} line={line} />
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function AddLine({ session, name }: SectionNeeds) {
  const { editor } = session;
  const own = `add-${name}`;
  const focusButton = (): void =>
    void requestAnimationFrame(() => document.getElementById(own)?.focus());
  if (editor.editing.value === own) {
    return (
      <LineEditor
        text=""
        label={texts.lines.newLine(SHOWN_TITLES[name])}
        onSave={(text, by) => {
          editor.stopEditing(own);
          editor.add(name, text);
          if (by === "keys") focusButton();
        }}
        onCancel={() => {
          editor.stopEditing(own);
          focusButton();
        }}
      />
    );
  }
  return (
    <button
      type="button"
      id={own}
      class="add-line"
      aria-label={texts.lines.addTo(SHOWN_TITLES[name])}
      onClick={() => editor.startEditing(own)}
    >
      {texts.lines.add}
    </button>
  );
}
