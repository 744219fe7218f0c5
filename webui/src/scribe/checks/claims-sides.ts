/** Claims about left and right. */
import {
  type Mention,
  type Segment,
  type Side,
  type SideMention,
  hasType,
  sentenceAt,
} from "./segment.ts";
import { supported, unsupported, wordsOf, type Reading } from "./claim.ts";
import { likeOf } from "./claims-findings.ts";
import { nearParts } from "./talk.ts";
import type { Claim } from "./types.ts";

export function sideClaims(reading: Reading): Claim[] {
  const claims: Claim[] = [];
  for (const side of reading.own.sides) {
    if (own(reading, side.from - 1) === "not") continue;
    const claim = sideClaim(reading, side);
    if (claim) claims.push(claim);
  }
  return claims;
}

const own = (reading: Reading, i: number): string => reading.own.tokens[i]?.w ?? "";

const other = (side: Side): Side => (side === "left" ? "right" : "left");

function sideClaim(reading: Reading, mine: SideMention): Claim | null {
  const { talk, own } = reading;
  const last = own.parts.find((part) => part.from >= mine.from && mine.parts.includes(part.name));
  const text = wordsOf(reading, mine.from, last && last.from - mine.from <= 5 ? last.to : mine.to);
  const all = talk.sides;
  const live = all.filter((side) => !side.withdrawn);
  const here = (side: SideMention): boolean =>
    mine.parts.length === 0 ||
    nearParts(side.parts, mine.parts) ||
    (side.parts.length === 0 && partsAround(reading, side.segment, mine.parts));
  const about = live.filter(here);
  const turns = (list: readonly SideMention[]): number[] => list.map(({ segment }) => segment);
  const same = about.filter((side) => side.side === mine.side && (!side.negated || mine.negated));
  const opposite =
    mine.side === "both" ? [] : about.filter((side) => side.side === other(mine.side));
  const both = about.filter((side) => side.side === "both" && !side.negated);
  const wrong = (reason: string, list: readonly SideMention[]): Claim =>
    unsupported("laterality", text, "major", reason, turns(list));

  const taken = all.filter((side) => side.withdrawn && side.side === mine.side && here(side));
  if (taken.length > 0 && same.length === 0) {
    return unsupported(
      "correction",
      text,
      "major",
      `${mine.side} is taken back in the transcript`,
      turns(taken),
    );
  }
  if (mine.side === "both") {
    if (both.length > 0) return supported("laterality", text, turns(both));
    const left = about.filter(({ side }) => side === "left");
    const right = about.filter(({ side }) => side === "right");
    if (left.length > 0 && right.length > 0) {
      const named = namedSides(reading, mine);
      const [only] = named.size === 1 ? [...named] : [];
      if (only === "left" || only === "right")
        return wrong(
          `the transcript names the ${only} side alone`,
          about.filter(({ side }) => side === only),
        );
      return supported("laterality", text, turns([...left, ...right]));
    }
    const one = left.length > 0 ? left : right;
    if (one.length > 0 && one.some((side) => sharesFinding(reading, mine, side)))
      return wrong(`the transcript names the ${one[0]?.side ?? "one"} side alone`, one);
    return null;
  }
  const reason = `the transcript says ${other(mine.side)}, not ${mine.side}`;
  if (mine.old && about.some(({ old }) => old)) {
    const past = about.filter(({ old, side }) => old && side !== mine.side);
    if (past.length > 0 && !about.some(({ old, side }) => old && side === mine.side))
      return wrong(reason, past);
  }
  if (opposite.length > 0 && (same.length > 0 || both.length > 0)) {
    const found = findingSides(reading, mine);
    if (found.size > 0 && !found.has(mine.side) && !found.has("both"))
      return wrong(reason, opposite);
    if (found.size === 0 || found.size > 1) {
      const ours = company(reading, mine, [...same, ...both]);
      const theirs = company(reading, mine, opposite);
      if (theirs >= 2 && ours === 0) return wrong(reason, opposite);
    }
  }
  const exact = (side: SideMention): boolean =>
    side.parts.some((part) => mine.parts.includes(part));
  if (
    both.length === 0 &&
    opposite.some((side) => exact(side) && !side.negated) &&
    same.length > 0 &&
    same.every((side) => side.parts.length > 0 && !exact(side)) &&
    !findingSides(reading, mine).has(mine.side)
  )
    return wrong(reason, opposite);
  // "The left's my good leg": what the note has there is on the other side.
  const well = about.filter((side) => side.side === mine.side && side.negated);
  if (well.length > 0 && same.length === 0 && opposite.some(({ negated }) => !negated))
    return wrong(reason, well);
  if (same.length > 0) return supported("laterality", text, turns(same));
  const shared = both.filter((side) => opposite.length === 0 || sharesFinding(reading, mine, side));
  if (shared.length > 0) return supported("laterality", text, turns(shared));
  // "The one I did in March is twenty twenty. The right's down to …"
  const unnamed = opposite.some(({ segment }) =>
    /\bthe one (?:i|we|you|they) (?:did|fixed|replaced|injected|operated|had|broke|hurt)\b/.test(
      (talk.segments[segment]?.tokens ?? []).map(({ w }) => w).join(" "),
    ),
  );
  if (unnamed) return null;
  // Said of this side where the talk tells the same, the part unnamed: "it's the left. It burns."
  const sideTurns = live.filter((side) => side.side === mine.side && !side.negated);
  const ours = company(reading, mine, sideTurns);
  if (opposite.length > 0 && ours > 0 && ours > company(reading, mine, opposite))
    return supported("laterality", text, turns(sideTurns));
  if (opposite.length > 0) return wrong(reason, opposite);
  const loose = live.filter((side) => side.side === mine.side && side.parts.length === 0);
  if (loose.length > 0) return supported("laterality", text, turns(loose));
  const anywhere = live.filter((side) => side.side === mine.side && !side.negated);
  if (anywhere.length > 0 && mine.parts.length === 0)
    return supported("laterality", text, turns(anywhere));
  return wrong(
    `the ${mine.side} side is not in the transcript${mine.parts.length > 0 ? ` for the ${mine.parts[0] ?? ""}` : ""}`,
    [],
  );
}

