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
