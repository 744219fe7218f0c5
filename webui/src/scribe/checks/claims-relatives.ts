/** Claims about the findings of relatives. */
import { type Reading, supported, turnsOfMentions, unsupported } from "./claim.ts";
import { kinTurns, wordTurns } from "./finding-words.ts";
import { isRelative } from "./people.ts";
import { type Mention, PATIENT } from "./segment.ts";
import type { Claim } from "./types.ts";

/** A finding of a relative. */
export function relativeClaim(
  reading: Reading,
  mention: Mention,
  all: readonly Mention[],
  text: string,
): Claim {
  const { talk } = reading;
  const label = `${mention.person}: ${text}`;
  const theirs = all.filter(
    ({ person }) => person === mention.person || person === "family" || mention.person === "family",
  );
  const turnsOf = (name: string): number[] =>
    talk.segments
      .filter(({ relatives }) => relatives.some((each) => each.name === name || name === "family"))
      .map(({ index }) => index);
  if (all.length === 0) {
    const parts = reading.own.parts.filter(
      ({ from, to }) => from >= mention.from && to <= mention.to,
    );
    // "Your grandmother's the breast?": the place alone, beside whose it is.
    const placed = talk.segments.some(
      (segment) =>
        segment.relatives.some(({ name }) => name === mention.person) &&
        segment.parts.some((part) => parts.some(({ name }) => name === part.name)),
    );
    if (
      mention.negated ||
      placed ||
      mention.person === "other" ||
      wordTurns(reading, mention).length > 0 ||
      kinTurns(reading, mention).length > 0
    )
      return supported("person", label, turnsOf(mention.person));
    return unsupported("problem", label, "major", `${text} is not in the transcript`);
  }
  const denied = theirs.length > 0 && theirs.every((other) => other.negated);
  if (!mention.negated && denied && !mention.uncertain)
    return unsupported(
      "negation",
      label,
      "major",
      `the transcript says that there is no ${text} in the family`,
      turnsOfMentions(theirs),
    );
  if (mention.person === "other") return supported("person", label, turnsOfMentions(all));
  const named = turnsOf(mention.person);
  const foreign = all.filter(
    ({ person }) => person !== PATIENT && person !== "family" && person !== mention.person,
  );
  if (theirs.some(({ person }) => person === mention.person))
    return supported("person", label, turnsOfMentions(theirs));
  if (foreign.length > 0 && mention.person !== "family")
    return unsupported(
      "person",
      label,
      "minor",
      `${text} is said of the ${foreign[0]?.person}`,
      turnsOfMentions(foreign),
    );
  // "I had the same at forty", said by the mother; "he snores a little", told by the daughter.
  const theirOwn = all.filter(({ segment }) => isRelative(talk.segments[segment]?.speaker ?? ""));
  if (theirOwn.length > 0) return supported("person", label, turnsOfMentions(theirOwn));
  const close = all.filter((other) => named.some((turn) => Math.abs(turn - other.segment) <= 2));
  if (close.length > 0)
    return supported("person", label, [
      ...turnsOfMentions(close),
      ...named.filter((turn) => close.some((other) => Math.abs(turn - other.segment) <= 1)),
    ]);
  if (mention.negated) return supported("person", label, turnsOfMentions(all));
  return unsupported(
    "person",
    label,
    "major",
    `${text} is said of the patient, not of the ${mention.person}`,
    turnsOfMentions(all),
  );
}
