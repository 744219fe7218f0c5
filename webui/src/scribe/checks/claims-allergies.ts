/** Claims about allergies: what to, and with which reaction. */
import cues from "./cues.json" with { type: "json" };
import terms from "./terms.json" with { type: "json" };
import { type Reading, supported, turnsOfMentions, unsupported, wordsOf } from "./claim.ts";
import { isAllergyStatement } from "./claims-drugs.ts";
import { Phrases } from "./phrases.ts";
import {
  hasType,
  type Mention,
  PATIENT,
  type Segment,
  sentenceAt,
  sharesConcept,
} from "./segment.ts";
import { drugNames } from "./talk.ts";
import type { Claim } from "./types.ts";

const ALLERGY = new Phrases(cues.allergy);
const TOLERATED = new Phrases(cues.tolerated);
const NOT_ALLERGY = new Phrases([
  "not an allergy",
  "not a true allergy",
  "not really an allergy",
  "not allergic to it",
  "not as an allergy",
]);

const NO_ALLERGIES =
  /\b(?:no|denies(?: any)?|without)\s+(?:known\s+|any\s+)?(?:(?:drug|medication|medicine|food|seasonal|environmental|latex)(?:\s+or\s+\w+)?\s+)?allerg|\bnkd?a\b|\ballerg\w*\s*:?\s*(?:none|no\b|denied)|\bnot allergic to any/i;

/** Allergies: what to, and with which reaction. */
export function allergyClaims(reading: Reading): Claim[] {
  if (!isAllergyStatement(reading) || /family|father|mother/i.test(reading.section)) return [];
  const { own, talk, text } = reading;
  if (/\b(?:seasonal|fall|spring|environmental) allerg/i.test(text) && !/allergic to/i.test(text))
    return [];
  if (
    NO_ALLERGIES.test(text) ||
    (/allerg/i.test(reading.section) && /^(?:none|no|nkda|denies)/i.test(text))
  ) {
    const ofDrugs = /\b(?:drug|medication|medicine)s? allerg/i.test(text);
    const positive = talk.mentions.filter(
      (mention) =>
        hasType(mention, "drug", ...(ofDrugs ? [] : (["allergen"] as const))) &&
        !drugNames(mention).includes("cannabis") &&
        mention.person === PATIENT &&
        isAllergic(reading, mention),
    );
    const label = "no known allergies";
    if (positive.length > 0) {
      const what = positive[0]?.concepts[0]?.name ?? "something";
      return [
        unsupported(
          "allergy",
          label,
          "major",
          `the transcript names an allergy to ${what}`,
          turnsOfMentions(positive),
        ),
      ];
    }
    const asked = talk.segments.filter(({ tokens }) =>
      tokens.some(({ w }, i) => /^(?:allerg|nkda)/.test(w) || ALLERGY.at(tokens, i) > 0),
    );
    if (asked.length === 0)
      return [unsupported("allergy", label, "major", "allergies are not in the transcript")];
    return [
      supported(
        "allergy",
        label,
        asked
          .flatMap(({ index }) => [index, index + 1])
          .filter((turn) => turn < talk.segments.length),
      ),
    ];
  }
  const claims: Claim[] = [];
  const asks = talk.segments.findIndex(
    ({ tokens, sentences }) =>
      tokens.some(({ w }) => w.startsWith("allerg")) && sentences.some(({ question }) => question),
  );
  const named = own.mentions.some((mention) =>
    hasType(mention, "drug", "allergen", "class", "symptom", "condition"),
  );
  if (
    !named &&
    asks >= 0 &&
    talk.segments[asks + 1]?.answer === "no" &&
    /\b(?:reports|has|endorses|known)\b[^.]*\ballerg/i.test(text)
  ) {
    return [
      unsupported(
        "allergy",
        "allergies",
        "major",
        "the transcript says that there are no allergies",
        [asks, asks + 1],
      ),
    ];
  }
  for (const mention of own.mentions) {
    if (!hasType(mention, "drug", "allergen")) continue;
    claims.push(allergyClaim(reading, mention));
  }
  return claims;
}

