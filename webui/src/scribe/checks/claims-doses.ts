/** Claims about the doses of drugs and how often they are taken. */
import terms from "./terms.json" with { type: "json" };
import { type Reading, supported, turnsOfMentions, unsupported, wordsOf } from "./claim.ts";
import { DOSE_UNITS, drugOf, isDrugClaim } from "./claims-drugs.ts";
import { hasType, type Located, type Mention, overlap, PATIENT, type Segment } from "./segment.ts";
import { type BoundNumber, drugNames, ingredientsOf } from "./talk.ts";
import type { Claim } from "./types.ts";
import type { NumberValue, PairValue } from "./values.ts";

/** The drug whose dose a number of the note is, if it is one. */
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

/** The combination whose two strengths a pair of the note is: "24/26 mg". */
export function combinationOf(reading: Reading, value: PairValue): Mention | null {
  const drug = drugOf(reading, value);
  if (!drug || drug.to > value.from || value.from - drug.to > 4) return null;
  const joint = drugNames(drug).some((name) => ingredientsOf(name).length > 1);
  const mass = /^(?:mg|mcg|units?|g|milligrams?)$/.test(reading.own.tokens[value.to]?.w ?? "");
  return joint || (mass && value.from - drug.to <= 2) ? drug : null;
}

export function combinationClaim(
  reading: Reading,
  value: Located<PairValue>,
  drug: Mention,
): Claim {
  const { talk } = reading;
  const label = wordsOf(reading, drug.from, value.to);
  const known = new Set(talk.drugs(drugNames(drug)));
  const bound = talk.numbers.filter((each) => isOf(each, known) && !each.value.withdrawn);
  const counts = [1, ...bound.filter(({ value: other }) => isCount(other)).flatMap(firstOf)];
  const turns = turnsOfMentions([...known]);
  const near = (segment: number): boolean => turns.some((turn) => Math.abs(turn - segment) <= 3);
  const fits = (first: readonly number[], second: readonly number[]): boolean =>
    counts.some(
      (count) =>
        overlap(
          value.first,
          first.map((n) => n * count),
        ) &&
        overlap(
          value.second,
          second.map((n) => n * count),
        ),
    );
  const pairs = talk
    .values("pair")
    .filter((other) => near(other.segment) && !other.withdrawn && fits(other.first, other.second));
  if (pairs.length > 0)
    return supported(
      "dose",
      label,
      pairs.map(({ segment }) => segment),
    );
  const joined = bound.find((each, i) => {
    const next = bound[i + 1]?.value;
    return (
      next?.segment === each.value.segment &&
      next.from - each.value.to <= 2 &&
      fits(each.value.values, next.values)
    );
  });
  if (joined) return supported("dose", label, [joined.value.segment]);
  // One strength of the two may be all that was said.
  const one = bound.find(
    ({ value: other }) =>
      isDoseLike(other) &&
      fits(
        other.values,
        value.second.map((n) => n),
      ),
  );
  const either = bound.find(
    ({ value: other }) => overlap(other.values, value.first) || overlap(other.values, value.second),
  );
  const said = one ?? either;
  if (said && !bound.some(({ value: other }) => isStrength(other) && other !== said.value))
    return supported("dose", label, [said.value.segment]);
  return unsupported("dose", label, "major", `${label} is not in the transcript`, turns);
}

const isOf = (bound: BoundNumber, known: ReadonlySet<Mention>): boolean =>
  bound.drug !== null && known.has(bound.drug);

const firstOf = ({ value }: BoundNumber): number[] => value.values.slice(0, 1);

/** A number that counts what is taken: "two", "a film and a half". */
const isCount = (value: NumberValue): boolean =>
  (value.values[0] ?? 99) <= 6 &&
  (value.values[0] ?? 0) > 0 &&
  !value.plural &&
  !value.age &&
  !value.ordinal &&
  value.time === "" &&
  (value.unit === null || value.unit.class === "form" || value.unit.class === "volume");

/** A number that may be the strength of one tablet, or of a millilitre. */
const isStrength = (value: NumberValue): boolean =>
  !value.age &&
  !value.ordinal &&
  value.time === "" &&
  (value.unit === null || value.unit.class === "mass");

