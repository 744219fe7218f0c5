/** Documents for tests: ids that count, sections as texts. */
import { applyChecks, makeDocument, statementsOf } from "../../src/note/document.ts";
import type { NewId } from "../../src/note/lines.ts";
import type { NoteDocument } from "../../src/note/types.ts";
import { checkNote } from "../../src/scribe/checks/index.ts";
import { SHOWN_KEYS, type ShownKey } from "../../src/scribe/sections.ts";

export function counter(): NewId {
  let count = 0;
  return () => `l${++count}`;
}

export function documentOf(sections: Partial<Record<ShownKey, string>>, newId = counter()) {
  return makeDocument(
    SHOWN_KEYS.map((key) => ({ key, text: sections[key] ?? "" })),
    newId,
  );
}

/** The document as the clinical checks leave it. */
export function checkedAgainst(dialogue: string, document: NoteDocument): NoteDocument {
  const statements = statementsOf(document);
  return applyChecks(document, statements, checkNote(dialogue, statements));
}

export const idOf = (document: NoteDocument, text: string): string => {
  const line = document.lines.find((one) => one.text.includes(text));
  if (!line) throw new Error(`no line holds '${text}'`);
  return line.id;
};

export const VISIT = `[doctor] Any allergies?
[patient] I am allergic to penicillin.
[doctor] What do you take for your blood pressure?
[patient] I take lisinopril 20 mg every day. And metformin 500 mg.
[doctor] Your blood pressure today is 142 over 88.`;
