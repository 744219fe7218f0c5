/** Claims about times: durations, dates, ages, and how often something happens. */
import { type Reading, supported, takenBack, unsupported, wordsOf } from "./claim.ts";
import { drugOf } from "./claims-drugs.ts";
import { compareFrequency, drugFrequencyClaim } from "./claims-frequencies.ts";
import type { FrequencyValue } from "./frequencies.ts";
import { hasType, type Located, overlap, PATIENT } from "./segment.ts";
import type { Claim, Kind } from "./types.ts";
import type { DateValue, NumberValue } from "./values.ts";

export function isPast({ talk }: Reading, value: Located<NumberValue>): boolean {
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

export function timeClaim(reading: Reading, value: Located<NumberValue>): Claim {
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
  // "The second in two months and the third at six": the unit is said once.
  const short = live.filter(
    (other) =>
      other.unit === null &&
      [other.segment - 1, other.segment].some((turn) =>
        talk.segments[turn]?.values.some(
          (each) => each.kind === "number" && each.unit?.name === value.unit?.name,
        ),
      ),
  );
  if (short.length > 0)
    return supported(
      kind,
      text,
      short.map(({ segment }) => segment),
    );
  const taken = equal.filter((other) => other.withdrawn);
  if (taken.length > 0) return takenBack(text, taken);
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

export function ageClaim(reading: Reading, value: Located<NumberValue>): Claim {
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
  if (taken.length > 0) return takenBack(text, taken);
  return unsupported(
    "number",
    text,
    "minor",
    `the age ${text} is not in the transcript`,
    equal.map(({ segment }) => segment),
  );
}

/** "the 19th", "second and third": a day or an order. */
export function ordinalClaim(reading: Reading, value: Located<NumberValue>): Claim | null {
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

export function dateClaim(reading: Reading, value: Located<DateValue>): Claim | null {
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
      if (hits.length > 0) return takenBack(text, hits);
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

export function frequencyClaim(reading: Reading, value: Located<FrequencyValue>): Claim | null {
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
    const period = own.tokens[value.to - 1]?.w ?? "";
    const word = own.stems[value.to - 1] ?? "";
    // "How often do you get up at night?" – "three times": the span stands in the question.
    const spanned = numbers.some(
      ({ segment, unit }) =>
        unit?.name === period ||
        ((unit === null ||
          unit.class === "times" ||
          unit.class === "time" ||
          unit.class === "volume") &&
          [segment - 1, segment].some(
            (turn) => talk.segments[turn]?.stems.includes(word) ?? false,
          )),
    );
    if (competing.length === 0 || spanned)
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
