/** Left, right and both, with the body parts that they belong to. */
import { NOTE, type Segment, type Side, type SideMention, sentenceAt } from "./segment.ts";
import { type Token } from "./text.ts";

const SIDES: Record<string, Side> = {
  left: "left",
  lt: "left",
  right: "right",
  rt: "right",
  bilateral: "both",
  bilaterally: "both",
  both: "both",
  od: "right",
  os: "left",
  ou: "both",
  equally: "both",
};

export function findSides(segment: Segment): SideMention[] {
  const { tokens, parts } = segment;
  const sides: SideMention[] = [];
  tokens.forEach(({ w }, i) => {
    if (!Object.hasOwn(SIDES, w)) return;
    const before = tokens[i - 1]?.w ?? "";
    const after = tokens[i + 1]?.w ?? "";
    const sentence = sentenceAt(segment, i);
    const near = parts.filter(
      (part) =>
        part.from >= Math.max(sentence.from, i - 7) && part.to <= Math.min(sentence.to, i + 9),
    );
    if (w === "both" && near.length === 0 && after !== "sides") return;
    if (
      w === "right" &&
      !(segment.speaker === NOTE && i === 0) &&
      !isSide(
        before,
        after,
        near.some((part) => part.from > i && part.from <= i + 4),
        i,
        tokens,
      )
    )
      return;
    if (
      w === "left" &&
      /^(?:i|he|she|they|we|have|has|had|what|was)$/.test(before) &&
      !near.some((part) => part.from === i + 1)
    )
      return;
    if (
      w === "left" &&
      /^(?:over|ventricular|ventricle|atrial|atrium|out|behind|alone)$/.test(after)
    )
      return;
    const upcoming = near.filter((part) => part.from > i && part.from <= i + 5);
    const earlier = near.filter((part) => part.from < i);
    const chosen = upcoming.length > 0 ? upcoming : earlier.slice(-1);
    let negated = segment.negated[i] ?? false;
    if (
      before === "not" ||
      tokens
        .slice(Math.max(0, i - 3), i)
        .some((token) => token.w === "none" || token.w === "nothing")
    )
      negated = true;
    const rest = tokens
      .slice(i + 1, Math.min(sentence.to, i + 8))
      .map((token) => token.w)
      .join(" ");
    if (HEALTHY.test(rest) || before === "good") negated = true;
    sides.push({
      side: SIDES[w] as Side,
      segment: segment.index,
      from: i,
      to: i + 1,
      parts: [...new Set(chosen.map(({ name }) => name))],
      withdrawn: false,
      negated,
      old: PAST.test(
        tokens
          .slice(sentence.from, sentence.to)
          .map((token) => token.w)
          .join(" "),
      ),
    });
  });
  return sides;
}

/** "the left's my good leg", "the left one is fine": the side where nothing is the matter. */
const HEALTHY =
  /^(?:(?:one|side|knee|eye|ear|leg|hip|foot|hand|arm|shoulder|groin|wrist|ankle|breast) )?(?:is|was|looks?) (?:(?:my|his|her|the) good (?:one|leg|side|knee|eye|ear|hip|foot|hand|arm|shoulder)|(?:all |just |perfectly |totally )?(?:fine|good|okay|clear|normal|clean|all right)\b)/;

const OTHER_OF =
  /^(?:one|side|leg|knee|eye|ear|hip|foot|hand|arm|shoulder|wrist|ankle|breast|elbow|heel|thumb|lung|kidney)$/;

/** "It's the other knee": the side across from the last one named, in this turn or the two before. */
export function resolveOther(segments: readonly Segment[]): void {
  for (const segment of segments) {
    segment.tokens.forEach(({ w }, i) => {
      if (w !== "other" || !/^(?:the|my|his|her|your)$/.test(segment.tokens[i - 1]?.w ?? ""))
        return;
      if (!OTHER_OF.test(segment.tokens[i + 1]?.w ?? "")) return;
      const sentence = sentenceAt(segment, i);
      if (segment.sides.some(({ from }) => from > i && from < Math.min(sentence.to, i + 5))) return;
      const earlier = [
        ...segments
          .slice(Math.max(0, segment.index - 2), segment.index)
          .flatMap((turn) => turn.sides),
        ...segment.sides.filter(({ from }) => from < i),
      ];
      const last = earlier.filter((side) => !side.withdrawn && side.side !== "both").at(-1);
      if (!last) return;
      const named = segment.parts
        .filter(({ from }) => from === i + 1)
        .map(({ name }) => name)
        .filter((name) => name !== "side");
      segment.sides.push({
        ...last,
        side: last.side === "left" ? "right" : "left",
        segment: segment.index,
        from: i,
        to: i + 2,
        parts: named.length > 0 ? named : last.parts,
        negated: HEALTHY.test(
          segment.tokens
            .slice(i + 1, i + 9)
            .map((token) => token.w)
            .join(" "),
        ),
        old: false,
      });
      segment.sides.sort((a, b) => a.from - b.from);
    });
  }
}

const PAST =
  /\b(?:last time|previous|previously|prior|years ago|used to|back then|the first time|in the past)\b/;

/** "right" is a side where a body part, an article or another side stands beside it. */
function isSide(
  before: string,
  after: string,
  part: boolean,
  i: number,
  tokens: readonly Token[],
): boolean {
  if (
    /^(?:now|here|there|away|after|before|where|around|when|down|up|on|through|in|at)$/.test(
      after,
    ) &&
    !/^(?:the|my|your|his|her)$/.test(before)
  )
    return false;
  if (
    /^(?:all|that|alright|is|thats|yeah|okay|not|feel|looks|just|yes|sounds|be|got|,|\.)$/.test(
      before,
    ) &&
    !part
  ) {
    return (
      /^(?:side|handed|hand|eye|ear|one|sided|only)$/.test(after) ||
      /^(?:correction|left)$/.test(tokens[i - 2]?.w ?? "")
    );
  }
  if (i === 0 && !part) return /^(?:side|handed|one|sided)$/.test(after);
  return true;
}
