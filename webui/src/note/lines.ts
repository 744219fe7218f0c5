/** A section's text taken apart into lines: its statements, with the layout in front of each. */
import { isHeading, splitStatements } from "../scribe/checks/statements.ts";
import type { ShownKey } from "../scribe/sections.ts";
import type { LineOrigin, NoteLine } from "./types.ts";

/** Gives an id that no line of the note has or had. */
export type NewId = () => string;

/**
 * The lines of a section's text. What stands between two statements (blank space, list markers,
 * headings) is the later one's `lead`; what follows the last one, such as a heading alone, is a
 * line of its own, so that leads and texts together are the text as given.
 */
export function splitLines(
  section: ShownKey,
  text: string,
  origin: LineOrigin,
  newId: NewId,
): NoteLine[] {
  const lines: NoteLine[] = [];
  const add = (lead: string, words: string): void => {
    const state = { edited: false, check: null, kept: false, place: "note" } as const;
    lines.push({ id: newId(), section, lead, text: words, origin, ...state });
  };
  let from = 0;
  for (const { start, end } of splitStatements(text)) {
    add(text.slice(from, start), text.slice(start, end));
    from = end;
  }
  const rest = text.slice(from).trimEnd();
  const words = rest.trimStart();
  if (words !== "") add(rest.slice(0, rest.length - words.length), words);
  return lines;
}

/** What a lead holds: headings, a list marker, and how far it stands off from the line before. */
export interface Layout {
  headings: string[];
  /** '-', '2.', or '' where the line is no list item. */
  marker: string;
  breaks: "none" | "line" | "paragraph";
}

export function readLead(lead: string): Layout {
  const pieces = lead.split("\n");
  const marker = pieces.at(-1)?.trim() ?? "";
  const whole = isHeading(marker);
  return {
    headings: (whole ? pieces : pieces.slice(0, -1)).map((piece) => piece.trim()).filter(isHeading),
    marker: whole ? "" : marker,
    breaks: pieces.length === 1 ? "none" : /\n[ \t]*\n/.test(lead) ? "paragraph" : "line",
  };
}

/** How much of the layout hangs on a lead; the one that holds more outlives its line. */
function weight(lead: string): number {
  const { headings, marker, breaks } = readLead(lead);
  if (headings.length > 0) return 3;
  if (marker !== "" && breaks === "none") return 1;
  return { none: 0, line: 1, paragraph: 2 }[breaks];
}

/** The lead of a line after the one before it went: a heading or a list's bullet is handed on. */
export function handOn(gone: string, next: string): string {
  return weight(gone) > weight(next) ? gone : next;
}