/** Whether the turn or the one before speaks of the parts. */
function partsAround({ talk }: Reading, segment: number, parts: readonly string[]): boolean {
  for (let i = Math.max(0, segment - 3); i <= segment + 3; i++) {
    if (talk.segments[i]?.parts.some(({ name }) => nearParts([name], parts))) return true;
  }
  return false;
}

const clauseMentions = (own: Segment, side: SideMention): Mention[] => {
  const sentence = sentenceAt(own, side.from);
  return own.mentions.filter(
    (mention) =>
      mention.from >= sentence.from &&
      mention.to <= sentence.to &&
      hasType(mention, "symptom", "exam", "condition"),
  );
};

/** Sides in the very sentences in which the talk names the statement's drugs and findings. */
function namedSides({ own, talk }: Reading, mine: SideMention): Set<Side> {
  const sentence = sentenceAt(own, mine.from);
  const sides = new Set<Side>();
  for (const mention of own.mentions) {
    if (
      mention.from < sentence.from ||
      mention.to > sentence.to ||
      !hasType(mention, "drug", "symptom", "exam", "condition")
    )
      continue;
    for (const other of talk.like(mention)) {
      const segment = talk.segments[other.segment];
      if (!segment || other.negated !== mention.negated) continue;
      const range = sentenceAt(segment, other.from);
      if (range.to - range.from > 40) continue;
      for (const side of segment.sides)
        if (side.from >= range.from && side.from < range.to && !side.withdrawn)
          sides.add(side.side);
    }
  }
  return sides;
}

