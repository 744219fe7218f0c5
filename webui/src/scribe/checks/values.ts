/** Numbers with their units, pairs such as blood pressures, how often, and dates, in one piece of text. */
import type { Token } from "./text.ts";

export type UnitClass =
  | "mass"
  | "form"
  | "percent"
  | "time"
  | "temperature"
  | "length"
  | "weight"
  | "volume"
  | "pressure"
  | "rate"
  | "concentration"
  | "angle"
  | "times"
  | "distance"
  | "none";

interface Unit {
  name: string;
  class: UnitClass;
  /** Into the class's base unit. */
  factor: number;
}

const unit = (name: string, cls: UnitClass, factor = 1): Unit => ({ name, class: cls, factor });

const UNITS: Record<string, Unit> = {};
const define = (found: Unit, ...words: string[]): void => {
  for (const word of words) UNITS[word] = found;
};
define(
  unit("mg", "mass", 1),
  "mg",
  "mgs",
  "milligram",
  "milligrams",
  "milligramme",
  "milligrammes",
);
define(unit("mcg", "mass", 0.001), "mcg", "mcgs", "ug", "µg", "microgram", "micrograms", "mikes");
define(unit("g", "mass", 1000), "g", "gm", "gram", "grams");
define(unit("units", "mass", 1e9), "unit", "units", "iu");
define(unit("meq", "mass", 1e12), "meq", "milliequivalents", "meqs");
define(
  unit("mL", "volume", 1),
  "ml",
  "mls",
  "mils",
  "mil",
  "cc",
  "ccs",
  "milliliter",
  "milliliters",
);
define(unit("teaspoon", "volume", 5), "teaspoon", "teaspoons", "tsp");
define(unit("L", "volume", 1000), "l", "liter", "liters", "litre", "litres");
define(unit("oz", "volume", 29.57), "ounce", "ounces", "oz");
define(
  unit("tablet", "form"),
  "tablet",
  "tablets",
  "tab",
  "tabs",
  "pill",
  "pills",
  "capsule",
  "capsules",
);
define(unit("puff", "form"), "puff", "puffs", "inhalation", "inhalations");
define(unit("spray", "form"), "spray", "sprays", "squirts");
define(unit("drop", "form"), "drop", "drops", "gtt");
define(unit("patch", "form"), "patch", "patches");
define(unit("%", "percent"), "%", "percent", "pct");
define(unit("minute", "time", 1 / 1440), "minute", "minutes", "min", "mins");
define(unit("second", "time", 1 / 86400), "seconds", "secs");
define(unit("hour", "time", 1 / 24), "hour", "hours", "hr", "hrs");
define(unit("day", "time", 1), "day", "days");
define(unit("night", "time", 1), "night", "nights");
define(unit("week", "time", 7), "week", "weeks", "wk", "wks");
define(unit("month", "time", 30), "month", "months", "mo", "mos");
define(unit("year", "time", 365), "year", "years", "yr", "yrs", "yo", "y");
define(unit("decade", "time", 3650), "decade", "decades");
define(unit("cycle", "none"), "cycles", "cycle");
define(unit("°", "temperature"), "degree", "degrees", "°");
define(unit("°F", "temperature"), "fahrenheit");
define(unit("°C", "temperature"), "celsius", "centigrade");
define(unit("mm", "length", 1), "mm", "millimeter", "millimeters", "millimetre", "millimetres");
define(unit("cm", "length", 10), "cm", "centimeter", "centimeters", "centimetre", "centimetres");
define(unit("inch", "length", 25.4), "inch", "inches");
define(unit("foot", "length", 304.8), "ft");
define(unit("lb", "weight", 0.4536), "lb", "lbs", "pound", "pounds");
define(unit("kg", "weight", 1), "kg", "kgs", "kilo", "kilos", "kilogram", "kilograms");
define(unit("bpm", "rate"), "bpm");
define(unit("times", "times"), "times", "time", "x");
define(unit("mile", "distance"), "mile", "miles");
define(unit("mmHg", "pressure"), "mmhg");

