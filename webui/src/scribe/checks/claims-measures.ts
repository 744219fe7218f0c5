/** Claims about measured values: vitals and results, single or in pairs. */
import { circumstancesOf, otherCircumstance } from "./circumstances.ts";
import { type Reading, supported, unsupported, wordsOf } from "./claim.ts";
import { combinationClaim, combinationOf } from "./claims-doses.ts";
import { isDrugClaim } from "./claims-drugs.ts";
import { isPast } from "./claims-times.ts";
import { hasType, type Located, type Mention, overlap } from "./segment.ts";
import { bindTo, type BoundNumber, sideAt } from "./talk.ts";
import type { Claim, Kind } from "./types.ts";
import type { NumberValue, PairValue } from "./values.ts";

/** "stage 3b", "grade 2": part of a diagnosis or a result. */
export function stageClaim(
  reading: Reading,
  value: Located<NumberValue>,
  text: string,
): Claim | null {
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
  if (anchor?.concepts.some(({ name }) => name === "bmi")) return "vital";
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
export function measureClaim(reading: Reading, value: Located<NumberValue>, text: string): Claim {
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
    /\b(?:ago|earlier|previously|prior|before|last|at age|in (?:19|20)\d\d|in (?:the )?(?:spring|summer|fall|autumn|winter|january|february|march|april|may|june|july|august|september|october|november|december))\b/.test(
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
  const dated = !now && /\b(?:last|ago|previous(?:ly)?|prior|earlier)\b/i.test(reading.text);
  const direct = bound.filter((each) => !each.testCarried);
  // An older value stated as today's.
  // "Ninety four now": a figure that tells itself, beside another of the same test.
  const nameless = loose.filter(
    (each) =>
      (each.test === null || each.testCarried) && each.drug === null && isTelling(each.value),
  );
  const fitting = (mine.length > 0 ? mine : direct.length > 0 ? nameless : loose).filter(
    (each) =>
      !(
        each.value.old &&
        !noteOld &&
        !dated &&
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
  if (former && !dated && !noteOld && live.every(({ value: other }) => other.old)) {
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

/** A figure that few other things can have: of two digits at least, and no count or time. */
const isTelling = (value: NumberValue): boolean =>
  isMeasureLike(value) &&
  value.values.some((n) => n >= 20 || !Number.isInteger(n)) &&
  (value.unit === null || value.unit.class !== "form");

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

export function pairClaim(reading: Reading, value: Located<PairValue>): Claim {
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