/** How much of what the statement speaks of stands near these sides in the talk. */
function company({ own, talk }: Reading, mine: SideMention, sides: readonly SideMention[]): number {
  const sentence = sentenceAt(own, mine.from);
  const words = new Set(
    own.stems
      .slice(sentence.from, sentence.to)
      .filter(
        (word, k) =>
          /^[a-z]{4,}$/.test(word) &&
          !PLAIN.has(own.tokens[sentence.from + k]?.w ?? "") &&
          !own.parts.some(({ from, to }) => sentence.from + k >= from && sentence.from + k < to),
      ),
  );
  let score = 0;
  for (const side of sides) {
    const segment = talk.segments[side.segment];
    if (!segment) continue;
    const short = segment.tokens.length < 40;
    const near = short
      ? segment.stems
      : segment.stems.slice(Math.max(0, side.from - 15), side.to + 15);
    score += new Set(near.filter((word) => words.has(word))).size;
  }
  return score;
}

const PLAIN = new Set([
  "left",
  "right",
  "patient",
  "with",
  "have",
  "been",
  "reports",
  "states",
  "that",
  "this",
  "which",
  "will",
  "exam",
  "examination",
  "history",
  "both",
  "bilateral",
  "denies",
  "today",
]);

/** Whether something named beside the note's side is spoken of beside the talk's. */
function sharesFinding({ own, talk }: Reading, mine: SideMention, theirs: SideMention): boolean {
  const sentence = sentenceAt(own, mine.from);
  const mentions = own.mentions.filter(
    (mention) => mention.from >= sentence.from && mention.to <= sentence.to,
  );
  return mentions.some((mention) =>
    talk
      .like(mention)
      .some(
        (each) => each.negated === mention.negated && Math.abs(each.segment - theirs.segment) <= 1,
      ),
  );
}

/** The sides on which the talk has the finding that stands with this side in the note. */
function findingSides(reading: Reading, mine: SideMention): Set<Side> {
  const { own, talk } = reading;
  const sides = new Set<Side>();
  const mentions = clauseMentions(own, mine).filter((mention) => {
    // The side nearest to the finding is its own.
    const nearest = [...own.sides].sort((a, b) => gap(a, mention) - gap(b, mention))[0];
    return nearest === undefined || nearest.side === mine.side;
  });
  for (const mention of mentions) {
    for (const found of likeOf(reading, mention)) {
      if (found.negated !== mention.negated || found.asked) continue;
      const side = sideOf(talk.segments, found);
      if (side) sides.add(side);
    }
  }
  return sides;
}

const gap = (side: SideMention, mention: Mention): number =>
  side.to <= mention.from
    ? mention.from - side.to
    : side.from >= mention.to
      ? side.from - mention.to
      : 0;

/** The side of a finding in the talk: in its sentence, else the last named before it. */
function sideOf(segments: readonly Segment[], found: Mention): Side | null {
  const segment = segments[found.segment];
  if (!segment) return null;
  const sentence = sentenceAt(segment, found.from);
  const live = segment.sides.filter((side) => !side.withdrawn && !side.negated);
  const inside = live.filter((side) => side.from >= sentence.from && side.from < sentence.to);
  const that = /\b(?:that|this|same) side\b/.test(segment.tokens.map(({ w }) => w).join(" "));
  if (inside.length > 0) {
    const nearest = [...inside].sort((a, b) => gap(a, found) - gap(b, found))[0];
    return nearest && gap(nearest, found) <= 15 ? nearest.side : null;
  }
  const before = live.filter((side) => side.to <= found.from);
  if (new Set(before.map(({ side }) => side)).size > 1) return null;
  if (before[0]) return before[0].side;
  for (let i = found.segment - 1; i >= Math.max(0, found.segment - 4); i--) {
    const turn = segments[i]?.sides.filter((side) => !side.withdrawn && !side.negated) ?? [];
    if (!that && new Set(turn.map(({ side }) => side)).size > 1) return null;
    const last = turn.at(-1);
    if (last) return last.side;
  }
  return null;
}
