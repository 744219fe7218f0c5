import { useState } from "preact/hooks";

import type { LetterKind } from "../../letter/letter.ts";
import { copyText } from "../clipboard.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { Panel } from "./panel.tsx";

const text = texts.letter;
const KINDS: readonly LetterKind[] = ["letter", "summary"];

/** A letter or an after-visit summary for the patient, made from the note and then changed. */
export function LetterPanel({ session }: { session: Session }) {
  const { writing } = session;
  const [kind, setKind] = useState<LetterKind>("letter");
  const [draft, setDraft] = useState("");
  const [left, setLeft] = useState(0);
  const [copied, setCopied] = useState<boolean | null>(null);
  const start = (which: LetterKind): void => {
    const made = writing.letter(which);
    setKind(which);
    setDraft(made?.text ?? "");
    setLeft(made?.letter.left ?? 0);
    setCopied(null);
  };
  return (
    <Panel label={text.open} heading={text.heading} onOpen={() => start(kind)}>
      <p>{text.remark}</p>
      <fieldset class="kinds">
        <legend>{text.kind}</legend>
        {KINDS.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="letter-kind"
              checked={kind === each}
              onChange={() => start(each)}
            />
            {text.kinds[each]}
          </label>
        ))}
      </fieldset>
      {left > 0 && <p class="remark">{text.left(left)}</p>}
      {draft === "" && <p class="remark">{text.nothing}</p>}
      <textarea
        rows={16}
        aria-label={text.field}
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
      />
      <div class="buttons">
        <button
          type="button"
          disabled={draft === ""}
          onClick={() => {
            void copyText(draft).then((done) => {
              setCopied(done);
              if (done) session.audit("exported", kind);
            });
          }}
        >
          {text.copy}
        </button>
        <button
          type="button"
          disabled={draft === ""}
          onClick={() => {
            session.audit("exported", kind);
            writing.print(`${text.draft}\n\n${draft}`);
          }}
        >
          {text.print}
        </button>
        <button type="button" class="quiet" onClick={() => start(kind)}>
          {text.again}
        </button>
        <span aria-live="polite">{copied !== null && (copied ? text.copied : text.notCopied)}</span>
      </div>
    </Panel>
  );
}

/** What goes on paper. */
export const LetterSheet = ({ content }: { content: string }) => (
  <div class="print-sheet letter-sheet">{content}</div>
);
