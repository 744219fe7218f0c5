/** Claims about medications, their doses and how often they are taken, and about allergies. */
import cues from "./cues.json" with { type: "json" };
import {
  type Mention,
  PATIENT,
  type Segment,
  hasType,
  sentenceAt,
  sharesConcept,
} from "./segment.ts";
import { lexicon } from "./lexicon.ts";
import { Phrases } from "./phrases.ts";
import { bindTo, drugNames } from "./talk.ts";
import terms from "./terms.json" with { type: "json" };
import type { Claim } from "./types.ts";
import { supported, turnsOfMentions, unsupported, wordsOf, type Reading } from "./claim.ts";

const STOPPED = new Phrases(cues.stopped);
const ALLERGY = new Phrases(cues.allergy);

const NOT_ALLERGY = new Phrases([
  "not an allergy",
  "not a true allergy",
  "not really an allergy",
  "not allergic to it",
  "not as an allergy",
]);
const TOLERATED = new Phrases(cues.tolerated);

/** Classes of units that doses have. */
export const DOSE_UNITS: ReadonlySet<string> = new Set(["mass", "form", "percent", "volume"]);

/** Whether the statement is about what the patient may not have. */
export function isAllergyStatement({ own, section }: Reading): boolean {
  return (
    /allerg/i.test(section) || own.tokens.some(({ w }) => /^(?:allerg|intoleran|anaphyla)/.test(w))
  );
}

/** Whether a drug of the note is said there to be stopped, or not to be taken. */
function isInactive({ own, text }: Reading, mention: Mention): boolean {
  if (mention.negated || mention.stopped) return true;
  const sentence = sentenceAt(own, mention.from);
  if (STOPPED.in(own.tokens, sentence.from, sentence.to)) return true;
  return /\b(?:previous|previously|history of|tried|failed|consider|in the past|if |taper|refus|declin|discuss|could|prior|used to|was on|recommended against|switched|replaced|instead|in place of|in lieu of|causes?\b|caused|makes|made|due to|from\b|side effect|adverse|intoleran|avoid|restart|resum|start over)/i.test(
    text,
  );
}

export function medicationClaims(reading: Reading): Claim[] {
  const claims: Claim[] = [];
  const allergy = isAllergyStatement(reading);
  for (const mention of reading.own.mentions) {
    if (!isDrugClaim(reading, mention)) continue;
    if (allergy && hasType(mention, "drug")) continue;
    claims.push(medicationClaim(reading, mention));
  }
  if (!allergy) claims.push(...classClaims(reading));
  return claims;
}

/** Substances that are drugs only as a preparation. */
const SUBSTANCES = new Set([
  "sodium",
  "potassium",
  "glucose",
  "calcium",
  "cholesterol",
  "alcohol",
  "ethanol",
  "caffeine",
  "nicotine",
  "marijuana",
  "cannabis",
  "cocaine",
  "iron",
  "cortisol",
  "testosterone",
  "estrogen",
  "thyroid",
  "albumin",
  "fluoride",
  "zinc",
  "magnesium",
  "iodine",
  "charcoal",
  "dopamine",
  "growth hormone",
  "vasopressin",
  "saline",
  "menthol",
]);

/** A name that is also a test's counts as a drug unless a plain number follows it. */
export function isDrugClaim({ own }: Reading, mention: Mention): boolean {
  if (!hasType(mention, "drug")) return false;
  if (drugNames(mention).every((name) => SUBSTANCES.has(name))) {
    const around = own.tokens
      .slice(Math.max(0, mention.from - 4), mention.to + 4)
      .map(({ w }) => w)
      .join(" ");
    if (
      !/\b(?:mg|mcg|g|units?|iu|meq|tablets?|pills?|supplements?|injections?|gel|patch|cream|replacement|therapy|ml|drops?)\b/.test(
        around,
      )
    )
      return false;
  }
  if (!hasType(mention, "test", "vital")) return true;
  const after = own.values.find(
    (value) => value.from >= mention.to && value.from <= mention.to + 2,
  );
  const level = /^(?:level|levels|deficiency)$/.test(own.tokens[mention.to]?.w ?? "");
  if (level || after?.kind === "pair") return false;
  if (after?.kind !== "number") return true;
  return after.unit !== null && DOSE_UNITS.has(after.unit.class);
}

/** A class of drugs that the note says is taken and the talk denies, or the reverse. */
function classClaims(reading: Reading): Claim[] {
  const { own, talk } = reading;
  const claims: Claim[] = [];
  for (const mention of own.mentions) {
    if (!hasType(mention, "class") || hasType(mention, "drug") || mention.person !== PATIENT)
      continue;
    const like = talk.like(mention, "class").filter(({ person }) => person === PATIENT);
    if (like.length === 0 || mention.negated || !like.every(({ negated }) => negated)) continue;
    if (
      !/\b(?:reports|takes|taking|uses|using|on|has)\b/i.test(reading.text) ||
      STOPPED.in(own.tokens)
    )
      continue;
    const text = wordsOf(reading, mention.from, mention.to);
    claims.push(
      unsupported(
        "negation",
        text,
        "major",
        `the transcript says that no ${text} is taken`,
        turnsOfMentions(like),
      ),
    );
  }
  return claims;
}