function allergyClaim(reading: Reading, mention: Mention): Claim {
  const { talk, own } = reading;
  const text = wordsOf(reading, mention.from, mention.to);
  const label = `allergy to ${text}`;
  const all = [
    ...new Set([
      ...talk.like(mention, "allergen"),
      ...(hasType(mention, "drug") ? talk.drugs(drugNames(mention)) : []),
      ...talk.like(mention, "class"),
    ]),
  ];
  if (all.length === 0) {
    return unsupported("allergy", label, "major", `${text} is not in the transcript`);
  }
  const sentence = sentenceAt(own, mention.from);
  const clause = wordsOf(reading, sentence.from, sentence.to);
  const negated =
    mention.negated ||
    /\b(?:removed|not allergic|tolerat\w*|ruled out|no allergy|negative|side effect|intoleran\w*|not an allergy|no true allergy|(?:was|were|had been|is) (?:listed|charted)|charted)\b/i.test(
      clause,
    );
  const mine = all.filter(({ person }) => person === mention.person || mention.person !== PATIENT);
  if (mine.length === 0) {
    return unsupported(
      "person",
      label,
      "major",
      `the allergy is the ${all[0]?.person ?? "relative"}'s, not the patient's`,
      turnsOfMentions(all),
    );
  }
  if (negated) return supported("allergy", label, turnsOfMentions(mine));
  const causes = /\bcause[sd]?\b/i.test(clause) || /^[^.:;]{3,40}:/.test(reading.text);
  const allergic = mine.filter(
    (each) => isAllergic(reading, each) || (causes && tellsReaction(reading, each)),
  );
  if (allergic.length === 0) {
    return unsupported(
      "allergy",
      label,
      "major",
      `the transcript does not say that ${text} is an allergy`,
      turnsOfMentions(mine),
    );
  }
  const turns = turnsOfMentions(allergic);
  // The reaction must be one that was said near the allergen.
  for (const [reaction, phrases] of Object.entries(terms.reactions)) {
    const named = new Phrases(phrases.map((phrase) => phrase.replace(" ~ ", " ")));
    if (!named.in(own.tokens, 0, own.tokens.length)) continue;
    const around = talk.segments.filter(({ index }) =>
      turns.some((turn) => Math.abs(turn - index) <= 2),
    );
    const said = Object.entries(terms.reactions).filter(([, list]) =>
      around.some((segment) => reactionIn(segment, list)),
    );
    if (said.length > 0 && !said.some(([name]) => name === reaction)) {
      return unsupported(
        "allergy",
        `${label} with ${reaction}`,
        "major",
        `the reaction in the transcript is ${said.map(([name]) => name).join(", ")}, not ${reaction}`,
        turns,
      );
    }
  }
  return supported("allergy", label, turns);
}

/** Whether the turn of an allergen, or one beside it, tells what it did. */
function tellsReaction({ talk }: Reading, mention: Mention): boolean {
  const around = talk.segments.slice(Math.max(0, mention.segment - 1), mention.segment + 3);
  return around.some(
    (segment) =>
      Object.values(terms.reactions).some((list) => reactionIn(segment, list)) ||
      segment.tokens.some((_, i) => ALLERGY.at(segment.tokens, i) > 0 && !segment.negated[i]),
  );
}

function reactionIn({ tokens, negated }: Segment, list: readonly string[]): boolean {
  const words = ` ${tokens.map(({ w }, i) => (negated[i] ? "-" : w)).join(" ")} `;
  return list.some((phrase) => {
    const [head, tail] = phrase.split(" ~ ");
    if (tail === undefined) return words.includes(` ${phrase} `);
    return words.includes(` ${head} `) && words.includes(` ${tail} `);
  });
}

/** Whether the talk says that the patient does not tolerate what is mentioned. */
export function isAllergic({ talk }: Reading, mention: Mention): boolean {
  const segment = talk.segments[mention.segment];
  if (!segment) return false;
  const { tokens, sentences } = segment;
  const lead = tokens
    .slice(Math.max(0, mention.from - 5), mention.from)
    .map(({ w }) => w)
    .join(" ");
  const barred = /\bcan not (?:take|have|use|do|eat|tolerate)\b/.test(lead);
  if (mention.negated && !barred) return false;
  if (barred) return true;
  const sentence = sentenceAt(segment, mention.from);
  if (TOLERATED.in(tokens, sentence.from, sentence.to)) return false;
  const after = tokens.slice(mention.to, Math.min(sentence.to, mention.to + 6)).map(({ w }) => w);
  // "That's usually the epinephrine in it, not an allergy."
  const excused = talk.segments
    .slice(mention.segment, mention.segment + 3)
    .some((turn) => NOT_ALLERGY.in(turn.tokens));
  const same = talk.segments
    .slice(mention.segment + 1, mention.segment + 3)
    .some((turn) => turn.mentions.some((other) => hasType(other, "drug", "allergen")));
  if (excused && !same) return false;
  if (
    /^(?:, )?nothing\b(?! else)|^(?:i |he |she )?(?:eat|eats|can take|can have|is fine|are fine|do not do)/.test(
      after.join(" "),
    )
  )
    return false;
  const cue = (from: number, to: number): boolean => {
    for (let i = from; i < to; i++) {
      if (ALLERGY.at(tokens, i, to) > 0 && !(segment.negated[i] ?? false)) return true;
    }
    return false;
  };
  if (sentence.question) {
    if (mention.asked || talk.segments[mention.segment + 1]?.answer !== "yes") return false;
    return cue(sentence.from, sentence.to);
  }
  if (cue(Math.max(sentence.from, mention.from - 14), Math.min(sentence.to, mention.to + 16)))
    return true;
  // The next sentence tells the reaction, unless it names something else.
  const next = sentences[sentences.indexOf(sentence) + 1];
  if (
    next &&
    !next.question &&
    cue(next.from, Math.min(next.to, next.from + 14)) &&
    !segment.mentions.some(
      (other) =>
        other.from >= next.from &&
        other.from < next.to &&
        hasType(other, "drug", "allergen") &&
        !sharesConcept(other, mention),
    )
  )
    return true;
  // The question before asked for allergies.
  const before = talk.segments[mention.segment - 1];
  const asks = before?.sentences.some(
    (each) => each.question && ALLERGY.in(before.tokens, each.from, each.to),
  );
  const not =
    before !== undefined &&
    /\b(?:can not have|not have|problem with)\b/.test(before.tokens.map(({ w }) => w).join(" "));
  if (!asks && !not) return false;
  if (segment.answer !== "no") return sentences.indexOf(sentence) <= 1;
  return /\b(?:except|just|only|but|well)\b/.test(tokens.map(({ w }) => w).join(" "));
}
