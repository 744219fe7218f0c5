/** Claims about medications, their doses and how often they are taken, and about allergies. */
import cues from "./cues.json" with { type: "json" };
import {
  type Located,
  type Mention,
  PATIENT,
  type Segment,
  hasType,
  overlap,
  sentenceAt,
  sharesConcept,
} from "./segment.ts";
import { soundsLike } from "./fuzzy.ts";
import { lexicon } from "./lexicon.ts";
import { Phrases } from "./phrases.ts";
import { bindTo, drugNames, ingredientsOf, type BoundNumber } from "./talk.ts";
import terms from "./terms.json" with { type: "json" };
import type { Claim } from "./types.ts";
import { supported, turnsOfMentions, unsupported, wordsOf, type Reading } from "./claim.ts";
import type { FrequencyValue, NumberValue } from "./values.ts";

const STOPPED = new Phrases(cues.stopped);
const ALLERGY = new Phrases(cues.allergy);
const TOLERATED = new Phrases(cues.tolerated);
const DOSE_UNITS = new Set(["mass", "form", "percent", "volume"]);

/** How far a drug of the note is known in the talk. */
interface Found {
  mentions: Mention[];
  /** Turns in which its name was misheard. */
  misheard: number[];
}

function findDrug(reading: Reading, names: readonly string[]): Found {
  const mentions = reading.talk.drugs(names);
  if (mentions.length > 0) return { mentions, misheard: [] };
  return { mentions, misheard: misheardTurns(reading, names) };
}