const unitAt = (w: string | undefined): Unit | undefined =>
  w !== undefined && Object.hasOwn(UNITS, w) ? UNITS[w] : undefined;

export interface NumberValue {
  kind: "number";
  /** Readings, the likeliest first. */
  values: number[];
  unit: Unit | null;
  /** "120s". */
  plural: boolean;
  /** A bare ordinal: "the third". */
  ordinal: boolean;
  letter: string;
  /** "50-year-old", "at age 6". */
  age: boolean;
  /** The first of "4 to 5", "four or five". */
  from: number;
  to: number;
  /** Time words around: "ago", "in", "for", "since". */
  time: "ago" | "in" | "since" | "for" | "";
  /** An unspecific number: "a few". */
  vague: boolean;
}

export interface PairValue {
  kind: "pair";
  /** 148/92, 5/5, 7 of 10. */
  first: number[];
  second: number[];
  plural: boolean;
  from: number;
  to: number;
}

export interface FrequencyValue {
  kind: "frequency";
  /** Times a day, null where only the time of day or 'as needed' is said. */
  rates: number[];
  slots: string[];
  asNeeded: boolean;
  /** The numbers said: 4 and 5 in "four or five nights a week". */
  counts: number[];
  from: number;
  to: number;
}

export interface DateValue {
  kind: "date";
  /** Parts of the date, such as `month:6`, `year:2019`, `weekday:monday`, `season:fall`. */
  parts: string[];
  from: number;
  to: number;
}

export type Value = NumberValue | PairValue | FrequencyValue | DateValue;

const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const SHORT_MONTHS = [
  "jan",
  "feb",
  "mar",
  "apr",
  "jun",
  "jul",
  "aug",
  "sep",
  "sept",
  "oct",
  "nov",
  "dec",
];
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const SEASONS: Record<string, string> = {
  spring: "spring",
  summer: "summer",
  fall: "fall",
  autumn: "fall",
  winter: "winter",
};
const HOLIDAYS: [string, string][] = [
  ["labor day", "labor day"],
  ["christmas", "christmas"],
  ["thanksgiving", "thanksgiving"],
  ["easter", "easter"],
  ["halloween", "halloween"],
  ["memorial day", "memorial day"],
  ["new year", "new year"],
  ["new years", "new year"],
  ["independence day", "july 4"],
  ["mother day", "mothers day"],
  ["mothers day", "mothers day"],
  ["father day", "fathers day"],
  ["fathers day", "fathers day"],
  ["valentine day", "valentines"],
  ["passover", "passover"],
  ["ramadan", "ramadan"],
  ["birthday", "birthday"],
];

const HOLIDAY_WORDS = new Map<string, { words: string[]; part: string }[]>();
for (const [name, part] of HOLIDAYS) {
  const words = name.split(" ");
  const list = HOLIDAY_WORDS.get(words[0] ?? "") ?? [];
  HOLIDAY_WORDS.set(words[0] ?? "", [...list, { words, part }]);
}

const SLOTS: Record<string, string> = {
  bedtime: "night",
  night: "night",
  nights: "night",
  nightly: "night",
  evening: "evening",
  evenings: "evening",
  supper: "evening",
  dinner: "evening",
  dinnertime: "evening",
  morning: "morning",
  mornings: "morning",
  breakfast: "morning",
  lunch: "noon",
  lunchtime: "noon",
  noon: "noon",
  afternoon: "noon",
};

const RATE_WORDS: Record<string, number> = {
  bid: 2,
  tid: 3,
  qid: 4,
  qd: 1,
  qday: 1,
  daily: 1,
  nightly: 1,
  weekly: 1 / 7,
  monthly: 1 / 30,
  yearly: 1 / 365,
  annually: 1 / 365,
  hourly: 24,
  qod: 0.5,
  qhs: 1,
  qam: 1,
  qpm: 1,
  biweekly: 1 / 14,
};
const PERIODS: Record<string, number> = {
  day: 1,
  daily: 1,
  night: 1,
  nightly: 1,
  morning: 1,
  evening: 1,
  week: 7,
  weekly: 7,
  month: 30,
  monthly: 30,
  year: 365,
  yearly: 365,
  hour: 1 / 24,
  days: 1,
  nights: 1,
  mornings: 1,
  weeks: 7,
  weekend: 7,
  weekends: 7,
};
const COUNTS: Record<string, number> = { once: 1, twice: 2, thrice: 3 };

