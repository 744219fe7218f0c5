/** Claims about numbers that are no doses: vitals, results, durations, dates, ages, counts, how often. */
import { type Reading, wordsOf } from "./claim.ts";
import { doseClaim, isDose } from "./claims-doses.ts";
import { measureClaim, pairClaim, stageClaim } from "./claims-measures.ts";
import { ageClaim, dateClaim, frequencyClaim, ordinalClaim, timeClaim } from "./claims-times.ts";
import type { Located } from "./segment.ts";
import type { Claim } from "./types.ts";
import type { NumberValue, Value } from "./values.ts";

export function valueClaims(reading: Reading): Claim[] {
  const claims: Claim[] = [];
  for (const value of reading.own.values) {
    if (coveredByMention(reading, value) || isTelephone(value)) continue;
    let claim: Claim | null;
    if (value.kind === "number") claim = numberClaim(reading, value);
    else if (value.kind === "pair") claim = pairClaim(reading, value);
    else if (value.kind === "frequency") claim = frequencyClaim(reading, value);
    else claim = dateClaim(reading, value);
    if (claim) claims.push(claim);
  }
  return claims;
}

/** A number inside a name: "type 2 diabetes", "covid 19". */
const coveredByMention = ({ own }: Reading, value: { from: number; to: number }): boolean =>
  own.mentions.some(
    (mention) => !mention.gapped && mention.from <= value.from && value.from < mention.to,
  );

/** The numbers that one calls: no measure. */
const isTelephone = (value: Value): boolean =>
  value.kind === "number" && value.unit === null && [911, 988].includes(value.values[0] ?? 0);

function numberClaim(reading: Reading, value: Located<NumberValue>): Claim | null {
  const drug = isDose(reading, value);
  if (drug) return doseClaim(reading, value, drug);
  if (value.unit?.class === "time")
    return value.age ? ageClaim(reading, value) : timeClaim(reading, value);
  if (value.age) return ageClaim(reading, value);
  if (value.ordinal) return ordinalClaim(reading, value);
  const text = wordsOf(reading, value.from, value.to);
  const before = reading.own.tokens[value.from - 1]?.w ?? "";
  if (value.letter !== "" || /^(?:stage|grade|type|class|phase)$/.test(before))
    return stageClaim(reading, value, text);
  return measureClaim(reading, value, text);
}