function medicationClaim(reading: Reading, mention: Mention): Claim {
  const text = wordsOf(reading, mention.from, mention.to);
  const names = drugNames(mention);
  const mentions = reading.talk.drugs(names);
  if (mentions.length === 0) {
    const classes = [...lexicon().classes].filter(([, members]) =>
      names.some((name) => members.has(name)),
    );
    const only = reading.talk.mentions.filter((other) =>
      other.concepts.some(
        ({ type, name }) => type === "class" && classes.some(([of]) => of === name),
      ),
    );
    const vaccine = names.some((name) => name.includes("vaccin"));
    const given = vaccine
      ? reading.talk.mentions.filter((other) =>
          other.concepts.some(({ type, name }) => type === "class" && name === "vaccine"),
        )
      : [];
    if (given.length > 0) return supported("medication", text, turnsOfMentions(given));
    const reason =
      only.length > 0
        ? `${text} is not named in the transcript, only its class`
        : `${text} is not in the transcript`;
    return unsupported("medication", text, "major", reason, turnsOfMentions(only));
  }
  const own = mentions.filter(({ person }) => person === PATIENT);
  if (mention.person !== PATIENT) return supported("medication", text, turnsOfMentions(mentions));
  if (own.length === 0) {
    const whose = mentions[0]?.person ?? "relative";
    return unsupported(
      "person",
      text,
      "major",
      `${text} is said of the ${whose}, not of the patient`,
      turnsOfMentions(mentions),
    );
  }
  if (!isInactive(reading, mention)) {
    const last = own.at(-1) as Mention;
    const active = own.filter((each) => !each.stopped && !each.negated);
    if (
      active.length === 0 ||
      (last.stopped &&
        /\b(?:continue|continues|takes|taking|on|uses|using)\b/i.test(reading.text) &&
        active.every((each) => each.asked || each.segment <= last.segment) &&
        own.filter(({ stopped }) => stopped).length >= active.length)
    ) {
      return unsupported(
        "medication",
        text,
        "major",
        `the transcript says that ${text} is stopped or not taken`,
        turnsOfMentions(own),
      );
    }
  } else if (isStoppedHere(reading, mention) && own.every((each) => isKept(reading, each))) {
    return unsupported(
      "medication",
      text,
      "major",
      `the transcript says that ${text} goes on`,
      turnsOfMentions(own),
    );
  } else if (
    mention.negated &&
    own.every((each) => !each.negated && !each.stopped) &&
    isDeniedIntake(reading, mention)
  ) {
    const taken = own.filter((each) => !each.asked);
    if (taken.length > 0) {
      return unsupported(
        "negation",
        text,
        "major",
        `the transcript says that ${text} is taken`,
        turnsOfMentions(taken),
      );
    }
  }
  return supported("medication", text, turnsOfMentions(own));
}

/** "Stop beclomethasone": the note ends this very drug. */
function isStoppedHere({ own }: Reading, mention: Mention): boolean {
  const before = own.tokens
    .slice(Math.max(0, mention.from - 3), mention.from)
    .map(({ w }) => w)
    .join(" ");
  return /\b(?:stop|stopped|discontinue|discontinued|hold|held)(?: (?:the|her|his|taking|her))*$/.test(
    before,
  );
}

/** Whether the talk keeps a drug going: "keep the Qvar", "continue it". */
function isKept({ talk }: Reading, mention: Mention): boolean {
  const segment = talk.segments[mention.segment];
  if (!segment || mention.stopped || mention.negated) return false;
  const before = segment.tokens
    .slice(Math.max(0, mention.from - 6), mention.from)
    .map(({ w }) => w)
    .join(" ");
  return /\b(?:keep|continue|stay|still|refill|keep going|increase|start)\b/.test(before);
}

/** "Denies ibuprofen", "not taking any aspirin": the denial is of the drug itself. */
function isDeniedIntake({ own }: Reading, mention: Mention): boolean {
  const before = own.tokens
    .slice(Math.max(0, mention.from - 5), mention.from)
    .map(({ w }) => w)
    .join(" ");
  return /\b(?:denies|no|not (?:taking|on|take|using|use)|no longer (?:taking|on|takes|uses|using)|never (?:taken|used|took))(?: (?:any|use of|using|taking|the))*$/.test(
    before,
  );
}

/** The drug that a value of the note belongs to. */
export function drugOf(reading: Reading, value: { from: number; to: number }): Mention | null {
  const { own } = reading;
  const bound = bindTo(own, [], value, (mention) => isDrugClaim(reading, mention));
  return bound.mention;
}

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
    const positive = talk.mentions.filter(
      (mention) =>
        hasType(mention, "drug", "allergen") &&
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
      tokens.some(({ w }) => /^(?:allerg|nkda)/.test(w)),
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
    /\b(?:removed|not allergic|tolerat\w*|ruled out|no allergy|negative)\b/i.test(clause);
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
  const allergic = mine.filter((each) => isAllergic(reading, each));
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

function reactionIn({ tokens }: Segment, list: readonly string[]): boolean {
  const words = ` ${tokens.map(({ w }) => w).join(" ")} `;
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