/** All values in the tokens, in order and without overlap. */
export function findValues(tokens: readonly Token[]): Value[] {
  const found: Value[] = [];
  for (let i = 0; i < tokens.length;) {
    const value =
      pairAt(tokens, i) ?? frequencyAt(tokens, i) ?? dateAt(tokens, i) ?? numberAt(tokens, i);
    if (value) {
      found.push(value);
      i = Math.max(value.to, i + 1);
    } else i++;
  }
  return shareUnits(found, tokens);
}

function pairAt(tokens: readonly Token[], i: number): PairValue | DateValue | null {
  const first = tokens[i];
  const sign = tokens[i + 1]?.w;
  const second = tokens[i + 2];
  if (!first?.n || !second?.n) return null;
  const out = sign === "out" && second.w === "of" ? tokens[i + 3] : undefined;
  if (sign === "/" && tokens[i + 3]?.w === "/" && tokens[i + 4]?.n) {
    return slashDate(first, second, tokens[i + 4] as Token, i);
  }
  if (sign === "/" && (second.n[0] ?? 0) > 1900 && (first.n[0] ?? 0) <= 12) {
    return { kind: "date", parts: [`month:${first.w}`, `year:${second.w}`], from: i, to: i + 3 };
  }
  if (sign !== "/" && sign !== "over" && !(sign === "of" && second.w === "10")) {
    return out?.n ? pair(first, out, i, i + 4) : outOf(tokens, i);
  }
  return pair(first, second, i, i + 3);
}

function outOf(tokens: readonly Token[], i: number): PairValue | null {
  const first = tokens[i];
  const third = tokens[i + 3];
  if (first?.n && tokens[i + 1]?.w === "out" && tokens[i + 2]?.w === "of" && third?.n) {
    return pair(first, third, i, i + 4);
  }
  return null;
}

const pair = (first: Token, second: Token, from: number, to: number): PairValue => ({
  kind: "pair",
  first: first.n ?? [],
  second: second.n ?? [],
  plural: first.plural ?? false,
  from,
  to,
});

function slashDate(month: Token, day: Token, year: Token, i: number): DateValue {
  const full = (year.n?.[0] ?? 0) < 100 ? 2000 + (year.n?.[0] ?? 0) : (year.n?.[0] ?? 0);
  const parts = [`month:${month.n?.[0] ?? ""}`, `day:${day.n?.[0] ?? ""}`, `year:${full}`];
  return { kind: "date", parts, from: i, to: i + 5 };
}

