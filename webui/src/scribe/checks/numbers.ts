/** Numbers as they are said: "one forty eight", "point five", "a hundred and twelve", "twenty nineteen". */
import type { Token } from "./text.ts";

const ONES: Record<string, number> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
};
const TEENS: Record<string, number> = {
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
};
const TENS: Record<string, number> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fourty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const ORDINALS: Record<string, number> = {
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  seventh: 7,
  eighth: 8,
  ninth: 9,
  tenth: 10,
  eleventh: 11,
  twelfth: 12,
  thirteenth: 13,
  fourteenth: 14,
  fifteenth: 15,
  sixteenth: 16,
  seventeenth: 17,
  eighteenth: 18,
  nineteenth: 19,
  twentieth: 20,
  thirtieth: 30,
};
const ROMAN: Record<string, number> = { i: 1, ii: 2, iii: 3, iv: 4, v: 5 };
const BEFORE_ROMAN = new Set(["stage", "grade", "type", "class", "phase", "nyha"]);
/** Number words in the plural, as strengths and decades are told: "the twenty fives", "her fifties". */
const SINGULARS: Record<string, string> = Object.fromEntries([
  ...[...Object.keys(ONES), ...Object.keys(TEENS)]
    .filter((word) => word !== "zero" && word !== "one")
    .map((word) => [word.endsWith("x") ? `${word}es` : `${word}s`, word]),
  ...Object.keys(TENS).map((word) => [word.replace(/y$/, "ies"), word]),
  ["hundreds", "hundred"],
  ["thousands", "thousand"],
]) as Record<string, string>;

const own = <T>(table: Record<string, T>, w: string): T | undefined =>
  Object.hasOwn(table, w) ? table[w] : undefined;

/** What a small number before it counts by itself. */
const COUNTED =
  /^(?:times?|tablets?|pills?|capsules?|tabs|puffs?|sprays?|drops?|days?|nights?|mornings?)$/;
/** What a quarter is taken of. */
const QUARTERED =
  /^(?:milligrams?|mgs?|grams?|g|tablets?|tabs?|pills?|mils?|ml|milliliters?|teaspoons?|inch)$/;

interface Group {
  value: number;
  /** Tokens taken. */
  length: number;
  kind: "digits" | "one" | "teen" | "tens";
}

/** A number under a hundred, or digits, at a token. */
function group(tokens: Token[], i: number): Group | null {
  const token = tokens[i];
  if (!token) return null;
  if (token.n) return token.ordinal ? null : { value: token.n[0] ?? 0, length: 1, kind: "digits" };
  const teen = own(TEENS, token.w);
  if (teen !== undefined) return { value: teen, length: 1, kind: "teen" };
  const tens = own(TENS, token.w);
  if (tens !== undefined) {
    const one = own(ONES, tokens[i + 1]?.w ?? "");
    const times = one !== undefined && one <= 4 && COUNTED.test(tokens[i + 2]?.w ?? "");
    if (one !== undefined && one > 0 && !times)
      return { value: tens + one, length: 2, kind: "tens" };
    return { value: tens, length: 1, kind: "tens" };
  }
  const one = own(ONES, token.w);
  return one === undefined ? null : { value: one, length: 1, kind: "one" };
}

const isTwoDigits = (found: Group | null): found is Group =>
  found !== null && (found.kind === "teen" || found.kind === "tens");

interface Reading {
  values: number[];
  length: number;
  ordinal?: boolean;
  plural?: boolean;
}

