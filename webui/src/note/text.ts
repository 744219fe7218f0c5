/** The note as a text, in the one format in which notes are shown, copied and scored. */
import { composeNote, SHOWN_KEYS, type ShownKey, type ShownSection } from "../scribe/sections.ts";
import { handOn } from "./lines.ts";
import type { NoteDocument, NoteLine } from "./types.ts";

export interface PlacedLine {
  line: NoteLine;
  /** Its lead as it stands, with what lines set apart before it handed on. */
  lead: string;
}

/** The lines of a section that are part of the note's text, in order. */
export function placedLines(lines: readonly NoteLine[], section: ShownKey): PlacedLine[] {
  const placed: PlacedLine[] = [];
  let gone: string | null = null;
  for (const line of lines) {
    if (line.section !== section) continue;
    const lead: string = gone === null ? line.lead : handOn(gone, line.lead);
    gone = line.place === "apart" ? lead : null;
    if (line.place === "note") placed.push({ line, lead });
  }
  return placed;
}

/** The four sections, and the whole note. */
export function composeDocument({ lines }: Pick<NoteDocument, "lines">): {
  sections: ShownSection[];
  text: string;
} {
  return composeNote(
    SHOWN_KEYS.map((shown) => ({
      shown,
      text: placedLines(lines, shown)
        .map(({ line, lead }) => lead + line.text)
        .join(""),
    })),
  );
}

export const noteText = (document: NoteDocument): string => composeDocument(document).text;

export function sectionText(document: NoteDocument, section: ShownKey): string {
  return composeDocument(document).sections.find(({ key }) => key === section)?.text ?? "";
}
