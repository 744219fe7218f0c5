/** The transcript, read once and indexed for the questions that claims ask of it. */
import { addDrug, readDialogue } from "./document.ts";
import {
  type Located,
  type Mention,
  type Segment,
  type Side,
  type SideMention,
  hasType,
  NOTE,
  overlap,
  sentenceAt,
} from "./segment.ts";
import { lexicon, type ConceptType } from "./lexicon.ts";
import { findImplied, findMisheard } from "./misheard.ts";
import { markStopped } from "./stopped.ts";
import terms from "./terms.json" with { type: "json" };
import { isPunctuation, stem } from "./text.ts";
import type { NumberValue, Value } from "./values.ts";

export interface BoundNumber {
  value: Located<NumberValue>;
  /** Mentions that the number stands with, the nearest first. */
  drug: Mention | null;
  /** The drug is in an earlier turn. */
  drugCarried: boolean;
  test: Mention | null;
  testCarried: boolean;
  side: Side | null;
}

/** A drug's ingredients: a combination shares them with each of its parts. */
export function ingredientsOf(name: string): readonly string[] {
  return [name, ...(lexicon().ingredients.get(name) ?? [])];
}

export const drugNames = (mention: Mention): string[] =>
  mention.concepts.filter(({ type }) => type === "drug").map(({ name }) => name);

export function sameDrug(a: readonly string[], b: readonly string[]): boolean {
  const left = new Set(a.flatMap(ingredientsOf));
  return b.flatMap(ingredientsOf).some((name) => left.has(name));
}

export class Talk {
  readonly segments: Segment[];
  readonly mentions: Mention[];
  numbers: BoundNumber[];
  /** Stem → turns in which it occurs. */
  readonly turnsOf = new Map<string, number[]>();
  readonly #byConcept = new Map<string, Mention[]>();

  constructor(turns: readonly { speaker: string; text: string }[]) {
    this.segments = readDialogue(turns);
    this.mentions = this.segments.flatMap(({ mentions }) => mentions);
    for (const mention of this.mentions) {
      for (const { type, name } of mention.concepts) {
        const key = `${type}:${name}`;
        const list = this.#byConcept.get(key);
        if (list) list.push(mention);
        else this.#byConcept.set(key, [mention]);
      }
    }
    for (const { index, stems } of this.segments) {
      for (const word of new Set(stems)) {
        const list = this.turnsOf.get(word);
        if (list) list.push(index);
        else this.turnsOf.set(word, [index]);
      }
    }
    this.numbers = this.segments.flatMap((segment) => bindNumbers(segment, this.segments));
  }

  /** Looks for drugs of the note that no turn names: misheard, or told by other words. */
  hear(drugs: readonly (readonly string[])[]): void {
    let found = false;
    for (const names of drugs) {
      if (this.drugs(names).length > 0) continue;
      const misheard = findMisheard(this.segments, names);
      const places = misheard.length > 0 ? misheard : findImplied(this.segments, names);
      for (const place of places) {
        const segment = this.segments[place.segment];
        if (segment) this.mentions.push(addDrug(segment, names, place));
        found = true;
      }
    }
    if (!found) return;
    this.mentions.sort((a, b) => a.segment - b.segment || a.from - b.from);
    markStopped(this.segments);
    this.numbers = this.segments.flatMap((segment) => bindNumbers(segment, this.segments));
  }

  /** Mentions of a concept. */
  of(type: ConceptType, name: string): readonly Mention[] {
    return this.#byConcept.get(`${type}:${name}`) ?? [];
  }

  /** Mentions that share a concept of the given types with a mention of the note. */
  like(mention: Mention, ...types: ConceptType[]): Mention[] {
    const found = new Set<Mention>();
    for (const { type, name } of mention.concepts) {
      if (types.length > 0 && !types.includes(type)) continue;
      for (const other of this.of(type, name)) found.add(other);
    }
    return [...found].sort((a, b) => a.segment - b.segment || a.from - b.from);
  }

  drugs(names: readonly string[]): Mention[] {
    return this.mentions.filter(
      (mention) => hasType(mention, "drug") && sameDrug(drugNames(mention), names),
    );
  }

