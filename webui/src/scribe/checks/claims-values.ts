/** Claims about numbers that are no doses: vitals, results, durations, dates, ages, counts, how often. */
import { type Located, type Mention, PATIENT, hasType, overlap } from "./segment.ts";
import { bindTo, sideAt, type BoundNumber } from "./talk.ts";
import {
  combinationClaim,
  combinationOf,
  compareFrequency,
  doseClaim,
  drugFrequencyClaim,
  isDose,
} from "./claims-doses.ts";
import { drugOf, isDrugClaim } from "./claims-drugs.ts";
import { circumstancesOf, otherCircumstance } from "./circumstances.ts";
import type { Claim, Kind } from "./types.ts";
import { supported, unsupported, wordsOf, type Reading } from "./claim.ts";
import type { DateValue, FrequencyValue, NumberValue, PairValue } from "./values.ts";

export function valueClaims(reading: Reading): Claim[] {
  const claims: Claim[] = [];
  for (const value of reading.own.values) {
    if (coveredByMention(reading, value)) continue;
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

/** "stage 3b", "grade 2": part of a diagnosis or a result. */
function stageClaim(reading: Reading, value: Located<NumberValue>, text: string): Claim | null {
  const said = reading.talk
    .values("number")
    .filter(
      (other) =>
        overlap(value.values, other.values) &&
        (value.letter === "" || other.letter === "" || value.letter === other.letter),
    );
  const label = `stage or grade ${text}`;
  if (said.length > 0)
    return supported(
      "result",
      label,
      said.map(({ segment }) => segment),
    );
  return unsupported("result", label, "major", `${label} is not in the transcript`);
}

function anchorOf(reading: Reading, value: { from: number; to: number }): Mention | null {
  const { own } = reading;
  return bindTo(
    own,
    [],
    value,
    (mention) =>
      hasType(mention, "test", "vital") &&
      !(hasType(mention, "drug") && isDrugClaim(reading, mention)),
  ).mention;
}

const WEIGHTS = /\b(?:weight|weighs?|wt)\b/i;

/** "down 16 pounds", "up 4 kg": by how much, rather than how much. */
const isChange = ({ own }: Reading, value: NumberValue): boolean =>
  /^(?:down|up|lost|gained|loss|gain|of|by)$/.test(own.tokens[value.from - 1]?.w ?? "") &&
  /\b(?:down|up|lost|gained|loss|gain)\b/.test(
    own.tokens
      .slice(Math.max(0, value.from - 4), value.from)
      .map(({ w }) => w)
      .join(" "),
  );

/** "Weight gain from 55 to 58 lb": a weight at each end. */
const isSpanOf = ({ own, text }: Reading, value: NumberValue): boolean =>
  WEIGHTS.test(text) &&
  (/^(?:from)$/.test(own.tokens[value.from - 1]?.w ?? "") ||
    (own.tokens[value.from - 1]?.w === "to" && own.tokens.some(({ w }) => w === "from")));

/** Tests that give no number. */
const NUMBERLESS = new Set([
  "x-ray",
  "chest x-ray",
  "ct",
  "mri",
  "ultrasound",
  "mammogram",
  "colonoscopy",
  "endoscopy",
  "biopsy",
  "labs",
  "vital signs",
  "gait exam",
  "speech exam",
  "genetic test",
  "urine culture",
  "blood culture",
]);

/** The vital that a unit or a range tells where no name stands by. */
function kindOf(reading: Reading, value: NumberValue, anchor: Mention | null): Kind {
  const cls = value.unit?.class ?? "none";
  if (cls === "temperature" && value.unit?.name !== "°") return "vital";
  if (cls === "temperature") return anchor && hasType(anchor, "vital") ? "vital" : "result";
  if (cls === "rate") return "vital";
  const first = value.values[0] ?? 0;
  if (
    cls === "none" &&
    !anchor &&
    /\b(?:fever|febrile|temp)/i.test(reading.text) &&
    first >= 97 &&
    first <= 108
  )
    return "vital";
  if (cls === "weight")
    return anchor?.concepts.some(({ name }) => name === "weight") ||
      (WEIGHTS.test(reading.text) && !/\b(?:lost|gained|lift\w*|loss|gain)\b/i.test(reading.text))
      ? isChange(reading, value)
        ? "number"
        : "vital"
      : isSpanOf(reading, value)
        ? "vital"
        : "number";
  if (cls === "times" || cls === "distance" || cls === "form" || cls === "volume") return "number";
  if (cls === "length" || cls === "concentration" || cls === "pressure") return "result";
  if (anchor && hasType(anchor, "vital")) return "vital";
  if (anchor) return "result";
  if (cls === "percent") return "result";
  return "number";
}

/** A measured value against the numbers that the talk gives for the same vital or test. */
function measureClaim(reading: Reading, value: Located<NumberValue>, text: string): Claim {
  const { talk, own } = reading;
  const cls = value.unit?.class ?? "none";
  let anchor = anchorOf(reading, value);
  if (
    anchor &&
    cls !== "none" &&
    cls !== "percent" &&
    cls !== "concentration" &&
    cls !== "pressure" &&
    cls !== "rate" &&
    cls !== "temperature" &&
    cls !== "length" &&
    cls !== "weight"
  )
    anchor = null;
  if (cls === "none" && anchor?.concepts.every(({ name }) => NUMBERLESS.has(name))) anchor = null;
  // "x-rays, 3 views": a count of what follows.
  const next = own.tokens[value.to]?.w ?? "";
  const counts =
    cls === "none" &&
    Number.isInteger(value.values[0] ?? 0.5) &&
    (value.values[0] ?? 99) <= 12 &&
    /^[a-z]{3,}$/.test(next) &&
    !/^(?:and|which|with|today|from|but|down|for|this|improved|was|predicted|plus|beats|breaths|after|before|now|out|right|left|bilaterally|compared|previously|previous|last|prior|over|mmol|points?|per|negative|positive)$/.test(
      next,
    );
  // "6 of 7 nights"
  const share = next === "of" && own.tokens[value.to + 1]?.n !== undefined && cls === "none";
  if (counts || share) anchor = null;
  const kind = kindOf(reading, value, anchor);
  const severity = kind === "number" ? "minor" : "major";
  const label = anchor ? `${wordsOf(reading, anchor.from, anchor.to)} ${text}` : text;
  const equal = talk.numbers.filter(({ value: other }) => sameMeasure(value, other));
  const same = (bound: BoundNumber): boolean =>
    anchor !== null && bound.test !== null && related(anchor, bound.test);
  const bound = anchor
    ? talk.numbers.filter(
        (each) => same(each) && isMeasureLike(each.value) && fitsUnit(value, each.value),
      )
    : [];
  const noteOld =
    value.old ||
    /\b(?:previous|previously|prior|earlier|last|from|was|down from|up from|baseline)\b/i.test(
      own.tokens
        .slice(Math.max(0, value.from - 6), value.from)
        .map(({ w }) => w)
        .join(" "),
    ) ||
    /\b(?:versus|vs|compared (?:to|with)|improved from|unchanged from)\b/i.test(
      own.tokens
        .slice(Math.max(0, value.from - 4), value.from)
        .map(({ w }) => w)
        .join(" "),
    ) ||
    /\b(?:ago|earlier|previously|prior|before|last|in (?:19|20)\d\d)\b/.test(
      own.tokens
        .slice(value.to, nextValue(reading, value))
        .map(({ w }) => w)
        .join(" "),
    );
  const live = equal.filter(({ value: other }) => !other.withdrawn);
  const mine = live.filter(same);
  const loose = live.filter(
    (each) =>
      !same(each) &&
      (each.test === null || each.testCarried || anchor === null || !hasOther(each, anchor)),
  );
  const now = /\b(?:now|current|currently|today)\b/i.test(reading.text);
  const direct = bound.filter((each) => !each.testCarried);
  // An older value stated as today's.
  const fitting = (mine.length > 0 ? mine : direct.length > 0 ? [] : loose).filter(
    (each) =>
      !(
        each.value.old &&
        !noteOld &&
        (now ||
          bound.some(
            ({ value: other }) =>
              other !== each.value &&
              !other.old &&
              !other.withdrawn &&
              !overlap(other.values, value.values),
          ))
      ),
  );
  if (fitting.length > 0) {
    const wrong = wrongSide(reading, value, fitting, bound);
    if (wrong)
      return unsupported(
        "laterality",
        label,
        "major",
        `${text} is said of the ${wrong} side in the transcript`,
        fitting.map(({ value: other }) => other.segment),
      );
    const circumstance = otherCircumstance(
      circumstancesOf(own, value),
      fitting.map(({ value: other }) => circumstancesIn(reading, other)),
      talk.numbers
        .filter((each) => !fitting.includes(each) && isMeasureLike(each.value))
        .filter((each) => fitsUnit(value, each.value) && !overlap(each.value.values, value.values))
        .map(({ value: other }) => circumstancesIn(reading, other)),
    );
    if (circumstance && severity === "major")
      return unsupported(
        kind,
        label,
        severity,
        `${text} is told of another circumstance in the transcript (${circumstance})`,
        fitting.map(({ value: other }) => other.segment),
      );
    return supported(
      kind,
      label,
      fitting.map(({ value: other }) => other.segment),
    );
  }
  const taken = equal.find(({ value: other }) => other.withdrawn);
  if (taken && live.length === 0) {
    if (noteOld) return supported(kind, label, [taken.value.segment]);
    return unsupported("correction", label, severity, `${text} is taken back in the transcript`, [
      taken.value.segment,
    ]);
  }
  const former = live.find(({ value: other }) => other.old);
  if (former && live.every(({ value: other }) => other.old)) {
    return unsupported(kind, label, severity, `${text} is an earlier value in the transcript`, [
      former.value.segment,
    ]);
  }
  if (
    live.length > 0 &&
    direct.length > 0 &&
    direct.every(
      (each) =>
        live.includes(each) || Math.abs(each.value.segment - (live[0]?.value.segment ?? 0)) > 0,
    )
  ) {
    // Said, but of something else.
    if (severity === "minor" || (loose.length > 0 && direct.every(({ value: other }) => other.old)))
      return supported(
        kind,
        label,
        live.map(({ value: other }) => other.segment),
      );
  } else if (live.length > 0 && direct.length === 0)
    return supported(
      kind,
      label,
      live.map(({ value: other }) => other.segment),
    );
  const counted =
    kind === "number"
      ? talk.values("frequency").filter((other) => overlap(other.counts, value.values))
      : [];
  if (counted.length > 0)
    return supported(
      kind,
      label,
      counted.map(({ segment }) => segment),
    );
  const bad = direct.map(({ value: other }) => other.segment);
  return unsupported(kind, label, severity, `${label} is not in the transcript`, bad);
}

const circumstancesIn = (
  { talk }: Reading,
  value: { segment: number; from: number; to: number },
): (string | null)[] => {
  const segment = talk.segments[value.segment];
  return segment ? circumstancesOf(segment, value) : [];
};

/** Where the next number of the statement begins, or where the words after this one end. */
function nextValue({ own }: Reading, value: NumberValue): number {
  const next = own.values.find(
    (other) => (other.kind === "number" || other.kind === "pair") && other.from >= value.to,
  );
  const far = value.to + 7;
  // "66% two years earlier": the span belongs to the value before it.
  return next?.kind === "number" && next.unit?.class === "time"
    ? far
    : Math.min(far, next?.from ?? far);
}

const isMeasureLike = (value: NumberValue): boolean =>
  !value.age && !value.ordinal && value.unit?.class !== "time" && value.unit?.class !== "times";

function fitsUnit(a: NumberValue, b: NumberValue): boolean {
  const ca = a.unit?.class ?? "none";
  const cb = b.unit?.class ?? "none";
  return ca === "none" || cb === "none" || ca === cb || (ca === "concentration" && cb === "mass");
}

const related = (a: Mention, b: Mention): boolean =>
  a.concepts.some((x) =>
    b.concepts.some(
      (y) =>
        x.name === y.name ||
        (isSugar(x.name) && isSugar(y.name)) ||
        (isHeart(x.name) &&
          isHeart(y.name) &&
          !x.name.startsWith("fetal") === !y.name.startsWith("fetal")),
    ),
  );
const isSugar = (name: string): boolean => name === "glucose" || name === "1 hour glucose";
const isHeart = (name: string): boolean => name === "heart rate" || name === "pulses";

const hasOther = (bound: BoundNumber, anchor: Mention): boolean =>
  bound.test !== null && !related(anchor, bound.test);

function sameMeasure(note: NumberValue, talk: NumberValue): boolean {
  // "Six nine": pounds and ounces without their names.
  const pounds = note.values[0] ?? 0;
  if (note.unit?.name === "lb" && talk.unit === null && !Number.isInteger(pounds)) {
    const ounces = Math.round((pounds % 1) * 16);
    if (talk.values.includes(Number(`${Math.floor(pounds)}.${ounces}`))) return true;
  }
  if (talk.age || (talk.ordinal && !note.ordinal)) return false;
  const mine = note.unit;
  const theirs = talk.unit;
  if (mine && theirs && mine.class === theirs.class && mine.factor !== theirs.factor) {
    return note.values.some((a) =>
      talk.values.some(
        (b) => Math.abs(a * mine.factor - b * theirs.factor) < 0.01 * a * mine.factor,
      ),
    );
  }
  if (mine && theirs && mine.class !== theirs.class) {
    const loose = new Set([
      "concentration",
      "mass",
      "rate",
      "times",
      "temperature",
      "pressure",
      "percent",
      "form",
    ]);
    if (theirs.class === "time" || mine.class === "time") return false;
    if (!(loose.has(mine.class) && loose.has(theirs.class))) return false;
  }
  if (theirs?.class === "time" && mine === null) {
    // "26 of 30 nights": the count alone is equal.
    return overlap(note.values, talk.values);
  }
  return overlap(note.values, talk.values);
}

/** The other side, where the talk gives this value for it alone. */
function wrongSide(
  reading: Reading,
  value: { from: number; to: number },
  fitting: readonly BoundNumber[],
  bound: readonly BoundNumber[],
): string | null {
  const side = sideAt(reading.own, value.from, value.to);
  if (side === null || side === "both") {
    if (
      side === "both" &&
      bound.some((each) => each.side !== null && each.side !== "both" && !fitting.includes(each))
    )
      return "other";
    return null;
  }
  if (fitting.some((each) => each.side === side || each.side === null || each.side === "both"))
    return null;
  return fitting[0]?.side ?? null;
}

function pairClaim(reading: Reading, value: Located<PairValue>): Claim {
  const { talk } = reading;
  const drug = combinationOf(reading, value);
  if (drug) return combinationClaim(reading, value, drug);
  const text = wordsOf(reading, value.from, value.to);
  const first = value.first[0] ?? 0;
  const second = value.second[0] ?? 0;
  const pressure = first >= 60 && first <= 260 && second >= 30 && second <= 160;
  const pairs = talk.values("pair");
  const equal = pairs.filter(
    (other) =>
      overlap(value.first, other.first) &&
      overlap(value.second, other.second) &&
      (!pressure || value.plural === other.plural || !value.plural),
  );
  const live = equal.filter(({ withdrawn }) => !withdrawn);
  if (pressure) {
    const label = `blood pressure ${text}`;
    const circumstance = otherCircumstance(
      circumstancesOf(reading.own, value),
      live.map((other) => circumstancesIn(reading, other)),
      pairs
        .filter((other) => !live.includes(other))
        .map((other) => circumstancesIn(reading, other)),
    );
    if (circumstance)
      return unsupported(
        "vital",
        label,
        "major",
        `${text} is told of another circumstance in the transcript (${circumstance})`,
        live.map(({ segment }) => segment),
      );
    if (live.length > 0)
      return supported(
        "vital",
        label,
        live.map(({ segment }) => segment),
      );
    // Both numbers one after the other, without "over".
    for (const segment of talk.segments) {
      const numbers = segment.values.filter((other) => other.kind === "number");
      if (
        numbers.some(
          (other, i) =>
            overlap(other.values, value.first) &&
            numbers[i + 1] !== undefined &&
            overlap(numbers[i + 1]?.values ?? [], value.second),
        )
      )
        return supported("vital", label, [segment.index]);
    }
    if (equal.length > 0)
      return unsupported(
        "correction",
        label,
        "major",
        `${text} is taken back in the transcript`,
        equal.map(({ segment }) => segment),
      );
    const other = pairs.filter((each) => (each.first[0] ?? 0) >= 60);
    return unsupported(
      "vital",
      label,
      "major",
      `${text} is not in the transcript`,
      other.map(({ segment }) => segment),
    );
  }
  const words = reading.own.tokens.map(({ w }) => w).join(" ");
  const pain = second === 10 && /\bpain|\/ 10|severity|headache|scale\b/.test(words);
  const kind: Kind = pain ? "number" : "result";
  const severity = pain ? "minor" : "major";
  if (live.length > 0) {
    const old = /\b(?:today|now|current)\b/.test(words) && live.every(({ old }) => old);
    if (!old)
      return supported(
        kind,
        text,
        live.map(({ segment }) => segment),
      );
  }
  // "twenty sixty": both numbers, one after the other. An acuity, or strength, needs both.
  const spoken = talk.segments.filter(({ values }) =>
    values.some(
      (other, i) =>
        other.kind === "number" &&
        overlap(other.values, value.first) &&
        values[i + 1]?.kind === "number" &&
        (values[i + 1]?.from ?? 99) - other.to <= 1 &&
        overlap((values[i + 1] as NumberValue).values, value.second),
    ),
  );
  const joined = first * 100 + second;
  const asOne = talk.numbers.filter(
    ({ value: other }) => first === 20 && other.values.includes(joined),
  );
  const asYear = talk
    .values("date")
    .filter(({ parts }) => first === 20 && parts.includes(`year:${joined}`));
  if (spoken.length + asOne.length + asYear.length > 0)
    return supported(kind, text, [
      ...spoken.map(({ index }) => index),
      ...asOne.map(({ value: other }) => other.segment),
      ...asYear.map(({ segment }) => segment),
    ]);
  const acuity = first === 20 && second % 5 === 0 && second >= 10;
  const numbers = acuity
    ? []
    : talk.numbers.filter(
        ({ value: other }) =>
          overlap(other.values, value.first) && other.unit === null && !other.withdrawn,
      );
  const today = /\btoday|now\b/.test(words);
  const usable = numbers.filter(({ value: other }) => !(today && isPast(reading, other)));
  if (usable.length > 0)
    return supported(
      kind,
      text,
      usable.map(({ value: other }) => other.segment),
    );
  return unsupported(
    kind,
    text,
    severity,
    `${text} is not in the transcript`,
    numbers.map(({ value: other }) => other.segment),
  );
}

function isPast({ talk }: Reading, value: Located<NumberValue>): boolean {
  const segment = talk.segments[value.segment];
  const before =
    segment?.tokens
      .slice(Math.max(0, value.from - 5), value.from)
      .map(({ w }) => w)
      .join(" ") ?? "";
  return value.old || /\b(?:yesterday|last|was)\b/.test(before.split(" . ").at(-1) ?? "");
}

const daysOf = (value: NumberValue): number[] =>
  value.values.map((n) => n * (value.unit?.factor ?? 1));

const sameTime = (a: readonly number[], b: readonly number[]): boolean =>
  a.some((x) =>
    b.some((y) => Math.abs(x - y) <= 0.02 * Math.max(x, y) || isMonths(x, y) || isMonths(y, x)),
  );

/** Four weeks are a month, eight two. */
const isMonths = (x: number, y: number): boolean =>
  x % 28 === 0 && y % 30 === 0 && x / 28 === y / 30 && x / 28 <= 3;

function timeClaim(reading: Reading, value: Located<NumberValue>): Claim {
  const { talk } = reading;
  const text = wordsOf(reading, value.from, value.to);
  const kind: Kind =
    value.time === "ago" || value.time === "in" || value.time === "since" ? "date" : "duration";
  const days = daysOf(value);
  const equal = talk.values("number").filter((other) => {
    if (value.vague || other.vague)
      return other.unit?.class === "time" && other.unit.name === value.unit?.name;
    if (other.unit?.class === "time")
      return (
        sameTime(days, daysOf(other)) ||
        (/^(?:day|night)$/.test(value.unit?.name ?? "") &&
          /^(?:day|night)$/.test(other.unit.name) &&
          overlap(value.values, other.values))
      );
    return other.unit === null && overlap(value.values, other.values);
  });
  const live = equal.filter((other) => !other.withdrawn);
  const timed = live.filter((other) => other.unit?.class === "time");
  const counted = talk
    .values("frequency")
    .filter(
      (other) =>
        other.rates.length > 0 &&
        value.values.some((n) =>
          other.rates.some((rate) => Math.abs(1 / rate - n * (value.unit?.factor ?? 1)) < 0.01),
        ),
    );
  const bare = live.filter((other) => other.unit === null && nearTime(reading, other));
  const yearly = talk
    .values("date")
    .filter(
      ({ parts }) =>
        value.values.includes(1) &&
        parts.some(
          (part) =>
            part === `relative:last ${value.unit?.name}` ||
            part === `relative:next ${value.unit?.name}`,
        ),
    );
  const rival = timed.length > 0 ? betterTime(reading, value, timed) : null;
  if (rival !== null)
    return unsupported(kind, text, "minor", `${text} is not said of this in the transcript`, [
      rival,
    ]);
  if (timed.length > 0 || bare.length > 0 || counted.length > 0 || yearly.length > 0)
    return supported(
      kind,
      text,
      [
        ...(timed.length > 0
          ? timed
          : bare.length > 0
            ? bare
            : counted.length > 0
              ? counted
              : yearly),
      ].map(({ segment }) => segment),
    );
  const taken = equal.filter((other) => other.withdrawn);
  if (taken.length > 0)
    return unsupported(
      "correction",
      text,
      "minor",
      `${text} is taken back in the transcript`,
      taken.map(({ segment }) => segment),
    );
  const other = talk
    .values("number")
    .filter(
      (each) => each.unit?.class === "time" && each.unit.name === value.unit?.name && !each.age,
    );
  return unsupported(
    kind,
    text,
    "minor",
    `${text} is not in the transcript`,
    other.map(({ segment }) => segment),
  );
}

/** A turn that has another span of the same unit, and far more of what the statement speaks of. */
function betterTime(
  { talk, own }: Reading,
  value: Located<NumberValue>,
  said: readonly Located<NumberValue>[],
): number | null {
  const words = new Set(
    own.stems.filter(
      (word, i) =>
        /^[a-z]{4,}$/.test(word) && !own.values.some(({ from, to }) => i >= from && i < to),
    ),
  );
  const score = (segment: number, at: number): number => {
    const turn = talk.segments[segment];
    if (!turn) return 0;
    const near =
      turn.tokens.length < 40
        ? [...turn.stems, ...(talk.segments[segment - 1]?.stems ?? [])]
        : turn.stems.slice(Math.max(0, at - 20), at + 20);
    return new Set(near.filter((word) => words.has(word))).size;
  };
  const ours = Math.max(...said.map((each) => score(each.segment, each.from)));
  let best: { segment: number; score: number } | null = null;
  for (const other of talk.values("number")) {
    if (
      other.unit?.class !== "time" ||
      other.unit.name !== value.unit?.name ||
      other.age ||
      other.withdrawn ||
      said.includes(other)
    )
      continue;
    const theirs = score(other.segment, other.from);
    if (theirs > (best?.score ?? 0)) best = { segment: other.segment, score: theirs };
  }
  return best && ours <= 1 && best.score >= ours + 2 ? best.segment : null;
}

/** A bare number that stands for a time: "ten, maybe twelve days", "how long?" – "four". */
function nearTime({ talk }: Reading, value: Located<NumberValue>): boolean {
  const segment = talk.segments[value.segment];
  const next = segment?.values.find(
    (other) => other.from >= value.to && other.from - value.to <= 4,
  );
  if (next?.kind === "number" && next.unit?.class === "time") return true;
  if (segment?.tokens.slice(value.to, value.to + 4).some(({ w }) => /^(?:more|longer)$/.test(w)))
    return true;
  const asked = talk.segments[value.segment - 1]?.tokens.map(({ w }) => w).join(" ") ?? "";
  return /\b(?:how long|how many|how old|since when|when)\b/.test(asked);
}

function ageClaim(reading: Reading, value: Located<NumberValue>): Claim {
  const text = wordsOf(reading, value.from, value.to);
  const equal = reading.talk
    .values("number")
    .filter(
      (other) =>
        overlap(value.values, other.values) && (other.unit === null || other.unit.class === "time"),
    );
  const live = equal.filter(
    (other) =>
      !other.withdrawn &&
      !/^(?:be|turn|turning)$/.test(
        reading.talk.segments[other.segment]?.tokens[other.from - 1]?.w ?? "",
      ),
  );
  if (live.length > 0)
    return supported(
      "number",
      text,
      live.map(({ segment }) => segment),
    );
  const taken = equal.filter((other) => other.withdrawn);
  if (taken.length > 0)
    return unsupported(
      "correction",
      text,
      "minor",
      `${text} is taken back in the transcript`,
      taken.map(({ segment }) => segment),
    );
  return unsupported(
    "number",
    text,
    "minor",
    `the age ${text} is not in the transcript`,
    equal.map(({ segment }) => segment),
  );
}

/** "the 19th", "second and third": a day or an order. */
function ordinalClaim(reading: Reading, value: Located<NumberValue>): Claim | null {
  const text = wordsOf(reading, value.from, value.to);
  const { talk, own } = reading;
  const said = talk
    .values("number")
    .filter((other) => overlap(value.values, other.values) && !other.withdrawn);
  const days = talk
    .values("date")
    .filter(({ parts }) => parts.includes(`day:${value.values[0] ?? ""}`));
  const dated = /^(?:the|on)$/.test(own.tokens[value.from - 1]?.w ?? "") && /\d/.test(text);
  if (own.parts.some(({ from }) => from === value.to)) return null; // "the fifth finger"
  const turns = [...said, ...days].map(({ segment }) => segment);
  if (turns.length > 0) return supported(dated ? "date" : "number", text, turns);
  // "first" and "second" are often mere order.
  if ((value.values[0] ?? 0) <= 2 && !dated) return null;
  return unsupported(dated ? "date" : "number", text, "minor", `${text} is not in the transcript`);
}

function dateClaim(reading: Reading, value: Located<DateValue>): Claim | null {
  const { talk } = reading;
  const text = wordsOf(reading, value.from, value.to);
  if (value.parts.every((part) => part === "relative:today")) return null;
  const dates = talk.values("date");
  const numbers = talk.values("number");
  const turns: number[] = [];
  for (const part of value.parts) {
    const hits = dates.filter((other) => other.parts.includes(part));
    const live = hits.filter(({ withdrawn }) => !withdrawn);
    const [name, raw] = part.split(":");
    const asNumber =
      name === "day" || name === "year"
        ? numbers.filter(
            (other) =>
              !other.withdrawn &&
              (other.values.includes(Number(raw)) ||
                (name === "year" && other.values.includes(Number(raw) % 100))),
          )
        : [];
    if (live.length === 0 && asNumber.length === 0) {
      if (hits.length > 0)
        return unsupported(
          "correction",
          text,
          "minor",
          `${text} is taken back in the transcript`,
          hits.map(({ segment }) => segment),
        );
      if (name === "relative") return null;
      const other = dates.filter(({ parts }) => parts.some((each) => each.startsWith(`${name}:`)));
      return unsupported(
        "date",
        text,
        "minor",
        `${text} is not in the transcript`,
        other.map(({ segment }) => segment),
      );
    }
    turns.push(...[...live, ...asNumber].map(({ segment }) => segment));
  }
  return supported("date", text, turns);
}

function frequencyClaim(reading: Reading, value: Located<FrequencyValue>): Claim | null {
  const drug =
    drugOf(reading, value) ??
    (/\bdos(?:e|age)\b/i.test(reading.text) ? (reading.lastDrugs.at(-1) ?? null) : null);
  const text = wordsOf(reading, value.from, value.to);
  if (drug && drug.person === PATIENT) {
    const between = reading.own.mentions.some(
      (mention) =>
        mention.from >= drug.to &&
        mention.to <= value.from &&
        hasType(mention, "symptom", "condition", "test", "vital"),
    );
    if (!between) return drugFrequencyClaim(reading, value, drug);
  }
  if (
    value.rates.length === 0 ||
    (value.counts.length === 0 && /^(?:per|a)$/.test(reading.own.tokens[value.from]?.w ?? ""))
  )
    return null;
  const { talk } = reading;
  const said = talk.values("frequency");
  const equal = compareFrequency(value, said, text, "minor");
  if (equal.verdict === "supported") return equal;
  // The count alone: "three a week", "twice".
  const { own } = reading;
  const count =
    own.tokens[value.from]?.n ??
    (own.tokens[value.from]?.w === "twice" ? [2] : own.tokens[value.from]?.w === "once" ? [1] : []);
  const numbers = talk.values("number").filter((other) => overlap(other.values, count));
  if (
    numbers.length > 0 &&
    said.every(
      (other) =>
        other.rates.length === 0 ||
        !overlap(
          other.rates.map((rate) => Math.round(rate * 7 * 100)),
          [],
        ),
    )
  ) {
    const competing = said.filter((other) => other.rates.length > 0);
    if (competing.length === 0)
      return supported(
        "frequency",
        text,
        numbers.map(({ segment }) => segment),
      );
  }
  if (
    said.length === 0 &&
    count.length === 0 &&
    /^(?:daily|nightly|weekly|monthly|every)$/.test(own.tokens[value.from]?.w ?? "")
  )
    return null;
  return equal;
}
