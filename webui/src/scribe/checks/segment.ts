/** A piece of text, a turn or a statement, as it is read: tokens, mentions, values, sides, people. */
import { type Concept, type ConceptType } from "./lexicon.ts";
import { type Token } from "./text.ts";
import { type Value } from "./values.ts";

export const PATIENT = "patient";

/** The speaker of a note's statements. */
export const NOTE = "note";

export interface Mention {
  concepts: Concept[];
  segment: number;
  from: number;
  to: number;
  negated: boolean;
  /** Asked and not (yet) answered. */
  asked: boolean;
  uncertain: boolean;
  /** Was there and is gone. */
  ceased: boolean;
  /** PATIENT or a relative's name. */
  person: string;
  /** For drugs: said to be stopped or not taken. */
  stopped: boolean;
  /** Other words stand inside it. */
  gapped: boolean;
  /** Of an earlier time: "I had strep last year". */
  past: boolean;
  /** Taken as there by a question: "how is the heartburn?" */
  presupposed: boolean;
  /** Denied, with more behind it: "no, but I did three years ago". */
  hedged: boolean;
  parts: string[];
}

export type Side = "left" | "right" | "both";

export interface SideMention {
  side: Side;
  segment: number;
  from: number;
  to: number;
  parts: string[];
  withdrawn: boolean;
  negated: boolean;
  /** Of an earlier time: "last time was the right". */
  old: boolean;
}

export type Located<T> = T & {
  segment: number;
  /** Taken back later, or denied. */
  withdrawn: boolean;
  /** An earlier value: "it was", "from … to". */
  old: boolean;
  /** "goes to", "up to": the later of two. */
  target: boolean;
  asked: boolean;
  person: string;
};

export interface Sentence {
  from: number;
  to: number;
  question: boolean;
}

export interface Segment {
  index: number;
  speaker: string;
  tokens: Token[];
  stems: string[];
  sentences: Sentence[];
  mentions: Mention[];
  parts: { name: string; from: number; to: number }[];
  relatives: { name: string; from: number; to: number }[];
  values: Located<Value>[];
  sides: SideMention[];
  /** Per token: in the scope of a negation. */
  negated: boolean[];
  /** How it answers the turn before: yes, no, or neither. */
  answer: "yes" | "no" | "";
  person: string[];
}

export const hasType = (mention: Mention, ...types: ConceptType[]): boolean =>
  mention.concepts.some(({ type }) => types.includes(type));

export const sharesConcept = (a: Mention, b: Mention): boolean =>
  a.concepts.some((x) => b.concepts.some((y) => x.type === y.type && x.name === y.name));

export const overlap = (a: readonly number[], b: readonly number[]): boolean =>
  a.some((x) => b.some((y) => Math.abs(x - y) < 1e-9));

export function sentenceAt(segment: Segment, index: number): Sentence {
  return (
    segment.sentences.find(({ from, to }) => index >= from && index < to) ?? {
      from: 0,
      to: segment.tokens.length,
      question: false,
    }
  );
}