/** "Two of the tens" – "Three. They put me up to three": the answer has another count. */
function isCountTakenBack(segments: readonly Segment[], count: Located<NumberValue>): boolean {
  const segment = segments[count.segment];
  const next = segments[count.segment + 1];
  const answer = next?.tokens[0];
  if (!segment || !next || next.speaker === segment.speaker || !answer?.n) return false;
  const own = segment.sentences.at(-1);
  const first = answer.n[0] ?? 0;
  return (
    own !== undefined &&
    count.from >= own.from &&
    /^[.,!]?$/.test(next.tokens[1]?.w ?? "") &&
    first <= 6 &&
    !overlap(count.values, answer.n)
  );
}

interface Said {
  values: number[];
  unit: NumberValue["unit"];
  segment: number;
}

/** How far a count stands from its strength, in tokens of one turn and in turns. */
const COUNT_TOKENS = 14;
const COUNT_TURNS = 2;

/** Doses that follow from a count and a strength: "two of the tens", "half of one of those ten". */
function countedDoses({ talk }: Reading, bound: readonly BoundNumber[]): Said[] {
  const found: Said[] = [];
  const live = bound.filter(({ value }) => !value.withdrawn);
  for (const { value: strength } of live) {
    if (!isStrength(strength)) continue;
    const { unit, segment } = strength;
    const add = (count: number): void =>
      void found.push({ values: strength.values.map((n) => n * count), unit, segment });
    for (const { value: count } of live) {
      if (count === strength || !isCount(count)) continue;
      const apart = Math.abs(count.segment - segment);
      if (apart > COUNT_TURNS) continue;
      if (apart === 0 && Math.abs(count.from - strength.from) > COUNT_TOKENS) continue;
      if (isCountTakenBack(talk.segments, count)) continue;
      add(count.values[0] ?? 1);
      // "three hundred in the morning and six at night": six hundred.
      const hundred = (strength.values[0] ?? 0) % 100 === 0 && (strength.values[0] ?? 0) > 0;
      if (hundred && count.unit === null && Number.isInteger(count.values[0] ?? 0.5))
        found.push({ values: [(count.values[0] ?? 0) * 100], unit, segment: count.segment });
    }
    for (const turn of talk.segments.slice(Math.max(0, segment - 1), segment + COUNT_TURNS + 1)) {
      if (turn.tokens.some(({ w }) => /^(?:both|doubl(?:e|ed|ing))$/.test(w))) add(2);
      if (turn.tokens.some(({ w }) => /^halv(?:e|ed|ing)$/.test(w))) add(0.5);
    }
  }
  return found;
}

export function doseClaim(reading: Reading, value: Located<NumberValue>, drug: Mention): Claim {
  const text = wordsOf(reading, value.from, value.to);
  const names = drugNames(drug);
  const { talk } = reading;
  const known = new Set(talk.drugs(names));
  const label = `${wordsOf(reading, drug.from, drug.to) || names[0]} ${text}`;
  const candidates = talk.numbers.filter(({ value: other }) => sameDose(value, other, names));
  const noteOld =
    value.old ||
    /\b(?:previous|previously|prior|earlier|from|was|had been|decreased|reduced)\b/i.test(
      reading.text,
    );
  const ours = candidates.filter((bound) => isOf(bound, known));
  const valid = ours.filter(
    ({ value: other }) => !other.withdrawn && other.person === PATIENT && !(other.old && !noteOld),
  );
  const all = talk.numbers.filter((bound) => isOf(bound, known) && isDoseLike(bound.value));
  const others = all.filter(
    (bound) =>
      !candidates.includes(bound) &&
      (!bound.drugCarried || bound.value.segment - (bound.drug?.segment ?? 0) <= 1),
  );
  if (isBabyAspirin(reading, value, names))
    return supported("dose", label, turnsOfMentions([...known]));
  if (valid.length > 0)
    return supported(
      "dose",
      label,
      valid.map(({ value: other }) => other.segment),
    );
  const own = talk.numbers.filter(
    (bound) =>
      isOf(bound, known) && bound.value.person === PATIENT && !(bound.value.old && !noteOld),
  );
  const counted = countedDoses(reading, own).filter((said) =>
    sameDose(value, asNumber(said), names),
  );
  if (counted.length > 0)
    return supported(
      "dose",
      label,
      counted.map(({ segment }) => segment),
    );
  // One tablet is what is taken where no count was said; "ten a day" counts milligrams, or tablets.
  if (
    value.unit?.class === "form" &&
    value.values.includes(1) &&
    !own.some(({ value: other }) => other.unit?.class === "form")
  )
    return supported("dose", label, turnsOfMentions([...known]));
  const daily = talk
    .values("frequency")
    .filter(
      (other) =>
        overlap(other.counts, value.values) &&
        other.counts.length > 0 &&
        [...known].some(({ segment }) => Math.abs(segment - other.segment) <= 2) &&
        (value.unit === null || value.unit.class === "form" || (value.values[0] ?? 0) >= 5),
    );
  if (daily.length > 0)
    return supported(
      "dose",
      label,
      daily.map(({ segment }) => segment),
    );
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
    const turnsOfDrug = turnsOfMentions([...known]);
    const loose = candidates.filter(
      ({ value: other, drug: owner }) =>
        !other.withdrawn &&
        (owner === null || owner.segment !== other.segment) &&
        turnsOfDrug.some((turn) => Math.abs(turn - other.segment) <= 4),
    );
    if (loose.length > 0)
      return supported(
        "dose",
        label,
        loose.map(({ value: other }) => other.segment),
      );
  }
  return unsupported(
    "dose",
    label,
    "major",
    `${text} is not in the transcript${names[0] ? ` for ${wordsOf(reading, drug.from, drug.to) || names[0]}` : ""}`,
    others.map(({ value: other }) => other.segment),
  );
}

