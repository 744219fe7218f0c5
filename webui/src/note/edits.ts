/** What the clinician does with the note. Each returns a new document, or the same where nothing
 * changes; a signed note does not change. */
import { SHOWN_KEYS, type ShownKey } from "../scribe/sections.ts";
import { handOn, readLead, splitLines, type NewId } from "./lines.ts";
import { placedLines } from "./text.ts";
import type { LineOrigin, NoteDocument, NoteLine } from "./types.ts";

/** The document with other lines, or the same one where it is signed or has no such line. */
function change(
  document: NoteDocument,
  id: string,
  replace: (line: NoteLine) => readonly NoteLine[],
): NoteDocument {
  if (document.signature || !document.lines.some((line) => line.id === id)) return document;
  const lines = document.lines.flatMap((line) => (line.id === id ? replace(line) : [line]));
  return { ...document, lines };
}

/**
 * Another text for a line; '' removes it. What holds several statements becomes several lines, and
 * the first keeps the id. A line that was set apart comes into the note with its new text.
 */
export function editLine(
  document: NoteDocument,
  id: string,
  text: string,
  newId: NewId,
): NoteDocument {
  const wanted = text.trim();
  if (wanted === "") return removeLine(document, id);
  if (document.lines.some((line) => line.id === id && line.text === wanted)) return document;
  return change(document, id, (line) =>
    splitLines(line.section, wanted, line.origin, newId).map((piece, i): NoteLine => {
      const edited = { ...piece, edited: true };
      return i > 0 ? edited : { ...edited, id, lead: joinLeads(line.lead, piece.lead) };
    }),
  );
}

/** A list item does not get a second bullet from a text that begins with one. */
function joinLeads(outer: string, inner: string): string {
  return readLead(outer).marker !== "" && !inner.includes("\n") ? outer : outer + inner;
}

/** Takes a line away; a heading or bullet that hung on it goes to the next line. */
export function removeLine(document: NoteDocument, id: string): NoteDocument {
  const gone = document.lines.find((line) => line.id === id);
  if (!gone || document.signature) return document;
  const later = document.lines.slice(document.lines.indexOf(gone) + 1);
  const next = later.find(({ section }) => section === gone.section);
  const lines = document.lines
    .filter((line) => line !== gone)
    .map((line) => (line === next ? { ...line, lead: handOn(gone.lead, line.lead) } : line));
  return { ...document, lines: renumber(document.lines, lines, gone.section) };
}

/** The clinician keeps a marked line as it is, or takes that decision back. */
export function keepLine(document: NoteDocument, id: string, kept = true): NoteDocument {
  if (document.lines.some((line) => line.id === id && line.kept === kept)) return document;
  return change(document, id, (line) => [{ ...line, kept }]);
}

/** Puts a line that was set apart into the note, which is a decision to keep it. */
export function putInLine(document: NoteDocument, id: string): NoteDocument {
  if (!document.lines.some((line) => line.id === id && line.place === "apart")) return document;
  return change(document, id, (line) => [{ ...line, place: "note", kept: true }]);
}

/** Adds a text at the end of a section, laid out like what stands there. */
export function addLines(
  document: NoteDocument,
  section: ShownKey,
  text: string,
  origin: LineOrigin,
  newId: NewId,
): NoteDocument {
  const added = splitLines(section, text.trim(), origin, newId);
  const [first] = added;
  if (!first || document.signature) return document;
  first.lead = joinLeads(nextLead(document, section), first.lead);
  return { ...document, lines: insertAtEnd(document.lines, section, added) };
}

/** The layout of one more line: the list goes on, or the line stands by itself. */
function nextLead({ lines }: NoteDocument, section: ShownKey): string {
  const last = placedLines(lines, section).at(-1);
  const { marker } = readLead(last?.lead ?? "");
  if (marker === "") return last ? "\n" : "";
  const number = /^\(?(\d+)/.exec(marker);
  const next = number ? marker.replace(/\d+/, String(Number(number[1]) + 1)) : marker;
  return `\n${next} `;
}

function insertAtEnd(
  lines: readonly NoteLine[],
  section: ShownKey,
  added: readonly NoteLine[],
): NoteLine[] {
  const place = (key: ShownKey): number => SHOWN_KEYS.indexOf(key);
  const end = lines.findLastIndex((line) => place(line.section) <= place(section)) + 1;
  return [...lines.slice(0, end), ...added, ...lines.slice(end)];
}

/** Takes over what was said and left out, as a line of its own. */
export function insertOmission(
  document: NoteDocument,
  index: number,
  line: { section: ShownKey; text: string },
  newId: NewId,
): NoteDocument {
  if (!document.omissions[index]) return document;
  const added = addLines(document, line.section, line.text, "inserted", newId);
  if (added === document) return document;
  return { ...added, omissions: document.omissions.filter((_, i) => i !== index) };
}

/** Another generated text for a whole section. */
export function replaceSection(
  document: NoteDocument,
  section: ShownKey,
  text: string,
  newId: NewId,
): NoteDocument {
  if (document.signature) return document;
  const lines = document.lines.filter((line) => line.section !== section);
  const added = splitLines(section, text.trim(), "generated", newId);
  return { ...document, lines: insertAtEnd(lines, section, added) };
}

/** A numbered list that counted 1, 2, 3 does so again after one of its items went. */
function renumber(
  before: readonly NoteLine[],
  after: readonly NoteLine[],
  section: ShownKey,
): NoteLine[] {
  const own = (lines: readonly NoteLine[]) => lines.filter((line) => line.section === section);
  const sound = counted(own(before)).every((line, i) => line === own(before)[i]);
  if (!sound) return [...after];
  const leads = new Map(counted(own(after)).map((line) => [line.id, line]));
  return after.map((line) => leads.get(line.id) ?? line);
}

const NUMBER = /(\d{1,2})(?=[.)]\s*$)/;

function counted(lines: readonly NoteLine[]): NoteLine[] {
  let count = 0;
  return lines.map((line) => {
    const number = NUMBER.exec(line.lead)?.[1];
    if (readLead(line.lead).headings.length > 0) count = 0;
    if (number === undefined) return line;
    count = number === "1" ? 1 : count + 1;
    if (Number(number) === count) return line;
    return { ...line, lead: line.lead.replace(NUMBER, String(count)) };
  });
}