/** The number that begins at a token, with its other readings. */
function read(tokens: Token[], i: number): Reading | null {
  const w = tokens[i]?.w ?? "";
  const plural = readPlural(tokens, i);
  if (plural) return plural;
  const quarter = readQuarter(tokens, i);
  if (quarter) return quarter;
  const ordinal = readOrdinal(tokens, i);
  if (ordinal) return ordinal;
  if (w === "point" || w === "oh" || w === ".") return readPoint(tokens, i, [0], 0);
  if (
    (w === "a" || w === "an") &&
    /^(?:hundred|thousand|couple|dozen)$/.test(tokens[i + 1]?.w ?? "")
  ) {
    if (tokens[i + 1]?.w === "couple") return { values: [2], length: 2 };
    if (tokens[i + 1]?.w === "dozen") return { values: [12], length: 2 };
    return scaled(tokens, i, 1, 1);
  }
  if (w === "couple") return { values: [2], length: 1 };
  if (w === "half") {
    const skip = tokens[i + 1]?.w === "a" || tokens[i + 1]?.w === "an" ? 2 : 1;
    return { values: [0.5], length: skip };
  }
  if (w === "hundred") return scaled(tokens, i, 1, 0);
  const first = group(tokens, i);
  if (!first) return null;
  const after = tokens[i + first.length]?.w ?? "";
  if (after === "hundred" || after === "thousand" || after === "million") {
    return scaled(tokens, i, first.value, first.length);
  }
  const joined = first.kind === "digits" ? null : concatenated(tokens, i, first);
  if (joined) return readPoint(tokens, i, joined.values, joined.length) ?? joined;
  return (
    readPoint(tokens, i, [first.value], first.length) ?? {
      values: [first.value],
      length: first.length,
    }
  );
}

/** "the tens", "one fifties", "two hundreds": a number whose last word is plural. */
function readPlural(tokens: Token[], i: number): Reading | null {
  for (let k = 0; k <= 3; k++) {
    const token = tokens[i + k];
    const singular = own(SINGULARS, token?.w ?? "");
    if (token && singular !== undefined) {
      const words = [...tokens.slice(i, i + k), { ...token, w: singular }];
      const before = own(ONES, tokens[i]?.w ?? "");
      // "two twenties" are two of twenty, rather than the strength 220.
      if (k === 1 && before !== undefined && before > 1 && own(TENS, singular) !== undefined)
        return null;
      if (singular === "ten" && k > 0) return null;
      const found = read(words, 0);
      if (!found || found.length !== k + 1 || found.ordinal) return null;
      const last = own(ONES, tokens[i - 1]?.w ?? "") ?? 0;
      const tens = own(TENS, singular) ?? 0;
      const values = k === 0 && last > 1 && tens > 0 ? [tens, last * 100 + tens] : found.values;
      return { values, length: k + 1, plural: true };
    }
    if (!token || !isNumberWord(token.w)) return null;
  }
  return null;
}

const isNumberWord = (w: string): boolean =>
  [ONES, TEENS, TENS].some((table) => Object.hasOwn(table, w)) ||
  /^(?:a|hundred|thousand|point|oh|and|half)$/.test(w);

/** "a quarter milligram", "a quarter of a tablet", "three quarters of a pill". */
function readQuarter(tokens: Token[], i: number): Reading | null {
  const w = (k: number): string => tokens[i + k]?.w ?? "";
  const start = /^(?:a|three)$/.test(w(0)) ? 1 : 0;
  if (w(start) !== (w(0) === "three" ? "quarters" : "quarter")) return null;
  let at = start + 1;
  const end = at;
  if (w(at) === "of") at++;
  if (/^(?:an?|the|your|his|her)$/.test(w(at))) at++;
  if (!QUARTERED.test(w(at))) return null;
  return { values: [w(0) === "three" ? 0.75 : 0.25], length: w(end) === "of" ? at : end };
}

function readOrdinal(tokens: Token[], i: number): Reading | null {
  const token = tokens[i];
  const plain = own(ORDINALS, token?.w ?? "");
  if (plain !== undefined) return { values: [plain], length: 1, ordinal: true };
  const tens = own(TENS, token?.w ?? "");
  const after = own(ORDINALS, tokens[i + 1]?.w ?? "");
  if (tens !== undefined && after !== undefined && after < 10) {
    return { values: [tens + after], length: 2, ordinal: true };
  }
  // "19th", "120s": digits with letters right behind them.
  const next = tokens[i + 1];
  if (token?.n && next && next.start === token.end) {
    if (/^(?:st|nd|rd|th)$/.test(next.w)) return { values: token.n, length: 2, ordinal: true };
    if (next.w === "s") return { values: token.n, length: 2, plural: true };
  }
  return null;
}