/** Turns with a word, or two together, that sounds like one of the drug's names. */
function misheardTurns({ talk }: Reading, names: readonly string[]): number[] {
  const known = lexicon().drugWords;
  const wanted = new Set(names.flatMap(ingredientsOf));
  const forms = [...known]
    .filter(([, of]) => of.some((name) => wanted.has(name)))
    .map(([form]) => form);
  const turns: number[] = [];
  for (const segment of talk.segments) {
    const covered = new Set(
      segment.mentions.flatMap(({ from, to }) =>
        Array.from({ length: to - from }, (_, k) => from + k),
      ),
    );
    segment.tokens.forEach(({ w }, i) => {
      if (covered.has(i) || !/^[a-z]{2,}$/.test(w)) return;
      const next = segment.tokens[i + 1]?.w ?? "";
      const pair = /^[a-z]{3,}$/.test(next) && w.length >= 3 ? w + next : "";
      const heard = (word: string): boolean =>
        word.length >= 5 && !known.has(word) && forms.some((form) => soundsLike(word, form));
      if (heard(w) || (pair.length >= 7 && heard(pair))) turns.push(segment.index);
    });
  }
  return turns;
}

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
  return /\b(?:previous|previously|history of|tried|failed|consider|in the past|if |taper|refus|declin|discuss|could|prior|used to|was on|recommended against|switched|replaced|instead|restart|resum|start over)/i.test(
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
  const { mentions, misheard } = findDrug(reading, names);
  if (mentions.length === 0) {
    if (misheard.length > 0) return supported("medication", text, misheard);
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

export function isDose(reading: Reading, value: Located<NumberValue>): Mention | null {
  const drug = drugOf(reading, value);
  const cls = value.unit?.class ?? "none";
  if (!drug) {
    const previous = reading.lastDrugs.at(-1) ?? null;
    const says =
      /\bdos(?:e|age|ing)\b/i.test(reading.text) && (DOSE_UNITS.has(cls) || cls === "none");
    return says ? previous : null;
  }
  if (value.age || value.ordinal) return null;
  // A test between drug and number takes the number.
  const between = reading.own.mentions.some(
    (mention) =>
      mention.from >= drug.to &&
      mention.to <= value.from &&
      hasType(mention, "test", "vital") &&
      !isDrugClaim(reading, mention),
  );
  if (between) return null;
  if (DOSE_UNITS.has(cls)) return drug;
  return cls === "none" && value.from - drug.to >= 0 && value.from - drug.to <= 2 && !value.ordinal
    ? drug
    : null;
}

export function doseClaim(reading: Reading, value: Located<NumberValue>, drug: Mention): Claim {
  const text = wordsOf(reading, value.from, value.to);
  const names = drugNames(drug);
  const { talk } = reading;
  const known = new Set(talk.drugs(names));
  const misheard = known.size > 0 ? [] : misheardTurns(reading, names);
  const label = `${wordsOf(reading, drug.from, drug.to) || names[0]} ${text}`;
  const candidates = talk.numbers.filter(({ value: other }) => sameDose(value, other, names));
  const isBound = (bound: BoundNumber): boolean => bound.drug !== null && known.has(bound.drug);
  const isNear = (bound: BoundNumber): boolean =>
    misheard.some((turn) => Math.abs(turn - bound.value.segment) <= 2);
  const noteOld =
    value.old ||
    /\b(?:previous|previously|prior|earlier|from|was|had been|decreased|reduced)\b/i.test(
      reading.text,
    );
  const ours = candidates.filter(
    (bound) => isBound(bound) || (isNear(bound) && bound.drug === null),
  );
  const valid = ours.filter(
    ({ value: other }) => !other.withdrawn && other.person === PATIENT && !(other.old && !noteOld),
  );
  const all = talk.numbers.filter((bound) => isBound(bound) && isDoseLike(bound.value));
  const others = all.filter(
    (bound) =>
      !candidates.includes(bound) &&
      (!bound.drugCarried || bound.value.segment - (bound.drug?.segment ?? 0) <= 1),
  );
  const turns = valid.map(({ value: other }) => other.segment);
  if (
    /\bbaby aspirin\b/i.test(
      talk.segments.map(({ tokens }) => tokens.map(({ w }) => w).join(" ")).join(" . "),
    ) &&
    names.includes("aspirin") &&
    value.values.includes(81)
  ) {
    return supported("dose", label, turnsOfMentions([...known]));
  }
  if (valid.length > 0) {
    // The same number as the new dose, though another was named as the new one.
    return supported("dose", label, turns);
  }
  const taken = ours.find(({ value: other }) => other.withdrawn);
  if (taken) {
    const kind = taken.value.asked ? "dose" : "correction";
    return unsupported(kind, label, "major", `${text} is taken back in the transcript`, [
      taken.value.segment,
    ]);
  }
  const foreign = ours.find(({ value: other }) => other.person !== PATIENT);
  if (foreign) {
    return unsupported(
      "person",
      label,
      "major",
      `${text} is said of the ${foreign.value.person}, not of the patient`,
      [foreign.value.segment],
    );
  }
  const former = ours.find(({ value: other }) => other.old);
  if (former && others.length > 0) {
    return unsupported("dose", label, "major", `${text} is an earlier dose in the transcript`, [
      former.value.segment,
    ]);
  }
  if (former) return supported("dose", label, [former.value.segment]);
  if (others.length === 0) {
    // Nothing else is said of this drug's dose: the number may stand apart from the name.
    const turnsOfDrug = [...turnsOfMentions([...known]), ...misheard];
    const loose = candidates.filter(
      ({ value: other, drug: owner }) =>
        !other.withdrawn &&
        (owner === null || talkCarried(owner, other)) &&
        turnsOfDrug.some((turn) => Math.abs(turn - other.segment) <= 4),
    );
    if (loose.length > 0)
      return supported(
        "dose",
        label,
        loose.map(({ value: other }) => other.segment),
      );
  }
  const bad = others.map(({ value: other }) => other.segment);
  return unsupported(
    "dose",
    label,
    "major",
    `${text} is not in the transcript${names[0] ? ` for ${wordsOf(reading, drug.from, drug.to) || names[0]}` : ""}`,
    bad,
  );
}

/** The number's drug stands in another turn, so that it may be another's. */
const talkCarried = (owner: Mention, value: Located<NumberValue>): boolean =>
  owner.segment !== value.segment;

const isDoseLike = (value: NumberValue): boolean =>
  !value.age &&
  !value.ordinal &&
  value.time === "" &&
  (value.unit === null || DOSE_UNITS.has(value.unit.class));

/** Equal after units; a unit that nobody spoke is the drug's usual one. */
function sameDose(note: NumberValue, talk: NumberValue, names: readonly string[]): boolean {
  if (talk.age || talk.time !== "" || talk.ordinal || (talk.plural && !note.plural)) return false;
  const mine = note.unit;
  const theirs = talk.unit;
  if (mine && theirs) {
    if (mine.class === theirs.class) {
      if (mine.class === "form") return overlap(note.values, talk.values);
      return note.values.some((a) =>
        talk.values.some(
          (b) =>
            Math.abs(a * mine.factor - b * theirs.factor) < 1e-6 * Math.max(1, a * mine.factor),
        ),
      );
    }
    // "half a tablet" says no strength; two names of one volume do.
    return false;
  }
  if (!overlap(note.values, talk.values)) return false;
  if (mine && !theirs && mine.class === "mass") {
    const usual = usualUnit(names);
    if (usual !== null) return usual === mine.name;
    return mine.name !== "mcg" && mine.name !== "g";
  }
  if (!mine && theirs) return DOSE_UNITS.has(theirs.class);
  return true;
}

function usualUnit(names: readonly string[]): string | null {
  const table = terms.usual_units as Record<string, string>;
  for (const name of names.flatMap(ingredientsOf)) {
    if (Object.hasOwn(table, name)) return table[name] ?? null;
    if (name.startsWith("insulin")) return "units";
    if (name.startsWith("vitamin d")) return "units";
  }
  return null;
}

/** How often a drug is taken. */
export function drugFrequencyClaim(
  reading: Reading,
  value: Located<FrequencyValue>,
  drug: Mention,
): Claim | null {
  const { talk } = reading;
  const text = wordsOf(reading, value.from, value.to);
  const names = drugNames(drug);
  const label = `${wordsOf(reading, drug.from, drug.to)} ${text}`;
  const mentions = talk.drugs(names);
  const anchors = mentions.length > 0 ? turnsOfMentions(mentions) : misheardTurns(reading, names);
  if (anchors.length === 0) return null; // hangs on an invented drug
  const near = talk.segments.filter(({ index }) =>
    anchors.some((turn) => index - turn <= 4 && turn - index <= 1),
  );
  const said = near.flatMap((segment) =>
    segment.values.flatMap((other) => {
      if (other.kind !== "frequency") return [];
      const owner = bindTo(segment, talk.segments, other, (mention) =>
        hasType(mention, "drug"),
      ).mention;
      const foreign = owner !== null && mentions.length > 0 && !mentions.includes(owner);
      return foreign ? [] : [other];
    }),
  );
  // What is done now is what the patient says of it; the doctor may advise otherwise.
  const now = /\b(?:currently|uses|using|takes|taking|has been)\b/i.test(reading.text);
  const own = said.filter(
    (other) =>
      other.rates.length > 0 &&
      /^(?:patient|relative)$/.test(talk.segments[other.segment]?.speaker ?? ""),
  );
  if (now && own.length > 0)
    return compareFrequency(
      value,
      [
        ...own,
        ...said.filter((other) => own.some((each) => other.segment < each.segment) && !other.asked),
      ],
      label,
      "major",
    );
  const all =
    said.length > 0
      ? said
      : near.flatMap((segment) =>
          segment.values.filter(
            (other): other is Located<FrequencyValue> => other.kind === "frequency",
          ),
        );
  return compareFrequency(value, all, label, "major");
}

/** Against the frequencies that were said: equal rates, or the same times of day. */
export function compareFrequency(
  note: FrequencyValue,
  said: readonly Located<FrequencyValue>[],
  label: string,
  severity: "major" | "minor",
): Claim {
  const valid = said.filter(({ withdrawn }) => !withdrawn);
  const close = (a: number, b: number): boolean => Math.abs(a - b) < 0.03 * Math.max(a, b);
  const matching = valid.filter((other) => {
    // "Every morning" against "every night".
    const apart = note.slots.length > 0 && other.slots.length > 0;
    if (apart && !note.slots.some((slot) => sameSlot(other.slots, slot))) return false;
    if (note.rates.length > 0 && other.rates.length > 0) {
      return note.rates.some((a) => other.rates.some((b) => close(a, b)));
    }
    if (note.rates.length > 0) return false;
    if (note.asNeeded) return other.asNeeded;
    return note.slots.some((slot) => sameSlot(other.slots, slot));
  });
  if (matching.length > 0)
    return supported(
      "frequency",
      label,
      matching.map(({ segment }) => segment),
    );
  const slots = new Set(valid.flatMap((other) => other.slots));
  const rated = valid.filter((other) => other.rates.length > 0);
  const turns = valid.map(({ segment }) => segment);
  const fits = note.slots.length === 0 || note.slots.some((slot) => sameSlot([...slots], slot));
  if (note.rates.length > 0 && rated.length === 0 && slots.size > 0 && fits) {
    if (note.rates.some((rate) => close(rate, slots.size) || (rate === 1 && slots.size <= 1))) {
      return supported("frequency", label, turns);
    }
  }
  if (note.asNeeded && valid.length === 0)
    return unsupported("frequency", label, "minor", `"${label}" is not in the transcript`);
  if (
    note.slots.length > 0 &&
    note.rates.every((rate) => rate === 1) &&
    rated.some((other) => other.rates.includes(1)) &&
    slots.size === 0
  ) {
    return unsupported(
      "frequency",
      label,
      "minor",
      `the time of day in "${label}" is not in the transcript`,
      turns,
    );
  }
  return unsupported("frequency", label, severity, `"${label}" is not in the transcript`, turns);
}

const sameSlot = (slots: readonly string[], slot: string): boolean =>
  slots.includes(slot) ||
  (slot === "night" && slots.includes("evening")) ||
  (slot === "evening" && slots.includes("night"));

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
    const misheard = hasType(mention, "drug") ? misheardTurns(reading, drugNames(mention)) : [];
    if (misheard.length > 0) return supported("allergy", label, misheard);
    return unsupported("allergy", label, "major", `${text} is not in the transcript`);
  }
  const negated =
    mention.negated ||
    /\b(?:removed|not allergic|tolerat|ruled out|no allergy|negative)\b/i.test(reading.text);
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
  if (
    /^(?:i |he |she )?(?:eat|eats|can take|can have|is fine|are fine|do not do)/.test(
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
