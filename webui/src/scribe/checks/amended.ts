/** What a later sentence or turn takes back: values told over, drugs named by mistake. */
import { comparable } from "./corrections.ts";
import { type Located, type Segment, hasType, overlap, sharesConcept } from "./segment.ts";
import type { NumberValue, Value } from "./values.ts";

const numbersOf = (segment: Segment): Located<NumberValue>[] =>
  segment.values.filter((value): value is Located<NumberValue> => value.kind === "number");

const wordsOf = ({ tokens }: Segment, from = 0, to = tokens.length): string =>
  tokens
    .slice(from, to)
    .map(({ w }) => w)
    .join(" ");

const OLD_ONE =
  /\b(?:that is|that|that was|this is) ,? ?(?:the |an |from )?(?:old|older|last|previous|earlier) (?:1|one|time|visit|number|result|year|month|week|value|set|labs?)\b/;

const OVER_AGAIN =
  /\b(?:do|try|take|repeat|recheck|redo|run) (?:that|it|this|him|her)(?: \w+)? (?:over|again|once more)\b|\b(?:repeat|recheck|redo) (?:that|it|this)\b/;

export function amend(segments: readonly Segment[]): void {
  segments.forEach((segment, i) => {
    markOldOnes(segment);
    toldAgain(segment, segments[i + 1]);
    onlySome(segment, segments[i + 1]);
    namedByMistake(segment);
  });
}

/** "Forty eight, no, that's the old one. They're seventy three." */
function markOldOnes(segment: Segment): void {
  segment.values.forEach((value) => {
    if (value.kind !== "number" && value.kind !== "pair") return;
    const next = segment.values.find(
      (other) => (other.kind === "number" || other.kind === "pair") && other.from >= value.to,
    );
    const end = Math.min(value.to + 10, next && next.from > value.to + 4 ? next.from : Infinity);
    if (!OLD_ONE.test(wordsOf(segment, value.to, end))) return;
    value.old = true;
    value.withdrawn = false;
  });
}

/** "One seventy over … let me do that over": what stood before is void where the next turn has it anew. */
function toldAgain(segment: Segment, next: Segment | undefined): void {
  const at = OVER_AGAIN.exec(wordsOf(segment));
  const first = segment.values.find(({ kind }) => kind === "number" || kind === "pair");
  if (!at || !first) return;
  const isMeasure = (value: Value): boolean => value.kind === "pair" || value.kind === "number";
  if (!next?.values.some(isMeasure)) return;
  for (const value of segment.values) {
    if (isMeasure(value) && wordsOf(segment, 0, value.from).length < at.index)
      value.withdrawn = true;
  }
}

/** "The baclofen ten, ten and twenty?" – "Just the twenty, at night." */
function onlySome(segment: Segment, next: Segment | undefined): void {
  if (!next || next.speaker === segment.speaker || !segment.tokens.some(({ w }) => w === "?"))
    return;
  const only = /^(?:no |, )*(?:just|only) (?:the |a |1 |at )*/.exec(`${wordsOf(next, 0, 8)} `);
  if (!only) return;
  const kept = numbersOf(next).find(({ from }) => from <= 5);
  if (!kept) return;
  const asked = numbersOf(segment);
  if (!asked.some((value) => overlap(value.values, kept.values))) return;
  for (const value of asked) {
    if (comparable(value, kept) && !overlap(value.values, kept.values)) value.withdrawn = true;
  }
}

const MISTAKE = /^[,. ]*(?:no|wait|sorry|i mean|actually|scratch that|correction|oops|not that)\b/;

/** "Allergic to Bactrim. No wait, Biaxin.": the first name falls. */
function namedByMistake(segment: Segment): void {
  const drugs = segment.mentions.filter((mention) => hasType(mention, "drug"));
  drugs.forEach((mention, k) => {
    const next = drugs[k + 1];
    if (!next || next.from - mention.to > 7 || sharesConcept(mention, next)) return;
    const between = wordsOf(segment, mention.to, next.from);
    if (
      !MISTAKE.test(between) ||
      /\b(?:take|need|want|more|and|or|to|on|allerg\w*)\b/.test(between)
    )
      return;
    mention.negated = true;
    mention.stopped = true;
  });
}
