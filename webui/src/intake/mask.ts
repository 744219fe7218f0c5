/**
 * De-identification on this device: names, dates, phone numbers, e-mail and postal addresses, and
 * numbers of records become stand-ins before a model reads a transcript, and come back in the note.
 *
 * A stand-in is a word and a number (`NAME-1`): small models copy it as it is, it fits where a name
 * fits, and where it could not be brought back it cannot be taken for somebody's name. Each word of
 * a name has its own, so that 'John Smith' and 'Mr. Smith' stay consistent.
 */
import { findNames } from "./mask-names.ts";
import { findValues } from "./mask-values.ts";

export type MaskKind = "NAME" | "DATE" | "PHONE" | "EMAIL" | "ADDRESS" | "NUMBER";

/** A stretch of a transcript that tells who somebody is. */
export interface Span {
  kind: MaskKind;
  start: number;
  end: number;
}

export interface Mask {
  placeholder: string;
  kind: MaskKind;
  /** As it stood where it came first. */
  value: string;
  count: number;
}

export interface Masked {
  text: string;
  masks: Mask[];
  /** Brings the values back in what a model wrote from the text, whatever case it used. */
  restore: (note: string) => string;
}

/** `NAME-1` as models may write it: in another case, with another hyphen, with spaces. */
const STAND_IN =
  /\b(NAME|DATE|PHONE|EMAIL|ADDRESS|NUMBER)(?: ?[-_\u2010-\u2013] ?|(?=\d))(\d{1,4})\b/gi;

/** A transcript without what tells who the people in it are. */
export function mask(transcript: string): Masked {
  const spans = withoutOverlap([...findValues(transcript), ...findNames(transcript)]);
  const byValue = new Map<string, Mask>();
  const next = firstNumbers(transcript);
  let text = "";
  let at = 0;
  for (const { kind, start, end } of spans) {
    const value = transcript.slice(start, end);
    const key = `${kind} ${value.toLowerCase().replace(/\s+/g, " ")}`;
    let found = byValue.get(key);
    if (!found) {
      const placeholder = `${kind}-${next[kind]++}`;
      found = { placeholder, kind, value, count: 0 };
      byValue.set(key, found);
    }
    found.count += 1;
    text += transcript.slice(at, start) + found.placeholder;
    at = end;
  }
  const masks = [...byValue.values()];
  const values = new Map(masks.map((one) => [one.placeholder, written(one)]));
  return {
    text: text + transcript.slice(at),
    masks,
    restore: (note) =>
      note.replace(STAND_IN, (whole, kind: string, number: string) => {
        const placeholder = `${kind.toUpperCase()}-${Number(number)}`;
        return values.get(placeholder) ?? whole;
      }),
  };
}

/** A name out of a transcript without capitals gets its own in the note. */
function written({ kind, value }: Mask): string {
  if (kind !== "NAME" || value !== value.toLowerCase()) return value;
  return value.replace(/(^|[-'’ ])\p{L}/gu, (letter) => letter.toUpperCase());
}

/** Numbers that no stand-in in the transcript itself has. */
function firstNumbers(transcript: string): Record<MaskKind, number> {
  const first = { NAME: 1, DATE: 1, PHONE: 1, EMAIL: 1, ADDRESS: 1, NUMBER: 1 };
  for (const [, kind, number] of transcript.matchAll(STAND_IN)) {
    const key = kind!.toUpperCase() as MaskKind;
    first[key] = Math.max(first[key], Number(number) + 1);
  }
  return first;
}

/** In order of place; of two that overlap the outer stays, or else the first in the list. */
function withoutOverlap(spans: readonly Span[]): Span[] {
  const order = spans.map((span, rank) => ({ ...span, rank }));
  order.sort((a, b) => a.start - b.start || a.rank - b.rank);
  const kept: typeof order = [];
  for (const span of order) {
    const last = kept.at(-1);
    if (!last || span.start >= last.end) kept.push(span);
    else if (span.rank < last.rank && span.end > last.end) kept[kept.length - 1] = span;
  }
  return kept.map(({ kind, start, end }) => ({ kind, start, end }));
}