  values<K extends Value["kind"]>(kind: K): Located<Extract<Value, { kind: K }>>[] {
    return this.segments.flatMap((segment) =>
      segment.values.filter(
        (value): value is Located<Extract<Value, { kind: K }>> => value.kind === kind,
      ),
    );
  }

  get sides(): SideMention[] {
    return this.segments.flatMap(({ sides }) => sides);
  }
}

/** Drug, test and side of each number of a turn. */
function bindNumbers(segment: Segment, segments: readonly Segment[]): BoundNumber[] {
  const bound: BoundNumber[] = [];
  for (const value of segment.values) {
    if (value.kind !== "number") continue;
    const drug = bindTo(segment, segments, value, (mention) => hasType(mention, "drug"));
    const test = bindTo(segment, segments, value, (mention) => hasType(mention, "test", "vital"));
    bound.push({
      value,
      drug: drug.mention,
      drugCarried: drug.carried,
      test: test.mention,
      testCarried: test.carried,
      side: sideAt(segment, value.from, value.to),
    });
  }
  return bound;
}

/** Words behind which another drug or test begins. */
const APART = /^(?:and|over|with|while|instead|in|rather|before|after|because)$/;

/** The mention a number stands with: just behind it ("ten of lisinopril"), else the last before it. */
export function bindTo(
  segment: Segment,
  segments: readonly Segment[],
  value: { from: number; to: number },
  wanted: (mention: Mention) => boolean,
): { mention: Mention | null; carried: boolean } {
  const sentence = sentenceAt(segment, value.from);
  const all = segment.mentions.filter(wanted);
  const clause = segment.speaker === NOTE ? clauseStart(segment, value.from) : 0;
  const before = all.filter((mention) => mention.to <= value.from && mention.from >= clause).at(-1);
  const after = all.find((mention) => mention.from >= value.to && mention.from < sentence.to);
  const inSentence = before && before.from >= sentence.from;
  if (after) {
    const gap = segment.tokens.slice(value.to, after.from).map(({ w }) => w);
    const close =
      (gap.length <= 4 || (gap[0] === "of" && gap.length <= 7)) &&
      !gap.some((w) => isPunctuation(w) || APART.test(w));
    const of = gap.includes("of") || gap.includes("on") || gap.length === 0;
    if (close && (!inSentence || (of && before.to !== value.from)))
      return { mention: after, carried: false };
  }
  if (before) return { mention: before, carried: false };
  for (let k = segment.index - 1; k >= Math.max(0, segment.index - 3); k--) {
    const last = segments[k]?.mentions.filter(wanted).at(-1);
    if (last) return { mention: last, carried: true };
  }
  if (after && after.from - value.to <= 8) return { mention: after, carried: false };
  return { mention: null, carried: false };
}

/** Where the clause of a note begins, behind the last semicolon: "A1c 6.3 %; hip T-score -1.9". */
function clauseStart({ tokens }: Segment, at: number): number {
  for (let i = at - 1; i > 0; i--) if (tokens[i]?.w === ";") return i + 1;
  return 0;
}

/** The side that a place in a text belongs to: "in the right" just behind, else the last before it. */
export function sideAt(segment: Segment, from: number, to: number): Side | null {
  const sentence = sentenceAt(segment, from);
  const own = segment.sides.filter(
    (side) => !side.withdrawn && side.from >= sentence.from && side.from < sentence.to,
  );
  const after = own.find((side) => side.from >= to && side.from - to <= 5);
  if (after) {
    const gap = segment.tokens.slice(to, after.from).map(({ w }) => w);
    if (
      !gap.some((w) => (isPunctuation(w) && w !== "+" && w !== "%") || w === "and") &&
      (gap.length <= 3 || gap.includes("on") || gap.includes("in"))
    )
      return after.side;
  }
  return own.filter((side) => side.to <= from).at(-1)?.side ?? null;
}

const NEAR = terms.near_parts.map((group) => new Set(group));

/** Whether two body parts can mean the same place. */
export function nearParts(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return false;
  return a.some((x) =>
    b.some(
      (y) =>
        x === y ||
        x === "side" ||
        y === "side" ||
        NEAR.some((group) => group.has(x) && group.has(y)),
    ),
  );
}

export { overlap, stem };