function frequencyAt(tokens: readonly Token[], i: number): FrequencyValue | null {
  const w = (k: number): string => tokens[i + k]?.w ?? "";
  const number = (k: number): number | undefined => {
    const token = tokens[i + k];
    if (token?.n && !token.ordinal) return token.n[0];
    return Object.hasOwn(COUNTS, token?.w ?? "") ? COUNTS[token?.w ?? ""] : undefined;
  };
  const make = (
    rates: number[],
    to: number,
    slots: string[] = [],
    asNeeded = false,
  ): FrequencyValue => ({
    kind: "frequency",
    rates,
    slots,
    asNeeded,
    counts: [0, 2].flatMap((k) => (k < to && number(k) !== undefined ? [number(k) ?? 0] : [])),
    from: i,
    to: i + to,
  });
  const period = (k: number): number | undefined =>
    Object.hasOwn(PERIODS, w(k)) ? PERIODS[w(k)] : undefined;
  const slot = (k: number): string[] => (Object.hasOwn(SLOTS, w(k)) ? [SLOTS[w(k)] as string] : []);

  if ((w(0) === "as" || w(0) === "if" || w(0) === "when") && w(1) === "needed")
    return make([], 2, [], true);
  if (w(0) === "around" && w(1) === "the" && w(2) === "clock") return make([], 3, ["clock"]);
  if (w(0) === "prn") return make([], 1, [], true);
  if (w(0) === "if" && w(1) === "i" && (w(2) === "have" || w(2) === "need"))
    return make([], 4, [], true);
  if (w(0) === "when" && w(1) === "it" && (w(2) === "bad" || w(2) === "is"))
    return make([], 3, [], true);
  if (w(0) === "when" && /^(?:i|you|she|he)$/.test(w(1)) && w(2) === "need")
    return make([], 3, [], true);
  if (w(0) === "when" && w(1) === "i" && w(2) === "get" && w(3) === "up")
    return make([], 4, ["morning"]);
  if (Object.hasOwn(RATE_WORDS, w(0))) {
    const slots = /nightly|qhs|qpm/.test(w(0)) ? ["night"] : w(0) === "qam" ? ["morning"] : [];
    return make([RATE_WORDS[w(0)] ?? 1], 1, slots);
  }
  // every (other) day, every 6 to 8 hours, every night
  if (w(0) === "every" || w(0) === "each" || w(0) === "q") {
    const one = period(1);
    if (one !== undefined) return make([1 / one], 2, slot(1));
    if (Object.hasOwn(SLOTS, w(1))) return make([1], 2, slot(1));
    if (w(1) === "other" && period(2) !== undefined)
      return make([1 / (2 * (period(2) ?? 1))], 3, slot(2));
    if (WEEKDAYS.includes(w(1))) return make([1 / 7], 2);
    const count = number(1);
    if (count !== undefined && count > 0) {
      const two = w(2) === "to" || w(2) === "or" || w(2) === "," ? number(3) : undefined;
      const at = two === undefined ? 2 : 4;
      const each = unitAt(w(at));
      if (each?.class === "time") {
        const rates = [count, ...(two === undefined ? [] : [two])].map(
          (n) => 1 / (n * each.factor),
        );
        return make(rates, at + 1);
      }
      if (w(at) === "h") return make([24 / count], at + 1);
    }
    return null;
  }
  const count = number(0);
  if (count !== undefined && count > 0) {
    let at = 1;
    const counts = [count];
    const listed = w(1) === "," && count < 20 && (number(2) ?? 99) < 20;
    if ((w(1) === "or" || w(1) === "to" || listed) && number(2) !== undefined) {
      counts.push(number(2) ?? 0);
      at = 3;
    }
    const times = w(at) === "times" || w(at) === "time" || w(at) === "x";
    if (times) at++;
    const days = w(at) === "days" || w(at) === "nights" || w(at) === "mornings";
    if (days && /^(?:a|per|each|every|out|of)$/.test(w(at + 1))) {
      const of = at + 1 + (w(at + 1) === "out" ? 2 : 1);
      const skip = w(of) === "the" ? 1 : 0;
      if (/^(?:week|month)$/.test(w(of + skip))) {
        return make(
          counts.map((n) => n / (PERIODS[w(of + skip)] ?? 7)),
          of + skip + 1,
          slot(at),
        );
      }
    }
    const out = w(at) === "out" && w(at + 1) === "of" && w(at + 2) === "the";
    if (out && period(at + 3) !== undefined)
      return make(
        counts.map((n) => n / (period(at + 3) ?? 1)),
        at + 4,
      );
    const spoken = tokens[i]?.n === undefined;
    if (/^(?:a|an|per|each|every|\/|in|on|at|the|this)$/.test(w(at))) {
      const skip = (w(at) === "in" || w(at) === "on") && /^(?:a|the)$/.test(w(at + 1)) ? 1 : 0;
      const each = period(at + 1 + skip);
      const plain =
        w(at) === "in" || w(at) === "on" || w(at) === "the" || w(at) === "at" || w(at) === "this";
      if (each !== undefined && (!plain || times || spoken)) {
        return make(
          counts.map((n) => n / each),
          at + 2 + skip,
          slot(at + 1 + skip),
        );
      }
    }
    if ((times || spoken) && period(at) !== undefined && /ly$/.test(w(at))) {
      return make(
        counts.map((n) => n / (period(at) ?? 1)),
        at + 1,
        slot(at),
      );
    }
    if ((times || spoken) && w(at) === "during" && w(at + 1) === "the") {
      return make(
        counts.map((n) => n / (period(at + 2) ?? 1)),
        at + 3,
        slot(at + 2),
      );
    }
  }
  if (
    w(0) === "a" &&
    (w(1) === "day" || w(1) === "week" || w(1) === "night" || w(1) === "month") &&
    i > 0
  ) {
    // "ten milligrams a day", not "a day ago".
    const before = tokens[i - 1];
    const dose =
      before?.n !== undefined || /^(?:mass|form|volume)$/.test(unitAt(before?.w)?.class ?? "");
    if (dose && before?.w !== "for" && w(2) !== "ago")
      return make([1 / (period(1) ?? 1)], 2, slot(1));
  }
  if (w(0) === "per" && period(1) !== undefined) return make([1 / (period(1) ?? 1)], 2, slot(1));
  if (/^(?:at|in|before|after|with|for|during|of)$/.test(w(0))) {
    const skip = /^(?:the|my|your|her|his|each)$/.test(w(1)) ? 1 : 0;
    if (Object.hasOwn(SLOTS, w(1 + skip)) && !(w(0) === "of" || w(0) === "for")) {
      return make([], 2 + skip, slot(1 + skip));
    }
    return null;
  }
  // "morning and night", "breakfast and lunch"
  if (
    Object.hasOwn(SLOTS, w(0)) &&
    (w(1) === "and" || w(1) === "," || tokens[i - 1]?.w === "and")
  ) {
    return make([], 1, slot(0));
  }
  const weekday = w(0).endsWith("s") ? w(0).slice(0, -1) : "";
  if (weekday !== "" && WEEKDAYS.includes(weekday)) return make([1 / 7], 1);
  return null;
}

