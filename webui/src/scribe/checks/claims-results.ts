/** Claims about results in words: "rapid strep positive", "EKG normal". */
import { type Reading, supported, turnsOfMentions, unsupported, wordsOf } from "./claim.ts";
import { isDrugClaim } from "./claims-drugs.ts";
import { wordTurns } from "./finding-words.ts";
import { hasType, type Mention, PATIENT, type Segment, sentenceAt } from "./segment.ts";
import { isPunctuation } from "./text.ts";
import { deniedNear } from "./told.ts";
import type { Claim, Kind } from "./types.ts";

/** Words that tell a result, by what they mean. */
const SENSE = new Map<string, string>([
  ...["negative", "nonreactive"].map((w): [string, string] => [w, "negative"]),
  ...["positive", "reactive"].map((w): [string, string] => [w, "positive"]),
  ...[
    "normal",
    "unremarkable",
    "fine",
    "clear",
    "clean",
    "good",
    "great",
    "okay",
    "benign",
    "intact",
    "stable",
    "perfect",
    "wnl",
  ].map((w): [string, string] => [w, "normal"]),
  ...["abnormal", "concerning", "bad", "impaired", "remarkable", "coarse"].map(
    (w): [string, string] => [w, "abnormal"],
  ),
  ...["elevated", "high", "increased"].map((w): [string, string] => [w, "high"]),
  ...["low", "decreased", "reduced", "diminished"].map((w): [string, string] => [w, "low"]),
]);
/** Words of approval that are results only after "is", "looks" and the like. */
const DISCOURSE = new Set(["okay", "good", "great", "fine", "perfect", "bad"]);
const CONFLICTS = new Set([
  "negative positive",
  "positive negative",
  "normal abnormal",
  "abnormal normal",
  "normal positive",
  "positive normal",
  "normal high",
  "high normal",
  "normal low",
  "low normal",
  "high low",
  "low high",
  "negative abnormal",
  "abnormal negative",
]);

/** Results in words: "rapid strep positive", "EKG normal". */
export function resultClaims(reading: Reading): Claim[] {
  const { own, talk } = reading;
  const claims: Claim[] = [];
  for (const mention of own.mentions) {
    if (
      !hasType(mention, "test", "vital") ||
      (hasType(mention, "drug") && isDrugClaim(reading, mention))
    )
      continue;
    const sense = senseOf(own, mention);
    if (sense === null) {
      const done = doneClaim(reading, mention);
      if (done) claims.push(done);
      continue;
    }
    const label = `${wordsOf(reading, mention.from, mention.to)} ${sense}`;
    const named = talk.like(mention, "test", "vital");
    // A longer phrase may hold the name: "sensation is intact".
    const like = named.length > 0 ? named : wordMentions(reading, mention);
    if (like.length === 0) {
      const turns = wordTurns(reading, mention);
      if (turns.length > 0) claims.push(supported("result", label, turns));
      else if (
        sense === "normal" ||
        (sense === "negative" &&
          !hasType(mention, "vital") &&
          MANOEUVRES.has(mention.concepts[0]?.name ?? ""))
      )
        claims.push(...unsaidNormal(reading, mention, label));
      else claims.push(unsupported("result", label, "major", `${label} is not in the transcript`));
      continue;
    }
    const said = like.map((other) => ({
      other,
      sense: senseOf(talk.segments[other.segment] as Segment, other),
    }));
    const agree = said.filter(
      (each) =>
        each.sense === sense || (each.sense !== null && !CONFLICTS.has(`${sense} ${each.sense}`)),
    );
    const conflict = said.filter(
      (each) => each.sense !== null && CONFLICTS.has(`${sense} ${each.sense}`),
    );
    if (agree.length > 0)
      claims.push(
        supported(
          "result",
          label,
          agree.map(({ other }) => other.segment),
        ),
      );
    else if (conflict.length > 0)
      claims.push(
        unsupported(
          "result",
          label,
          hasType(mention, "vital") && /\bhome|running\b/i.test(reading.text) ? "minor" : "major",
          `the transcript says ${conflict[0]?.sense ?? "otherwise"}, not ${sense}`,
          conflict.map(({ other }) => other.segment),
        ),
      );
    else if (sense === "abnormal" || sense === "positive")
      claims.push(
        unsupported(
          "result",
          label,
          "major",
          `${label} is not in the transcript`,
          turnsOfMentions(like),
        ),
      );
    else claims.push(supported("result", label, turnsOfMentions(like)));
  }
  return claims;
}

/** A normal finding that nobody named is marked only where nothing of its statement was said. */
function unsaidNormal(reading: Reading, mention: Mention, label: string): Claim[] {
  const turns = deniedNear(reading, { ...mention, negated: true });
  return turns.length > 0
    ? [supported("result", label, turns)]
    : [unsupported("result", label, "minor", `${label} is not in the transcript`)];
}

