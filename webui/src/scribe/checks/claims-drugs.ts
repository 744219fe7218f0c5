/** Claims about medications, their doses and how often they are taken, and about allergies. */
import { lexicon } from "./lexicon.ts";
import cues from "./cues.json" with { type: "json" };
import { type Reading, supported, turnsOfMentions, unsupported, wordsOf } from "./claim.ts";
import { Phrases } from "./phrases.ts";
import { hasType, type Mention, PATIENT, sentenceAt } from "./segment.ts";
import { bindTo, drugNames } from "./talk.ts";
import type { Claim } from "./types.ts";

const STOPPED = new Phrases(cues.stopped);

/** Classes of units that doses have. */
export const DOSE_UNITS: ReadonlySet<string> = new Set(["mass", "form", "percent", "volume"]);

/** Whether the statement is about what the patient may not have. */
export function isAllergyStatement({ own, section, text }: Reading): boolean {
  if (/\ballergy (?:shots?|tests?|testing|injections?|medicines?|pills?|season)\b/i.test(text))
    return false;
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
function isDeniedIntake({ own, text }: Reading, mention: Mention): boolean {
  const before = own.tokens
    .slice(Math.max(0, mention.from - 5), mention.from)
    .map(({ w }) => w)
    .join(" ");
  // "No naproxen": what is to be left out, unless it tells what is taken.
  if (
    before.endsWith("no") &&
    !/\b(?:takes?|taking|uses?|using|on|reports|has|medications?|currently)\b/i.test(text)
  )
    return false;
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