function dateAt(tokens: readonly Token[], i: number): DateValue | null {
  const w = (k: number): string => tokens[i + k]?.w ?? "";
  const date = (parts: string[], to: number): DateValue => ({
    kind: "date",
    parts,
    from: i,
    to: i + to,
  });
  for (const { words, part } of HOLIDAY_WORDS.get(w(0)) ?? []) {
    if (words.every((word, k) => w(k) === word)) return date([`holiday:${part}`], words.length);
  }
  const monthOf = (word: string): number => {
    const long = MONTHS.indexOf(word);
    if (long >= 0) return long + 1;
    const short = SHORT_MONTHS.indexOf(word);
    return short < 0 ? 0 : MONTHS.findIndex((name) => name.startsWith(word.slice(0, 3))) + 1;
  };
  const month = monthOf(w(0));
  const sure =
    (w(0) !== "may" && w(0) !== "march") ||
    (/^(?:in|since|last|until|by|of|from|to|early|late|mid|this|next|till|back|around)$/.test(
      tokens[i - 1]?.w ?? "",
    ) &&
      !/^(?:be|have|not)$/.test(w(1))) ||
    tokens[i + 1]?.n !== undefined ||
    (/^[.,]?$/.test(w(1)) && !/^(?:you|i|he|she|it|they|we|that)$/.test(tokens[i - 1]?.w ?? ""));
  if (month > 0 && sure) {
    const parts = [`month:${month}`];
    let at = 1;
    const day = tokens[i + 1];
    if (day?.n && (day.n[0] ?? 99) <= 31 && unitAt(w(2)) === undefined) {
      parts.push(`day:${day.n[0]}`);
      at = 2;
    }
    if (w(at) === "," || w(at) === "of") {
      const year = tokens[i + at + 1]?.n?.[0] ?? 0;
      if (year > 1900 && year < 2100) return date([...parts, `year:${year}`], at + 2);
    }
    const year = tokens[i + at]?.n?.[0] ?? 0;
    if (year > 1900 && year < 2100) return date([...parts, `year:${year}`], at + 1);
    return date(parts, at);
  }
  const token = tokens[i];
  // "the third of september"
  if (token?.n && (token.n[0] ?? 99) <= 31) {
    let at = 1;
    while (w(at) === "of" || w(at) === "." || w(at) === ",") at++;
    if (at > 1 && w(at - 1) === "of" && monthOf(w(at)) > 0) {
      return date([`month:${monthOf(w(at))}`, `day:${token.n[0]}`], at + 1);
    }
  }
  if (token?.n && Number.isInteger(token.n[0])) {
    const year = token.n[0] ?? 0;
    if (year >= 1930 && year < 2050 && !token.plural && unitAt(w(1)) === undefined) {
      return date([`year:${year}`], 1);
    }
  }
  if (WEEKDAYS.includes(w(0))) return date([`weekday:${w(0)}`], 1);
  if (w(0) === "weekend" && tokens[i - 1]?.w !== "a") return date(["weekday:weekend"], 1);
  if (Object.hasOwn(SEASONS, w(0))) {
    const before = tokens[i - 1]?.w ?? "";
    const certain = w(0) === "summer" || w(0) === "winter" || w(0) === "autumn";
    if (
      certain ||
      /^(?:last|this|next|since|until|early|late)$/.test(before) ||
      (before === "the" && /^(?:in|since|over|during|by|until)$/.test(tokens[i - 2]?.w ?? ""))
    ) {
      return date([`season:${SEASONS[w(0)] ?? ""}`], 1);
    }
  }
  if (/^(?:yesterday|today|tomorrow|tonight)$/.test(w(0))) return date([`relative:${w(0)}`], 1);
  if (/^(?:last|next)$/.test(w(0)) && /^(?:week|month|year|night)$/.test(w(1))) {
    return date([`relative:${w(0)} ${w(1)}`], 2);
  }
  return null;
}