/** "one forty eight", "seven fifty", "two oh one", "one oh two four", "twenty nineteen". */
function concatenated(tokens: Token[], i: number, first: Group): Reading | null {
  const at = i + first.length;
  const next = group(tokens, at);
  if (first.kind === "one" && first.value > 0) {
    if (tokens[at]?.w === "oh" || tokens[at]?.w === "zero") {
      const last = group(tokens, at + 1);
      if (last?.kind !== "one") return null;
      const value = first.value * 100 + last.value;
      const tenth = group(tokens, at + 2);
      if (tenth?.kind === "one") {
        const length = first.length + 3;
        return { values: [value + tenth.value / 10, value * 10 + tenth.value], length };
      }
      return { values: [value], length: first.length + 2 };
    }
    if (isTwoDigits(next)) {
      return { values: [first.value * 100 + next.value], length: first.length + next.length };
    }
    return null;
  }
  if (isTwoDigits(next) && isTwoDigits(first)) {
    const length = first.length + next.length;
    if (first.value === 19 || (first.value === 20 && next.value < 40)) {
      return { values: [first.value * 100 + next.value, first.value, next.value], length };
    }
    if (first.kind === "teen") return { values: [first.value * 100 + next.value], length };
    return null;
  }
  if (first.value === 20 && tokens[at]?.w === "oh") {
    const last = group(tokens, at + 1);
    if (last?.kind === "one") return { values: [2000 + last.value], length: first.length + 2 };
  }
  // A temperature: "thirty eight nine", "ninety eight six".
  const warm = (first.value >= 34 && first.value <= 42) || (first.value >= 93 && first.value <= 99);
  if (warm && next?.kind === "one" && first.length + next.length === 3) {
    return { values: [first.value + next.value / 10, first.value], length: 3 };
  }
  return null;
}

/** Hundreds, thousands and what is added to them. `length` tokens of the count are taken. */
function scaled(tokens: Token[], i: number, count: number, length: number): Reading {
  let total = 0;
  let part = count;
  let at = i + length;
  for (;;) {
    const w = tokens[at]?.w;
    if (w === "hundred") {
      part *= 100;
      at++;
    } else if (w === "thousand" || w === "million") {
      total += part * (w === "thousand" ? 1000 : 1_000_000);
      part = 0;
      at++;
    } else break;
    const and = tokens[at]?.w === "and" ? 1 : 0;
    const small = group(tokens, at + and);
    // "three hundred three times a day", "five hundred two tablets"
    if (and === 0 && small && COUNTED.test(tokens[at + small.length]?.w ?? "")) break;
    if (small && small.kind !== "digits" && small.value < 100) {
      const after = tokens[at + and + small.length]?.w;
      if (part >= 100 && (after === "hundred" || after === "thousand") && and === 0) break;
      part += small.value;
      at += and + small.length;
      if (tokens[at]?.w === "hundred" && part < 100) continue;
      if (tokens[at]?.w === "thousand" && total === 0) continue;
    } else if (and === 0 && (tokens[at]?.w === "hundred" || tokens[at]?.w === "thousand")) continue;
    break;
  }
  const value = total + part;
  const taken = at - i;
  const temp = group(tokens, at);
  const counts = COUNTED.test(tokens[at + (temp?.length ?? 0)]?.w ?? "");
  if (value >= 100 && value <= 106 && temp?.kind === "one" && !counts) {
    return { values: [value + temp.value / 10, value], length: taken + temp.length };
  }
  return readPoint(tokens, i, [value], taken) ?? { values: [value], length: taken };
}