const isBabyAspirin = ({ talk }: Reading, value: NumberValue, names: readonly string[]): boolean =>
  names.includes("aspirin") &&
  value.values.includes(81) &&
  talk.segments.some(({ tokens }) =>
    tokens.some(({ w }, i) => w === "baby" && tokens[i + 1]?.w === "aspirin"),
  );

const isDoseLike = (value: NumberValue): boolean =>
  !value.age &&
  !value.ordinal &&
  value.time === "" &&
  (value.unit === null || DOSE_UNITS.has(value.unit.class));

const asNumber = ({ values, unit }: Said): NumberValue => ({
  kind: "number",
  values,
  unit,
  plural: false,
  ordinal: false,
  letter: "",
  age: false,
  from: 0,
  to: 0,
  time: "",
  vague: false,
});

/** Equal after units; a unit that nobody spoke is the drug's usual one. */
function sameDose(note: NumberValue, talk: NumberValue, names: readonly string[]): boolean {
  if (talk.age || talk.time !== "" || talk.ordinal) return false;
  const mine = note.unit;
  const theirs = talk.unit;
  if (mine && theirs) {
    if (mine.class !== theirs.class) return false;
    if (mine.class === "form") return overlap(note.values, talk.values);
    return equalIn(note, mine.factor, talk, theirs.factor);
  }
  if (mine && !theirs && mine.class === "mass") {
    const usual = usualUnit(names);
    // "A thousand" is a gram; "point one two five" of what is given in micrograms is milligrams.
    if (mine.name === "g" && usual === null)
      return (
        equalIn(note, 1000, talk, 1) ||
        (overlap(note.values, talk.values) && (note.values[0] ?? 9) <= 4)
      );
    if (usual === "mcg") {
      if (mine.name === "mcg" && talk.values.some((n) => n < 1))
        return equalIn(note, 1, talk, 1000);
      if (mine.name === "mg")
        return (
          equalIn(note, 1000, talk, 1) ||
          (overlap(note.values, talk.values) && (note.values[0] ?? 9) < 1)
        );
    }
    if (!overlap(note.values, talk.values)) return false;
    if (usual !== null) return usual === mine.name;
    return mine.name !== "mcg" || (note.values[0] ?? 0) >= 1000;
  }
  if (!overlap(note.values, talk.values)) return false;
  if (!mine && theirs) return DOSE_UNITS.has(theirs.class);
  return true;
}

const equalIn = (a: NumberValue, fa: number, b: NumberValue, fb: number): boolean =>
  a.values.some((x) =>
    b.values.some((y) => Math.abs(x * fa - y * fb) < 1e-6 * Math.max(1, x * fa)),
  );

function usualUnit(names: readonly string[]): string | null {
  const table = terms.usual_units as Record<string, string>;
  for (const name of names.flatMap(ingredientsOf)) {
    if (Object.hasOwn(table, name)) return table[name] ?? null;
    if (name.startsWith("insulin")) return "units";
    if (name.startsWith("vitamin d")) return "units";
  }
  return null;
}