function numberAt(tokens: readonly Token[], i: number): NumberValue | null {
  const token = tokens[i];
  if (!token) return null;
  const w = (k: number): string => tokens[k]?.w ?? "";
  const base: NumberValue = {
    kind: "number",
    values: token.n ?? [],
    unit: null,
    plural: token.plural ?? false,
    ordinal: token.ordinal ?? false,
    letter: token.letter ?? "",
    age: false,
    from: i,
    to: i + 1,
    time: "",
    vague: false,
  };
  if (!token.n) {
    const single = unitAt(w(i + 1));
    const timeful = single?.class === "time" && w(i + 1) !== "y";
    // "six hours a night" is a rate.
    if (unitAt(w(i - 1)) !== undefined && token.w !== "another") return null;
    const counted = tokens[i - 2]?.n !== undefined && /[a-z]s$/.test(w(i - 1));
    if (/^an?$/.test(token.w) && (/^(?:many|often|much)$/.test(w(i - 1)) || counted)) return null;
    if (
      (token.w === "a" || token.w === "an" || token.w === "another") &&
      (timeful || w(i + 1) === "gram" || w(i + 1) === "liter")
    ) {
      return finish({ ...base, values: [1], to: i + 1 }, tokens);
    }
    if ((token.w === "few" || token.w === "several") && unitAt(w(i + 1))?.class === "time") {
      return finish({ ...base, values: [3], to: i + 1, vague: true }, tokens);
    }
    if (Object.hasOwn(COUNTS, token.w))
      return { ...base, values: [COUNTS[token.w] ?? 1], unit: UNITS.times ?? null };
    // "hour and a half", bare
    if (timefulStart(tokens, i)) return finish({ ...base, values: [1], to: i }, tokens);
    return null;
  }
  return finish(base, tokens);
}

const timefulStart = (tokens: readonly Token[], i: number): boolean =>
  tokens[i]?.w === "hour" &&
  tokens[i + 1]?.w === "and" &&
  tokens[i + 2]?.w === "a" &&
  tokens[i + 3]?.w === "0.5";