/** The places in the talk where the words of a test stand together, as mentions of it. */
function wordMentions({ talk, own }: Reading, mention: Mention): Mention[] {
  const words = own.stems.slice(mention.from, mention.to);
  const first = words[0] ?? "";
  return (talk.turnsOf.get(first) ?? []).flatMap((turn) => {
    const { stems } = talk.segments[turn] as Segment;
    const from = stems.findIndex((_, k) => words.every((word, m) => stems[k + m] === word));
    return from < 0 ? [] : [{ ...mention, segment: turn, from, to: from + words.length }];
  });
}

/** "Has had genetic testing", where the talk says that it was not done or was another's. */
function doneClaim({ talk, own, text }: Reading, mention: Mention): Claim | null {
  if (
    !/\b(?:had|underwent|completed|received|status post|s\/p)\b/i.test(text) ||
    mention.negated ||
    mention.person !== PATIENT
  )
    return null;
  const like = talk.like(mention, "test");
  if (like.length === 0 || !like.every((other) => other.negated || other.person !== PATIENT))
    return null;
  const name = own.tokens
    .slice(mention.from, mention.to)
    .map(({ w }) => w)
    .join(" ");
  const kind: Kind = like.some(({ person }) => person !== PATIENT) ? "person" : "negation";
  return unsupported(
    kind,
    name,
    "major",
    `the transcript says that the patient had no ${name}`,
    turnsOfMentions(like),
  );
}

/** The result word of a test, turned round where it is denied. */
function senseOf(segment: Segment, mention: Mention): string | null {
  const { tokens, negated } = segment;
  const sentence = sentenceAt(segment, mention.from);
  const others = segment.mentions.filter(
    (other) => other !== mention && hasType(other, "test", "vital"),
  );
  const stop = Math.min(
    sentence.to,
    mention.to + 7,
    ...others.filter(({ from }) => from >= mention.to).map(({ from }) => from),
  );
  for (let i = mention.to; i < stop; i++) {
    const sense = SENSE.get(tokens[i]?.w ?? "");
    // "a reduced ejection fraction" is a result of what follows.
    const next = segment.mentions.some(
      (other) =>
        other !== mention &&
        other.from <= i + 1 &&
        other.to > i &&
        hasType(other, "test", "vital", "exam", "symptom", "condition"),
    );
    const spoken =
      DISCOURSE.has(tokens[i]?.w ?? "") &&
      i > mention.to &&
      !/^(?:is|are|was|were|look|looks|looked|looking|pretty|very|really|back|so|seems|all|came|:)$/.test(
        tokens[i - 1]?.w ?? "",
      );
    if (sense !== undefined && !next && !spoken && !isAttribute(segment, mention.to, i))
      return negated[i] ? flip(sense) : sense;
    if (tokens[i]?.w === "within" && tokens[i + 1]?.w === "normal")
      return negated[i] ? "abnormal" : "normal";
    if (tokens[i]?.w === "but") break;
  }
  const start = Math.max(sentence.from, mention.from - 3);
  for (let i = mention.from - 1; i >= start; i--) {
    if (isPunctuation(tokens[i]?.w ?? "") || /^(?:and|but|or|with)$/.test(tokens[i]?.w ?? ""))
      break;
    const sense = SENSE.get(tokens[i]?.w ?? "");
    if (sense !== undefined && !DISCOURSE.has(tokens[i]?.w ?? ""))
      return negated[i] ? flip(sense) : sense;
  }
  return null;
}

/** "x-rays without erosions, negative antibodies": the word tells of what follows it. */
function isAttribute({ tokens }: Segment, from: number, i: number): boolean {
  if (!tokens.slice(from, i).some(({ w }) => w === "," || w === "without" || w === "no"))
    return false;
  return /^(?!(?:and|or|but|for|on|at|in|to|with|today|bilaterally|now|this|last|except|so|as|by|both|from|throughout|over|here|there|again|which|while|then)$)[a-z]{3,}$/.test(
    tokens[i + 1]?.w ?? "",
  );
}

/** Examination manoeuvres: a normal one that nobody spoke of is commonly charted. */
const MANOEUVRES = new Set([
  "lachman",
  "mcmurray",
  "anterior drawer",
  "straight leg raise",
  "tinel",
  "phalen",
  "finkelstein",
  "spurling",
  "hawkins",
  "neer",
  "empty can",
  "romberg",
  "hoffman",
  "babinski",
  "murphy sign",
  "homan sign",
  "strength",
  "reflexes",
  "pulses",
  "sensation",
]);

const flip = (sense: string): string =>
  ({
    negative: "positive",
    positive: "negative",
    normal: "abnormal",
    abnormal: "normal",
    high: "normal",
    low: "normal",
  })[sense] ?? sense;
