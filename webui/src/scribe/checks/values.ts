/** Numbers with their units, pairs such as blood pressures, how often, and dates, in one piece of text. */
import { type FrequencyValue, COUNTS, WEEKDAYS, frequencyAt } from "./frequencies.ts";
import type { Token } from "./text.ts";
import { type Unit, type UnitClass, UNITS, unit, unitAt } from "./units.ts";

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
      (timeful || w(i + 1) === "gram" || w(i + 1) === "liter" || isHalved(tokens, i + 2))
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

/** "a tablet and a half": what stands before is one. */
const isHalved = (tokens: readonly Token[], i: number): boolean =>
  unitAt(tokens[i - 1]?.w) !== undefined &&
  tokens[i]?.w === "and" &&
  tokens[i + 1]?.w === "a" &&
  fractionAt(tokens[i + 2]?.w ?? "") > 0;

const timefulStart = (tokens: readonly Token[], i: number): boolean =>
  tokens[i]?.w === "hour" &&
  tokens[i + 1]?.w === "and" &&
  tokens[i + 2]?.w === "a" &&
  tokens[i + 3]?.w === "0.5";

const fractionAt = (w: string): number => (w === "0.5" ? 0.5 : w === "quarter" ? 0.25 : 0);

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
    // "six pounds two", "6 lb 2 oz"
    const ounces = tokens[at]?.n?.[0] ?? 99;
    if (found.name === "lb" && ounces < 16 && Number.isInteger(ounces)) {
      const named = /^(?:oz|ounces?)$/.test(w(at + 1));
      if (named || unitAt(w(at + 1)) === undefined) {
        value = { ...value, values: value.values.map((n) => n + ounces / 16) };
        at += named ? 2 : 1;
      }
    }
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
    } else if (w(at) === "and" && fractionAt(w(at + 1) === "a" ? w(at + 2) : w(at + 1)) > 0) {
      // "an hour and a half", "a gram and a quarter", "a tablet and a half"
      const skip = w(at + 1) === "a" ? 2 : 1;
      const more = fractionAt(w(at + skip));
      const ofNext = unitAt(w(at + skip + 1)) !== undefined;
      if ((skip === 2 || w(at + skip) !== "0.5") && !ofNext) {
        value = { ...value, values: value.values.map((n) => n + more) };
        at += skip + 1;
      }
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
      if (between[0] === "," && (next.unit.class !== "time" || value.plural)) continue;
      // "one twelve six days": no span of two numbers.
      const a = value.values[0] ?? 0;
      const b = next.values[0] ?? 0;
      if (between.length === 0 && next.unit.class === "time" && (a > b || a > 60)) continue;
      value.unit = next.unit;
      value.age = next.age;
      value.time = next.time;
    }
  }
  return values;
}

/** A number in its class's base unit. */
export const inBase = (value: number, found: Unit | null): number => value * (found?.factor ?? 1);

export type { FrequencyValue, Unit, UnitClass };