/** Adds unit, half, age and time words to a number whose own tokens end at `to`. */
function finish(value: NumberValue, tokens: readonly Token[]): NumberValue {
  const w = (k: number): string => tokens[k]?.w ?? "";
  let at = value.to;
  if (w(at) === "of" && (w(at + 1) === "a" || w(at + 1) === "an") && unitAt(w(at + 2))) at += 2;
  else if (w(at) === "of" && unitAt(w(at + 1))?.class === "time") at += 1;
  else if (
    (w(at) === "more" ||
      w(at) === "full" ||
      w(at) === "or" ||
      w(at) === "good" ||
      w(at) === "consecutive" ||
      w(at) === "whole") &&
    unitAt(w(at + 1))
  )
    at += 1;
  let found = unitAt(w(at));
  if (value.ordinal && found?.class === "time") found = undefined;
  if (found) {
    at++;
    if (w(at) === "hg" || (found.name === "mm" && w(at) === "of" && w(at + 1) === "mercury")) {
      found = unit("mmHg", "pressure");
      at += w(at) === "hg" ? 1 : 2;
    } else if (w(at) === "/" || w(at) === "per") {
      if (
        /^(?:dl|ml|l|deciliter|milliliter|liter)$/.test(w(at + 1)) &&
        (found.class === "mass" || found.class === "none")
      ) {
        found = unit(`${found.name}/${w(at + 1)}`, "concentration");
        at += 2;
      }
    } else if (found.class === "temperature" && /^(?:f|c|fahrenheit|celsius)$/.test(w(at))) {
      found = unit(w(at).startsWith("f") ? "°F" : "°C", "temperature");
      at++;
    } else if (
      found.class === "time" &&
      w(at) === "and" &&
      w(at + 1) === "a" &&
      w(at + 2) === "0.5"
    ) {
      value = { ...value, values: value.values.map((n) => n + 0.5) };
      at += 3;
    }
  } else if (/^(?:f|c)$/.test(w(at)) && !value.letter) {
    found = unit(w(at) === "f" ? "°F" : "°C", "temperature");
    at++;
  } else if (w(at) === "w" && tokens[at + 1]?.n) {
    found = UNITS.week;
    at++;
  } else if (w(at) === "d" && w(at - 2) === "w") {
    found = UNITS.day;
    at++;
  } else if (w(at) === "ng" || w(at) === "mmol" || w(at) === "pg") {
    if (w(at + 1) === "/") {
      found = unit(`${w(at)}/${w(at + 2)}`, "concentration");
      at += 3;
    }
  }
  let age = false;
  if (found?.name === "year" || found?.name === "month") {
    if (
      w(at) === "old" ||
      (w(at) === "of" && w(at + 1) === "age") ||
      w(at - 1) === "yo" ||
      (w(at - 1) === "y" && w(at) === "o")
    )
      age = true;
  }
  const before = w(value.from - 1);
  if (/^(?:age|aged)$/.test(before) || (before === "of" && w(value.from - 2) === "age")) age = true;
  let time: NumberValue["time"] = "";
  if (found?.class === "time" && !age) {
    if (w(at) === "ago" || w(at) === "back" || w(at) === "earlier") time = "ago";
    else if (before === "in" || before === "within") time = "in";
    else if (before === "since") time = "since";
    else if (before === "for" || before === "x") time = "for";
  }
  return { ...value, unit: found ?? value.unit, age, time, to: at };
}

/** In "4 to 5 times", "two or three days" and "24 , 36 hours" the first number has the second's unit. */
function shareUnits(values: Value[], tokens: readonly Token[]): Value[] {
  for (let i = values.length - 2; i >= 0; i--) {
    const value = values[i] as Value;
    const next = values[i + 1];
    if (value.kind !== "number" || next?.kind !== "number" || value.unit || !next.unit) continue;
    const between = tokens.slice(value.to, next.from).map(({ w }) => w);
    if (
      between.length === 0 ||
      (between.length === 1 && /^(?:to|or|,|and|x|by)$/.test(between[0] ?? ""))
    ) {
      if (between[0] === "," && next.unit.class !== "time") continue;
      value.unit = next.unit;
      value.age = next.age;
      value.time = next.time;
    }
  }
  return values;
}

/** A number in its class's base unit. */
export const inBase = (value: number, found: Unit | null): number => value * (found?.factor ?? 1);

export type { Unit };