/** "point five", "seven point eight", "twelve and a half". */
function readPoint(tokens: Token[], i: number, values: number[], length: number): Reading | null {
  let at = i + length;
  if (length === 0 && tokens[at]?.w === "oh" && tokens[at + 1]?.w === "point") at++;
  const base = values[0] ?? 0;
  if (tokens[at]?.w === "point") {
    let digits = "";
    let to = at + 1;
    for (;;) {
      const found = group(tokens, to);
      if (!found && tokens[to]?.w === "oh") {
        digits += "0";
        to++;
        continue;
      }
      if (!found || !Number.isInteger(found.value) || digits.length >= 4) break;
      digits += String(found.value);
      to += found.length;
      if (found.kind !== "one") break;
    }
    if (digits !== "") return { values: [Number(`${base}.${digits}`)], length: to - i };
  }
  if (length > 0 && tokens[at]?.w === "and" && tokens[at + 1]?.w === "a") {
    if (tokens[at + 2]?.w === "half") return { values: [base + 0.5], length: length + 3 };
    if (tokens[at + 2]?.w === "quarter") return { values: [base + 0.25], length: length + 3 };
  }
  return null;
}

/** Number words and digits, merged into one token each. */
export function mergeNumbers(tokens: Token[]): Token[] {
  const merged: Token[] = [];
  for (let i = 0; i < tokens.length;) {
    const token = tokens[i] as Token;
    const before = merged.at(-1)?.w ?? "";
    const roman = BEFORE_ROMAN.has(before) ? /^(i{1,3}|iv|v)([abc]?)$/.exec(token.w) : null;
    if (roman) {
      const value = own(ROMAN, roman[1] ?? "") ?? 0;
      merged.push({
        ...token,
        w: String(value),
        n: [value],
        ...(roman[2] && { letter: roman[2] }),
      });
      i++;
      continue;
    }
    const found = read(tokens, i);
    if (!found || found.length === 0) {
      merged.push(token);
      i++;
      continue;
    }
    const last = tokens[i + found.length - 1] ?? token;
    // "ninety seven . one": a point that a transcriber wrote as a full stop.
    const tenth = own(ONES, tokens[i + found.length + 1]?.w ?? "");
    if (tokens[i + found.length]?.w === "." && tenth !== undefined && !token.n && !found.ordinal) {
      const whole = found.values[0] ?? 0;
      if (Number.isInteger(whole)) found.values = [...found.values, Number(`${whole}.${tenth}`)];
    }
    const number: Token = {
      w: String(found.values[0]),
      start: token.start,
      end: last.end,
      n: found.values,
      ...(found.ordinal && { ordinal: true }),
      ...(found.plural && { plural: true }),
    };
    i += found.length;
    // "three b kidney disease", "3b".
    const letter = tokens[i];
    if (letter && /^[abc]$/.test(letter.w) && (found.values[0] ?? 9) <= 4) {
      const tight = letter.start === last.end;
      if (tight || letter.w !== "a") {
        number.letter = letter.w;
        i++;
      }
    }
    merged.push(number);
  }
  // "eleven two" may be 11.2: a second reading of the first number, which stays apart from the next.
  merged.forEach((token, k) => {
    const next = merged[k + 1];
    const whole = token.n?.[0] ?? 0;
    const tenth = next?.n?.[0] ?? 10;
    const spoken = token.n?.length === 1 && token.end - token.start > 2 && !token.ordinal;
    if (!spoken || !next?.n || next.ordinal || tenth > 9 || !Number.isInteger(tenth)) return;
    if (whole < 200 && whole > 0 && Number.isInteger(whole))
      token.n = [whole, Number(`${whole}.${tenth}`)];
  });
  // "three to four hundred": the first is counted in hundreds too.
  merged.forEach((token, k) => {
    const scale = merged[k + 2]?.n?.[0] ?? 0;
    const small = token.n?.[0] ?? 0;
    if (!token.n || !/^(?:to|or)$/.test(merged[k + 1]?.w ?? "") || small >= 10 || small < 1) return;
    const unit =
      scale >= 1000 && scale % 1000 === 0 ? 1000 : scale >= 100 && scale % 100 === 0 ? 100 : 0;
    if (unit > 0) token.n = [...token.n, small * unit];
  });
  return merged;
}
