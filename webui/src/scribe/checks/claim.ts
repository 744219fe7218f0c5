/** What all kinds of claims share. */
import type { Mention, Segment } from "./segment.ts";
import type { Talk } from "./talk.ts";
import type { Claim, Kind, Severity } from "./types.ts";

/** One statement of the note, read, with what stands around it. */
export interface Reading {
  talk: Talk;
  /** The statement's own tokens and mentions. */
  own: Segment;
  text: string;
  section: string;
  /** Drugs of the statement before, for "Previous dose 18 units". */
  lastDrugs: Mention[];
}

export const unique = (turns: readonly number[]): number[] =>
  [...new Set(turns)].sort((a, b) => a - b);

export function supported(kind: Kind, text: string, turns: readonly number[]): Claim {
  return {
    kind,
    text,
    verdict: "supported",
    severity: null,
    reason: null,
    turns: unique(turns),
    contradicting: [],
  };
}

export function unsupported(
  kind: Kind,
  text: string,
  severity: Severity,
  reason: string,
  contradicting: readonly number[] = [],
  turns: readonly number[] = [],
): Claim {
  return {
    kind,
    text,
    verdict: "unsupported",
    severity,
    reason,
    turns: unique(turns),
    contradicting: unique(contradicting),
  };
}

/** A value of the note that the talk gives and then takes back. */
export const takenBack = (text: string, values: readonly { segment: number }[]): Claim =>
  unsupported(
    "correction",
    text,
    "minor",
    `${text} is taken back in the transcript`,
    values.map(({ segment }) => segment),
  );

/** The words of a token range as the note has them. */
export function wordsOf(reading: Reading, from: number, to: number): string {
  const first = reading.own.tokens[from];
  const last = reading.own.tokens[to - 1];
  return first && last ? reading.text.slice(first.start, last.end) : "";
}

export const turnsOfMentions = (mentions: readonly Mention[]): number[] =>
  mentions.map(({ segment }) => segment);
