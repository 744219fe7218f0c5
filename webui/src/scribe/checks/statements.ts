/**
 * A note's statements: its sentences and list items, with the heading that they stand under.
 * Offsets are UTF-16 code units of the note as given.
 */
import headings from "./headings.json" with { type: "json" };

export interface Statement {
  text: string;
  start: number;
  end: number;
  /** The heading as written, or "". */
  section: string;
}

const HEADINGS = new Set([...headings.titles, ...headings.areas, ...headings.labels]);

/** Bullets and numbers that begin a list item. */
const MARKER = /^[\s\u200b]*(?:(?:[-–—•*·▪◦‣]+|\(?\d{1,2}[.)](?!\d)|\(?[a-zA-Z]\))[\s\u200b]+)+/;

/** Words after which a full stop ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:dr|drs|mr|mrs|ms|st|vs|e\.g|i\.e|approx|no|fig|pt|jr|sr|prof|y\.o|p\.o|q\.d|b\.i\.d|t\.i\.d|q\.i\.d|p\.r\.n|a\.m|p\.m|q\.a\.m|q\.h\.s|h|c|e|s)\.$/i;

const LABELS = new Set(headings.labels);

/** A statement whose leading label ("Medical Reasoning:") is blank: its words claim nothing. */
export function withoutLabel(text: string): string {
  const label = /^([^:]{1,60}):/.exec(text);
  return label && LABELS.has((label[1] as string).trim().toLowerCase())
    ? " ".repeat(label[0].length) + text.slice(label[0].length)
    : text;
}

/** The statements of a note, in order. */
export function splitStatements(note: string): Statement[] {
  const statements: Statement[] = [];
  let section = "";
  for (const line of note.matchAll(/[^\r\n\u0085\u2028\u2029]+/g)) {
    const body = trimmed(note, line.index, line.index + line[0].length);
    if (body === null) continue;
    if (isHeading(note.slice(body.start, body.end))) {
      section = note.slice(body.start, body.end).replace(/[\s:]+$/, "");
      continue;
    }
    for (const piece of sentences(note, body.start, body.end)) {
      const text = note.slice(piece.start, piece.end);
      if (isHeading(text)) section = text.replace(/[\s:]+$/, "");
      else statements.push({ text, ...piece, section });
    }
  }
  return statements;
}

interface Span {
  start: number;
  end: number;
}

/** The span without its list marker and outer blanks; null where no letter or digit is left. */
function trimmed(note: string, start: number, end: number): Span | null {
  let from = start + (MARKER.exec(note.slice(start, end))?.[0].length ?? 0);
  let to = end;
  while (from < to && /[\s\u200b]/.test(note.charAt(from))) from++;
  while (to > from && /[\s\u200b]/.test(note.charAt(to - 1))) to--;
  return /[\p{L}\p{N}]/u.test(note.slice(from, to)) ? { start: from, end: to } : null;
}

/** Sentences of one line. */
function sentences(note: string, start: number, end: number): Span[] {
  const spans: Span[] = [];
  let from = start;
  const add = (to: number): void => {
    const span = trimmed(note, from, to);
    if (span) spans.push(span);
    from = to;
  };
  for (const stop of note.slice(start, end).matchAll(/[.!?…]+["')\]”’]*(?=\s)/g)) {
    const to = start + stop.index + stop[0].length;
    const before = note.slice(Math.max(from, to - 12), to);
    const after = note.slice(to, Math.min(end, to + 12)).trimStart();
    if (stop[0].startsWith(".") && ABBREVIATION.test(before) && !/^[-–•]/.test(after)) {
      // An abbreviation ends a sentence only where a new one plainly begins.
      if (!/^(?:The|She|He|They|We|I|Patient|Denies|No|Reports|Continue)\b/.test(after)) continue;
      if (/(?:dr|mr|mrs|ms|st|prof)\.$/i.test(before)) continue;
    }
    // "2. " at the start of a piece is its number, not a sentence.
    if (!/[\p{L}]/u.test(note.slice(from, to)) && to - from < 5) continue;
    add(to);
  }
  add(end);
  return spans;
}

/**
 * Whether a piece of a note is a heading alone: a known title or exam area, a line that ends in a
 * colon, or a line of at least two words, or one long word, in capitals.
 */
export function isHeading(text: string): boolean {
  const bare = text.replace(/[\s:.]+$/, "");
  if (text.trimEnd().endsWith(":") && bare.split(/\s+/).length <= 6) return true;
  if (!/[.!?]$/.test(text.trimEnd()) && HEADINGS.has(bare.toLowerCase())) return true;
  if (/\p{Ll}/u.test(bare) || /\d/.test(bare)) return false;
  const letters = bare.replace(/[^\p{L}]/gu, "").length;
  if (text.trimEnd().endsWith(".")) return false;
  return letters >= 7 || (/\s/.test(bare) && letters >= 5);
}
