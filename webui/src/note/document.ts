/** The note as a document: made from a generated note, and what the checks say of its lines. */
import { splitStatements } from "../scribe/checks/statements.ts";
import type { CheckedNote } from "../scribe/checks/types.ts";
import { SHOWN_KEYS, SHOWN_TITLES, type ShownKey } from "../scribe/sections.ts";
import { splitLines, type NewId } from "./lines.ts";
import type { LineCheck, NoteDocument, NoteLine } from "./types.ts";

/** A document that nothing has checked yet. */
export function makeDocument(
  sections: readonly { key: ShownKey; text: string }[],
  newId: NewId,
): NoteDocument {
  const lines = SHOWN_KEYS.flatMap((key) =>
    sections
      .filter((section) => section.key === key)
      .flatMap(({ text }) => splitLines(key, text, "generated", newId)),
  );
  return { lines, omissions: [], signature: null };
}

export const EMPTY_DOCUMENT: NoteDocument = { lines: [], omissions: [], signature: null };

/** A line as the checks take it. */
export interface LineStatement {
  /** Id of its line. */
  id: string;
  text: string;
  /** The heading that it stands under, as the checks read it from a note's text. */
  section: string;
  /** Not part of the note's text: what it says is still missing there. */
  apart: boolean;
}

/** The statements of a document, those set apart included; headings alone are none. */
export function statementsOf({ lines }: NoteDocument): LineStatement[] {
  return SHOWN_KEYS.flatMap((key) => {
    let heading = SHOWN_TITLES[key].toUpperCase();
    return lines
      .filter(({ section }) => section === key)
      .flatMap(({ id, lead, text, place }): LineStatement[] => {
        // A heading in the lead or in the text itself shows as the section of a statement after it.
        const probe = splitStatements(`${lead}${text}\nIt is well.`);
        const statement = probe.length > 1;
        const section = (statement ? probe[0] : probe.at(-1))?.section || heading;
        heading = section;
        return statement ? [{ id, text, section, apart: place === "apart" }] : [];
      });
  });
}

const UNCHECKED: LineCheck = {
  verdict: "unchecked",
  severity: null,
  kind: null,
  reason: null,
  turns: [],
  contradicting: [],
};

/**
 * The document with the checks' answer to its statements, which must be those that were asked. A
 * generated line that nobody has touched is set apart the first time that the checks find a major
 * claim in it which the visit does not hold; later answers mark a line where it stands.
 */
export function applyChecks(
  document: NoteDocument,
  asked: readonly LineStatement[],
  { statements, omissions }: CheckedNote,
): NoteDocument {
  const answers = new Map(
    asked.map(({ id }, i): [string, LineCheck] => {
      const found = statements[i];
      if (!found) return [id, UNCHECKED];
      const { verdict, severity, kind, reason, turns, contradicting } = found;
      return [id, { verdict, severity, kind, reason, turns, contradicting }];
    }),
  );
  const lines = document.lines.map((line): NoteLine => {
    const check = answers.get(line.id) ?? UNCHECKED;
    const fresh = line.check === null && line.origin === "generated" && !line.edited && !line.kept;
    const major = check.verdict === "unsupported" && check.severity === "major";
    return { ...line, check, place: fresh && major ? "apart" : line.place };
  });
  return { ...document, lines, omissions };
}

/** Marked lines of the note's text that the clinician has not decided on. */
export function openLines({ lines }: NoteDocument): NoteLine[] {
  return lines.filter(
    ({ place, kept, check }) => place === "note" && !kept && check?.verdict === "unsupported",
  );
}

export const linesApart = ({ lines }: NoteDocument): NoteLine[] =>
  lines.filter(({ place }) => place === "apart");
