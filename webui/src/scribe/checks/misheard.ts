/** Drugs of the note whose names the talk holds in other words: misheard, cut short, or implied. */
import { soundsLike, soundsLikeJoined } from "./fuzzy.ts";
import { lexicon } from "./lexicon.ts";
import type { Segment } from "./segment.ts";
import { ingredientsOf } from "./talk.ts";
import terms from "./terms.json" with { type: "json" };

export interface Heard {
  segment: number;
  from: number;
  to: number;
}

/** Words that a name may have been broken into. */
const MOST_WORDS = 4;

/** Places with words that sound like one of the drug's names. */
export function findMisheard(segments: readonly Segment[], names: readonly string[]): Heard[] {
  const known = lexicon().drugWords;
  const wanted = new Set(names.flatMap(ingredientsOf));
  const forms = [...known]
    .filter(([, of]) => of.some((name) => wanted.has(name)))
    .map(([form]) => form);
  const heard: Heard[] = [];
  for (const segment of segments) {
    const covered = new Set<number>();
    for (const { from, to, gapped } of segment.mentions) {
      if (!gapped) for (let i = from; i < to; i++) covered.add(i);
    }
    for (let i = 0; i < segment.tokens.length; i++) {
      const length = covered.has(i) ? 0 : heardAt(segment, i, forms);
      if (length === 0) continue;
      heard.push({ segment: segment.index, from: i, to: i + length });
      i += length - 1;
    }
  }
  return heard;
}

/** Tokens at `i` that sound like one of the forms, or 0. */
function heardAt({ tokens }: Segment, i: number, forms: readonly string[]): number {
  const known = lexicon().drugWords;
  const first = tokens[i]?.w ?? "";
  if (!/^[a-z]+$/.test(first)) return 0;
  if (first.length >= 5 && !known.has(first) && forms.some((form) => soundsLike(first, form)))
    return 1;
  let joined = first;
  for (let k = 1; k < MOST_WORDS; k++) {
    const next = tokens[i + k]?.w ?? "";
    if (!/^[a-z]+$/.test(next)) return 0;
    joined += next;
    if (joined.length < 7 || known.has(next)) continue;
    const like = k === 1 && first.length >= 2 && next.length >= 2 ? soundsLike : soundsLikeJoined;
    if (forms.some((form) => like(joined, form))) return k + 1;
  }
  return 0;
}

const IMPLIED = terms.implied_drugs as Record<string, { words: string[]; with?: string[] }[]>;

/** Places that speak of a drug without its name: "the patch", of one who smokes. */
export function findImplied(segments: readonly Segment[], names: readonly string[]): Heard[] {
  const rules = names.flatMap((name) => IMPLIED[name] ?? []);
  const heard: Heard[] = [];
  for (const { words, with: needed } of rules) {
    const told =
      !needed ||
      segments.some(({ tokens }) => tokens.some(({ w }) => needed.some((n) => w.startsWith(n))));
    if (!told) continue;
    for (const { index, tokens } of segments) {
      tokens.forEach(({ w }, i) => {
        if (words.includes(w)) heard.push({ segment: index, from: i, to: i + 1 });
      });
    }
  }
  for (const name of names) heard.push(...impliedVaccine(segments, name));
  return heard;
}

/** "The yellow fever one, I have the card": the disease, with a word that tells of a vaccine. */
function impliedVaccine(segments: readonly Segment[], name: string): Heard[] {
  const disease = /^(.+?)(?: virus)? vaccine\b/.exec(name)?.[1]?.split(/[ -]/);
  if (!disease) return [];
  const heard: Heard[] = [];
  for (const { index, tokens } of segments) {
    for (let i = 0; i < tokens.length; i++) {
      if (!disease.every((word, k) => tokens[i + k]?.w === word)) continue;
      const to = i + disease.length;
      const near = tokens.slice(Math.max(0, i - 6), to + 12);
      if (
        near.some(({ w }) =>
          /^(?:1|shots?|cards?|vaccin\w*|boosters?|jabs?|immuni\w+|series|dose)$/.test(w),
        )
      )
        heard.push({ segment: index, from: i, to });
    }
  }
  return heard;
}
