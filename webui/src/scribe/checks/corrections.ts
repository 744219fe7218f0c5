/** Values and sides that are taken back, and earlier values beside present ones. */
import cues from "./cues.json" with { type: "json" };
import { type Located, type Segment, type SideMention, overlap, sentenceAt } from "./segment.ts";
import { isPunctuation, type Token } from "./text.ts";
import { type Value } from "./values.ts";

const WITHDRAWS = new Set(cues.withdraws);

const WEAK_OLD = /^(?:was|were|had)$/;

const OLD_BEFORE = /^(?:previously|previous|prior|last|earlier|before|initially|originally)$/;

const OLD_AFTER = /^(?:last|before|back|previously|yesterday|previous)$/;

/** Old and new values: "from eighteen down to seven", "it was one point six", "last year it was". */
export function markTimes(segment: Segment): void {
  const { tokens, values } = segment;
  const weak = new Set<Value>();
  const strong = new Set<Value>();
  for (const value of values) {
    const sentence = sentenceAt(segment, value.from);
    const before = (k: number): string =>
      value.from - k >= sentence.from ? (tokens[value.from - k]?.w ?? "") : "";
    const after = (k: number): string =>
      value.to + k < sentence.to ? (tokens[value.to + k]?.w ?? "") : "";
    if (
      before(1) === "from" &&
      tokens
        .slice(Math.max(sentence.from, value.from - 6), value.from)
        .some(({ w }) => /^(?:down|up|to|increased|decreased|improved|risen|dropped)$/.test(w))
    )
      strong.add(value);
    if (before(1) === "from" || (before(1) === "of" && before(2) === "instead")) {
      const later = tokens.slice(value.to, Math.min(sentence.to, value.to + 8));
      if (later.some(({ w }) => w === "to")) strong.add(value);
    }
    if (
      before(1) === "to" &&
      /^(?:up|down|increase|increased|go|going|goes|went|decrease|decreased|improved)$/.test(
        before(2),
      )
    )
      value.target = true;
    for (let k = 1; k <= 5; k++) {
      const w = before(k);
      if (w === "" || w === "now" || w === "today") break;
      if (w === "," && k > 1) break;
      const between = values.some(
        (other) =>
          other !== value &&
          (other.kind === "number" || other.kind === "pair") &&
          other.to === value.from - k + 1,
      );
      if (between) break;
      if (OLD_BEFORE.test(w) || (w === "used" && before(k - 1) === "to")) strong.add(value);
      else {
        if (
          WEAK_OLD.test(w) &&
          k <= 3 &&
          /^(?:it|that|you|i|we|they|which|she|he)$/.test(before(k + 1))
        )
          weak.add(value);
        continue;
      }
      break;
    }
    if (OLD_AFTER.test(after(0)) && !(after(0) === "back" && after(1) === "to")) strong.add(value);
    if (before(1) === "not" || (before(1) === "the" && before(2) === "not")) value.withdrawn = true;
  }
  const plain = values.filter((value) => value.kind === "number" || value.kind === "pair");
  for (const value of strong) (value as Located<Value>).old = true;
  // "It was six" alone is how a result is told; beside a present value it is an earlier one.
  for (const value of weak) {
    const rival = plain.some(
      (other) =>
        other !== value &&
        !isThreshold(tokens, other) &&
        comparable(other, value) &&
        !weak.has(other) &&
        !strong.has(other) &&
        unitClass(other) === unitClass(value),
    );
    if (rival) (value as Located<Value>).old = true;
  }
}

/** "should be less than 130" */
const isThreshold = (tokens: readonly Token[], value: Value): boolean =>
  tokens
    .slice(Math.max(0, value.from - 4), value.from)
    .some(({ w }) => /^(?:should|less|over|under|below|above|greater|than|goal|between)$/.test(w));

const unitClass = (value: Value): string =>
  value.kind === "number" ? (value.unit?.class ?? "none") : value.kind;

/** A number denied once in a turn ("the fifty, not the hundred, the hundred made me loopy"). */
export function spreadDenied({ values }: Segment): void {
  for (const denied of values.filter(({ withdrawn }) => withdrawn)) {
    if (denied.kind !== "number") continue;
    for (const value of values) {
      if (value.kind === "number" && overlap(value.values, denied.values)) value.withdrawn = true;
    }
  }
}

export const comparable = (a: Value, b: Value): boolean => {
  if (a.kind !== b.kind) return false;
  if (a.kind === "number" && b.kind === "number") {
    const ca = a.unit?.class ?? "none";
    const cb = b.unit?.class ?? "none";
    return ca === cb || ca === "none" || cb === "none";
  }
  return true;
};

