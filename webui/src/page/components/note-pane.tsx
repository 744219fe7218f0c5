import { SHOWN_KEYS } from "../../scribe/sections.ts";
import { formatMoment } from "../format.ts";
import { language } from "../language.ts";
import { keepFocus } from "../note-focus.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { ExportButtons } from "./export-buttons.tsx";
import { RedoIcon, UndoIcon } from "./icons.tsx";
import { Section } from "./note-section.tsx";
import { Omissions } from "./omissions.tsx";
import { ReadInParts } from "./writing-parts.tsx";
import { WritingTools } from "./writing-tools.tsx";

/** The note: four sections that fill at once, then lines to read, check and correct. */
export function NotePane({ session }: { session: Session }) {
  const { editor } = session;
  return (
    <section
      class="pane note"
      data-written={session.note.value?.text}
      aria-labelledby="note-heading"
      tabIndex={-1}
      onKeyDown={(event) => undoByKeys(session, event)}
    >
      <header class="pane-head">
        <h2 id="note-heading">{texts.note.heading}</h2>
        <span class="buttons">
          <History session={session} />
          <ExportButtons session={session} />
        </span>
      </header>
      <WritingTools session={session} />
      <Verdict session={session} />
      <Remarks session={session} />
      <div
        class={editor.document.value && !session.streaming.value ? "sections standing" : "sections"}
      >
        {SHOWN_KEYS.map((name) => (
          <Section key={name} session={session} name={name} />
        ))}
        {!session.streaming.value && <Omissions session={session} />}
      </div>
      <p class="review">
        {texts.review}
        {language.value !== "en" && ` ${texts.languages.remark}`}
      </p>
    </section>
  );
}

/** Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y, while the note has the focus. */
function undoByKeys({ editor, streaming }: Session, event: KeyboardEvent): void {
  const key = event.key.toLowerCase();
  if (streaming.value || event.altKey || !(event.ctrlKey || event.metaKey)) return;
  if (key === "z" && !event.shiftKey) editor.undo();
  else if (key === "z" || key === "y") editor.redo();
  else return;
  event.preventDefault();
  keepFocus();
}

function History({ session }: { session: Session }) {
  const { editor, streaming } = session;
  if (!editor.canUndo.value && !editor.canRedo.value) return null;
  return (
    <>
      <button
        type="button"
        class="quiet icon-only"
        aria-label={texts.lines.undo}
        title={texts.lines.undo}
        aria-keyshortcuts="Control+Z"
        disabled={!editor.canUndo.value || streaming.value}
        onClick={() => {
          editor.undo();
          keepFocus();
        }}
      >
        <UndoIcon />
      </button>
      <button
        type="button"
        class="quiet icon-only"
        aria-label={texts.lines.redo}
        title={texts.lines.redo}
        aria-keyshortcuts="Control+Shift+Z"
        disabled={!editor.canRedo.value || streaming.value}
        onClick={() => {
          editor.redo();
          keepFocus();
        }}
      >
        <RedoIcon />
      </button>
    </>
  );
}

/** How many lines were found in the visit; what is missing there is also said aloud. */
function Verdict({ session }: { session: Session }) {
  const { editor, streaming } = session;
  const missing = editor.missing.value;
  const { lines, ...counts } = editor.counts.value;
  const shown = lines > 0 && !streaming.value;
  return (
    <>
      <p class="sr-only" aria-live="polite">
        {shown && missing !== null && texts.lines.announce(missing)}
      </p>
      {shown && (
        <ul class="verdict" aria-label={texts.lines.counted}>
          {(["supported", "unsupported", "unchecked"] as const).map((name) => (
            <li key={name} class={name}>
              {texts.lines.counts[name](counts[name])}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What the clinician should know of the whole note: signed, replaced, not checked. */
function Remarks({ session }: { session: Session }) {
  const { editor, streaming } = session;
  const signature = editor.document.value?.signature;
  if (streaming.value) return null;
  return (
    <>
      <ReadInParts session={session} />
      {signature && (
        <p class="notice signed">
          {texts.lines.signed(signature.name, formatMoment(signature.at, texts.language))}{" "}
          <button type="button" class="link" onClick={() => editor.amend()}>
            {texts.lines.amend}
          </button>
        </p>
      )}
      {editor.replacedEdits.value && (
        <p class="notice" role="note">
          {texts.lines.replacedEdits}{" "}
          <button type="button" class="link" onClick={() => editor.undo()}>
            {texts.lines.bringBack}
          </button>
        </p>
      )}
      {editor.checking.value === "failed" && <p class="notice">{texts.lines.notChecked}</p>}
    </>
  );
}
