/**
 * Negation and doubt by cues and scopes, after NegEx (Chapman et al. 2001) and ConText (Harkema et
 * al. 2009).
 */
import cues from "./cues.json" with { type: "json" };
import { Phrases } from "./phrases.ts";
import { type Segment, type Sentence } from "./segment.ts";
import { isPunctuation, type Token } from "./text.ts";

export const phrases = (list: readonly string[]): Phrases => new Phrases(list);

const LIST_NEGATION = phrases(cues.list_negation);

const NEAR_NEGATION = phrases(cues.near_negation);

const NO_NEGATION = phrases(cues.no_negation);

const UNCERTAIN = phrases(cues.uncertain);

const TERMINATORS = new Set(cues.terminators);

const CLAUSE_STARTS = new Set(cues.clause_starts);

export function markNegation(segment: Segment): void {
  const { tokens, negated } = segment;
  for (const sentence of segment.sentences) {
    for (let i = sentence.from; i < sentence.to;) {
      const none = NO_NEGATION.at(tokens, i, sentence.to);
      if (none > 0) {
        i += none;
        continue;
      }
      const list = LIST_NEGATION.at(tokens, i, sentence.to);
      const near = list > 0 ? 0 : NEAR_NEGATION.at(tokens, i, sentence.to);
      const length = list || near;
      if (length === 0) {
        i++;
        continue;
      }
      const first = i + length;
      const follows = tokens[first]?.w ?? "";
      // "no , they mail it": an answer, which negates nothing behind it.
      const spoken =
        tokens[i]?.w === "no" &&
        length === 1 &&
        /^(?:i|it|he|she|they|we|that|there|no|just|you|my|not|but|so|thank|thanks|okay|yeah|because|actually|sorry)$/.test(
          follows,
        );
      if (first >= sentence.to || spoken || (follows === "," && !(list > 0 && length > 1))) {
        i = first;
        continue;
      }
      // "not had any recent weight loss, headaches, …" goes on as a list.
      const any =
        list === 0 && tokens.slice(first, first + 5).some(({ w }) => w === "any" || w === "or");
      const to = scopeEnd(tokens, first, sentence.to, list > 0 || any);
      for (let k = first; k < to; k++) negated[k] = true;
      i = first;
    }
  }
}

function scopeEnd(tokens: readonly Token[], first: number, end: number, list: boolean): number {
  const limit = Math.min(end, first + (list ? 45 : 9));
  // Words since the last comma, "and" or "or": a list goes on by them, other talk does not.
  let run = 0;
  for (let k = first; k < limit; k++) {
    const w = tokens[k]?.w ?? "";
    const next = tokens[k + 1]?.w ?? "";
    if (TERMINATORS.has(w) && k > first) return k;
    if (w === "other" && next === "than") return k;
    if (
      k > first &&
      list &&
      /^(?:i|you|he|she|we)$/.test(w) &&
      !/^(?:think|believe|know|feel|that|notice|noticed|say|said)$/.test(tokens[k - 1]?.w ?? "")
    )
      return k;
    if (w === "," || w === "and" || w === "or" || w === "nor" || w === "any") {
      run = 0;
      if (!list && w === ",") return k;
      if (w !== "any" && (CLAUSE_STARTS.has(next) || TERMINATORS.has(next))) return k;
      if (w === "," && next === "and" && CLAUSE_STARTS.has(tokens[k + 2]?.w ?? "")) return k;
    } else if (++run > 9) return k;
    if (w === ":" && k > first) return k;
  }
  return limit;
}

/** "lightheaded, no", "fever: none", "lesions were not seen", "flashes absent". */
export function postNegation({ tokens }: Segment, to: number, end: number): boolean {
  let i = to;
  if (/^(?:is|are|was|were|has|have|been|:|,)$/.test(tokens[i]?.w ?? "")) i++;
  if (i >= end) return false;
  const w = tokens[i]?.w ?? "";
  const next = tokens[i + 1]?.w ?? ".";
  const closes = i + 1 >= end || isPunctuation(next);
  if (/^(?:absent|denied|none|unlikely)$/.test(w)) return true;
  if (tokens[to]?.w === ":" && /^(?:never|denies|non|nonsmoker|no)$/.test(w)) return true;
  if (w === "no") return closes;
  if (w === "negative") return closes;
  if (w === "ruled" && next === "out") return true;
  return (
    w === "not" &&
    /^(?:seen|noted|present|appreciated|identified|found|reported|detected|palpable|palpated)$/.test(
      next,
    )
  );
}

const words = (tokens: readonly Token[], from: number, to: number): string =>
  tokens
    .slice(from, to)
    .map(({ w }) => w)
    .join(" ");

export function uncertainAt(
  segment: Segment,
  from: number,
  to: number,
  sentence: Sentence,
): boolean {
  const { tokens } = segment;
  const start = Math.max(sentence.from, from - 8);
  // "if" reaches further than the other cues.
  for (let i = from - 1; i >= Math.max(sentence.from, from - 18); i--) {
    const w = tokens[i]?.w ?? "";
    if (
      w === "if" &&
      tokens[i - 1]?.w !== "as" &&
      !/^(?:see|know|wonder|ask|asked|tell|not)$/.test(tokens[i - 1]?.w ?? "")
    )
      return true;
    if (w === "okay" || w === "alright" || w === "but" || w === ";") break;
  }
  for (let i = from - 1; i >= start; i--) {
    if (/^(?:but|;|okay|alright|then|so|terms)$/.test(tokens[i]?.w ?? "")) return false;
    if (UNCERTAIN.at(tokens, i, from) > 0) return true;
  }
  // "I think it's a basal cell, but let's see."
  const before = words(tokens, Math.max(sentence.from, from - 8), from);
  if (
    /\b(?:think|guess|bet|suspect|looks like)\b/.test(before) &&
    /\b(?:let us see|we will see|for the lab|the lab|biopsy|find out|to be sure|not sure|until we|see what|wait for|waiting on|confirm)\b/.test(
      words(tokens, sentence.from, sentence.to),
    )
  )
    return true;
  const after = tokens[to]?.w ?? "";
  // "hepatitis B vaccine": the disease is only what it guards against.
  if (/^(?:vaccines?|vaccination|shots?|booster|screening|prophylaxis|prevention)$/.test(after))
    return true;
  return after === "unlikely" || (after === "is" && tokens[to + 1]?.w === "possible");
}