/** Corrections in one turn: the value before "no", "sorry", "correction" … falls to the one after. */
export function withdrawInside(segment: Segment): void {
  const { tokens, values, sides } = segment;
  const plain = values.filter(({ kind }) => kind !== "frequency");
  for (let k = 0; k + 1 < plain.length; k++) {
    const a = plain[k] as Located<Value>;
    const b = plain[k + 1] as Located<Value>;
    if (!comparable(a, b)) continue;
    const between = tokens.slice(a.to, b.from);
    const early = between
      .slice(0, 4)
      .some(({ w }) => /^(?:no|wait|sorry|actually|correction)$/.test(w));
    if (between.length <= (early ? 16 : 9) && corrects(between)) a.withdrawn = true;
    else if (
      between.every(({ w }) => w === "?" || w === "," || w === "or") &&
      between.some(({ w }) => w === "?") &&
      a.kind === "number" &&
      a.unit === null
    )
      a.withdrawn = true;
    else if (
      // "Sixty one. Sixty two!": numbers alone, one after the other.
      between.length === 1 &&
      between[0]?.w === "." &&
      tokens[b.to]?.w === "!" &&
      a.kind === "number"
    )
      a.withdrawn = true;
  }
  for (let k = 0; k + 1 < sides.length; k++) {
    const a = sides[k] as SideMention;
    const b = sides[k + 1] as SideMention;
    const between = tokens.slice(a.to, b.from);
    if (
      a.side !== b.side &&
      between.length <= (between.slice(0, 3).some(({ w }) => w === "no") ? 14 : 6) &&
      corrects(between) &&
      !between.some(({ w }) => w === "not")
    )
      a.withdrawn = true;
  }
}

function corrects(between: readonly Token[]): boolean {
  const words = between.map(({ w }) => w);
  const at = words.findIndex((w) => WITHDRAWS.has(w));
  if (at < 0) return false;
  const w = words[at] ?? "";
  const before = words[at - 1] ?? "";
  // Set off by punctuation: "forty . no ,", "march , sorry ,"; "not the hundred" withdraws the later.
  if (w === "not") return false;
  if (w === "make" || w === "mean" || w === "rather")
    return words.includes("i") || words.includes("that") || words.includes("or");
  if (
    w === "actually" ||
    w === "wait" ||
    w === "correction" ||
    w === "scratch" ||
    w === "sorry" ||
    w === "oops"
  )
    return true;
  return (
    w === "no" &&
    (at === 0 || isPunctuation(before) || before === "well" || before === "or") &&
    (at === words.length - 1 ||
      isPunctuation(words[at + 1] ?? ",") ||
      /^(?:wait|more|it|just|that|actually|sorry|make|,)$/.test(words[at + 1] ?? ""))
  );
}

/** "we're injecting the left hip" – "right hip" – "the right , thank you"; the same with numbers. */
export function correctAcross(
  first: Segment,
  second: Segment | undefined,
  third: Segment | undefined,
): void {
  if (!second || second.tokens.length > 14) return;
  const lone = first.values.filter(({ kind }) => kind === "number").length === 1;
  for (const value of lone ? first.values : []) {
    if (value.kind !== "number" || value.withdrawn) continue;
    const other = second.values.find((each) => each.kind === "number" && comparable(value, each));
    if (!other || other.kind !== "number" || overlap(value.values, other.values)) continue;
    const others = second.values.filter((each) => each.kind === "number");
    if (others.length > 1) continue;
    const confirmed = third?.values.some(
      (each) => each.kind === "number" && overlap(each.values, other.values),
    );
    const again =
      third?.values.some((each) => each.kind === "number" && overlap(each.values, value.values)) ??
      false;
    // Of a like size: "sixty one" – "sixty two", not "point seven" – "with the nine hundred?".
    const ratio = (other.values[0] ?? 0) / (value.values[0] ?? 1);
    const alike = ratio > 0.2 && ratio < 5;
    if (confirmed && !again && alike && value.unit === null && other.unit === null)
      value.withdrawn = true;
  }
  for (const side of first.sides) {
    const other = second.sides.find((each) => each.side !== side.side);
    if (!other || second.sides.some((each) => each.side === side.side)) continue;
    if (second.tokens.length > 6) continue;
    if (third?.sides.some((each) => each.side === other.side)) side.withdrawn = true;
  }
}
