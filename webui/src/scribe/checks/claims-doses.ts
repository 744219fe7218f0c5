/** Claims about the doses of drugs and how often they are taken. */
import { type Located, type Mention, PATIENT, type Segment, hasType, overlap } from "./segment.ts";
import { DOSE_UNITS, drugOf, isDrugClaim } from "./claims-drugs.ts";
import { supported, turnsOfMentions, unsupported, wordsOf, type Reading } from "./claim.ts";
import { MEALS } from "./frequencies.ts";
import { bindTo, drugNames, ingredientsOf, type BoundNumber } from "./talk.ts";
import terms from "./terms.json" with { type: "json" };
import type { Claim } from "./types.ts";
import type { FrequencyValue, NumberValue, PairValue } from "./values.ts";

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
  const anchors = turnsOfMentions(mentions);
  if (anchors.length === 0) return null; // hangs on an invented drug
  // "With meals" says nothing of how often.
  if (value.rates.length === 0 && value.slots.every((slot) => slot === MEALS) && !value.asNeeded)
    return null;
  const near = talk.segments.filter(({ index }) =>
    anchors.some((turn) => index - turn <= 4 && turn - index <= 1),
  );
  const isForeign = (segment: Segment, place: { from: number; to: number }): boolean => {
    const owner = bindTo(segment, talk.segments, place, (mention) =>
      hasType(mention, "drug"),
    ).mention;
    return owner !== null && mentions.length > 0 && !mentions.includes(owner);
  };
  const said = near.flatMap((segment) =>
    [...segment.values.filter(isFrequency), ...impliedRates(segment, talk.segments)].filter(
      (other) => !isForeign(segment, other),
    ),
  );
  // "Drop the morning one": the other of two goes on.
  for (const segment of near) {
    for (const other of segment.values.filter(isFrequency)) {
      if (other.slots.length === 0 || !isDropped(segment, other)) continue;
      other.withdrawn = true;
      const rest = other.slots.includes("morning") ? ["evening", "night"] : ["morning"];
      said.push({ ...other, withdrawn: false, rates: [1], slots: rest });
    }
  }
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
  const all = said.length > 0 ? said : near.flatMap(({ values }) => values.filter(isFrequency));
  return compareFrequency(value, all, label, "major");
}

const DROPS =
  /\b(?:drop|skip|stop|cut|lose|omit|leave off|leave out|get rid of|take away|knock off)(?: out)? (?:the|your|that)(?: (?:morning|noon|midday|evening|night|bedtime|lunch|breakfast|dinner|supper))?(?: (?:1|one|dose|pill|tablet))?$/;

/** "Drop the morning one": said of a time of day. */
const isDropped = ({ tokens }: Segment, { from, to }: { from: number; to: number }): boolean =>
  DROPS.test(
    tokens
      .slice(Math.max(0, from - 5), to)
      .map(({ w }) => w)
      .join(" "),
  );

const isFrequency = (value: Located<{ kind: string }>): value is Located<FrequencyValue> =>
  value.kind === "frequency";

/** Rates that are told by bare counts: "four times?", "how many a day?" – "two, some days three". */
function impliedRates(segment: Segment, segments: readonly Segment[]): Located<FrequencyValue>[] {
  const { values, tokens } = segment;
  const found: Located<FrequencyValue>[] = [];
  const numbers = values.filter(
    (value): value is Located<NumberValue> => value.kind === "number" && !value.ordinal,
  );
  const before = segments[segment.index - 1];
  const asked = before?.tokens.map(({ w }) => w).join(" ") ?? "";
  const asksRate =
    /\bhow (?:many|often|much)\b|\btimes(?: a day)? \?|\bevery (?:day|night)\b/.test(asked) ||
    (before?.values.some(
      ({ kind, from }) => kind === "frequency" && from > before.tokens.length - 8,
    ) ??
      false);
  const add = (value: Located<NumberValue>, rates: number[], slots: string[] = []): void => {
    const { from, to, withdrawn, old, target, person } = value;
    const place = { from, to, segment: segment.index, withdrawn, old, target, person };
    found.push({
      ...place,
      kind: "frequency",
      rates,
      slots,
      asNeeded: false,
      counts: [],
      asked: false,
    });
  };
  for (const value of numbers) {
    const first = value.values[0] ?? 0;
    if (value.unit?.class === "times" && first > 0) add(value, [first]);
    else if (/^(?:day|night)$/.test(value.unit?.name ?? "") && first < 7 && value.time === "")
      add(value, [first / 7]);
    else if (asksRate && value.from <= 8 && first > 0 && first <= 8 && value.unit === null)
      add(value, [first]);
  }
  // "Three, three, and then six hundred": one for each part of the day.
  for (let i = 0; i + 2 < numbers.length; i++) {
    const three = numbers.slice(i, i + 3) as [
      Located<NumberValue>,
      Located<NumberValue>,
      Located<NumberValue>,
    ];
    const listed = three
      .slice(1)
      .every((value, k) =>
        tokens
          .slice(three[k]?.to ?? 0, value.from)
          .every(({ w }) => /^(?:,|and|then|in|the)$/.test(w)),
      );
    if (listed && three.every(({ unit }) => unit === null || unit.class === "mass"))
      add(three[0], [3], ["morning", "noon", "evening"]);
  }
  // "five hundred today then two fifty"
  const words = tokens.map(({ w }) => w).join(" ");
  const first = numbers[0];
  if (
    first &&
    /\b(?:today|tonight|first day|1 day|day 1) ,? ?(?:and )?(?:then|after)\b/.test(words)
  )
    add(first, [1]);
  return found;
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
  const wanted = note.slots.filter((slot) => slot !== MEALS);
  const matching = valid.filter((other) => {
    const slots = other.slots.filter((slot) => slot !== MEALS);
    // "Every morning" against "every night".
    const shared = wanted.some((slot) => sameSlot(slots, slot));
    if (wanted.length > 0 && slots.length > 0 && !shared) return false;
    if (note.rates.length > 0 && other.rates.length > 0) {
      return note.rates.some((a) => other.rates.some((b) => close(a, b)));
    }
    if (note.rates.length > 0) return shared && note.rates.includes(1);
    if (note.asNeeded) return other.asNeeded;
    return shared;
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
  const fits = wanted.length === 0 || wanted.some((slot) => sameSlot([...slots], slot));
  if (note.rates.length > 0 && rated.length === 0 && slots.size > 0 && fits) {
    const times = slots.has(MEALS) ? 3 : slots.size;
    if (note.rates.some((rate) => close(rate, times) || (rate === 1 && times <= 1))) {
      return supported("frequency", label, turns);
    }
  }
  if (note.asNeeded && rated.every(({ rates }) => rates.some((rate) => rate < 1)))
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
