/** Claims about who is meant where no finding or drug says so. */
import { supported, unsupported, wordsOf, type Reading } from "./claim.ts";
import type { Claim } from "./types.ts";

/** Relatives that the note names and the talk does not: "History obtained from the son". */
export function personClaims(reading: Reading): Claim[] {
  const { own, talk } = reading;
  const claims: Claim[] = [];
  for (const named of own.relatives) {
    if (
      named.name === "family" ||
      named.name === "other" ||
      named.name === "child" ||
      named.name === "partner"
    )
      continue;
    const text = wordsOf(reading, named.from, named.to);
    const turns = talk.segments
      .filter(({ relatives }) => relatives.some(({ name }) => name === named.name))
      .map(({ index }) => index);
    const source = /\b(?:obtained from|provided by|accompanied by|history from|per)\b/i.test(
      reading.text,
    );
    if (!source) continue;
    const others = talk.segments
      .filter(({ relatives }) => relatives.length > 0)
      .map(({ index }) => index);
    if (turns.length > 0) claims.push(supported("person", text, turns));
    else
      claims.push(
        unsupported("person", text, "minor", `the ${text} is not in the transcript`, others),
      );
  }
  return claims;
}
