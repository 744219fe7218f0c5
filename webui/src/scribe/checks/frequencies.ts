/** How often: "twice a day", "every other week", "at bedtime", "three nights out of seven". */
import type { Token } from "./text.ts";
import { unitAt } from "./units.ts";

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

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
];

/** Taken with meals, whichever they are. */
export const MEALS = "meals";

const SLOTS: Record<string, string> = {
  bedtime: "night",
  hs: "night",
  night: "night",
  nights: "night",
  nightly: "night",
  evening: "evening",
  evenings: "evening",
  supper: "evening",
  dinner: "evening",
  dinnertime: "evening",
  suppertime: "evening",
  morning: "morning",
  mornings: "morning",
  breakfast: "morning",
  lunch: "noon",
  lunchtime: "noon",
  noon: "noon",
  midday: "noon",
  afternoon: "noon",
  afternoons: "noon",
  meal: MEALS,
  meals: MEALS,
  food: MEALS,
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
  fortnightly: 1 / 14,
  qwk: 1 / 7,
  weekdays: 5 / 7,
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
export const COUNTS: Record<string, number> = { once: 1, twice: 2, thrice: 3 };

/** Times of day told by what one does then. */
const OCCASIONS: [RegExp, string][] = [
  [
    /^(?:when|once|as soon as|after|before) (?:i|you|she|he|we|they) (?:first )?(?:wake|wakes|woke|get|gets|got) up\b/,
    "morning",
  ],
  [/^(?:when|once|after|before) (?:i|you|she|he|we|they) (?:rise|awake|awaken|wake)\b/, "morning"],
  [/^(?:on|upon|after) (?:waking|awakening|rising|arising|getting up)(?: up)?\b/, "morning"],
  [/^1 thing(?: in the morning)?\b/, "morning"],
  [/^(?:with|before|after) (?:the |my |your |her |his )?(?:coffee|morning meal)\b/, "morning"],
  [/^(?:before|at|for|near|by|towards?) (?:the |my )?bed\b/, "night"],
  [
    /^(?:before|when|as) (?:i|you|she|he|we|they) (?:go|goes|turn|turns|am going) (?:to (?:bed|sleep)|in)\b/,
    "night",
  ],
  [/^(?:before|at|for) (?:the |my |her |his |going to )?(?:sleep|sleeping|bedtime)\b/, "night"],
  [/^(?:last thing|end of the day)(?: at night)?\b/, "night"],
  [/^(?:with|before|after|at|around) (?:the |my |your )?(?:evening meal|tea)\b/, "evening"],
  [/^(?:with|before|after|at|around) (?:the |my |your )?(?:midday meal|noon meal)\b/, "noon"],
  [/^(?:when|whenever|every time|each time) (?:i|you|she|he|we|they) (?:eat|eats)\b/, MEALS],
];

const OCCASION_STARTS =
  /^(?:when|whenever|once|as|after|before|on|upon|1|with|at|for|near|by|towards?|last|end|around|every|each)$/;

/** What is told by an occasion: "when I wake up", "for bed", "each time she eats". */
function occasionAt(tokens: readonly Token[], i: number): { slot: string; length: number } | null {
  if (!OCCASION_STARTS.test(tokens[i]?.w ?? "")) return null;
  const words = tokens.slice(i, i + 7).map(({ w }) => w);
  const text = words.join(" ");
  for (const [pattern, slot] of OCCASIONS) {
    const found = pattern.exec(text);
    if (found) return { slot, length: found[0].split(" ").length };
  }
  return null;
}

/** Hours between doses that are said without "hours": "every twelve". */
const HOURS = new Set([3, 4, 6, 8, 12, 24, 48, 72]);

export function frequencyAt(tokens: readonly Token[], i: number): FrequencyValue | null {
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
  const occasion = occasionAt(tokens, i);
  if (occasion) return make([], occasion.length, [occasion.slot]);
  // "at eight and eight"; "two and two", alone
  const pairAlone =
    w(1) === "and" &&
    number(0) !== undefined &&
    number(0) === number(2) &&
    tokens[i]?.n !== undefined &&
    /^[.,?!;]?$/.test(w(3));
  if (
    pairAlone &&
    (tokens[i - 1]?.w === "at" ||
      ((number(0) ?? 9) <= 4 && /^[.,?!;]?$/.test(tokens[i - 1]?.w ?? "")))
  )
    return make([2], 3);
  // "a thousand one day and fifteen hundred the next"
  if (w(0) === "1" && w(1) === "day") {
    const next = tokens
      .slice(i + 2, i + 11)
      .findIndex(({ w }, k) => w === "the" && tokens[i + k + 3]?.w === "next");
    if (next >= 0) return make([1], 2);
  }
  // "the six month one", "a three month shot"
  const span = unitAt(w(1));
  if (
    tokens[i]?.n &&
    span?.class === "time" &&
    !/s$/.test(w(1)) &&
    /^(?:one|1|shot|injection|depot|dose|version|kind|implant|ring)$/.test(w(2))
  )
    return make([1 / ((number(0) ?? 1) * span.factor)], w(2) === "1" ? 3 : 2);
  if (w(0) === "if" && w(1) === "i" && (w(2) === "have" || w(2) === "need"))
    return make([], 4, [], true);
  if (w(0) === "when" && w(1) === "it" && (w(2) === "bad" || w(2) === "is"))
    return make([], 3, [], true);
  if (w(0) === "when" && /^(?:i|you|she|he)$/.test(w(1)) && w(2) === "need")
    return make([], 3, [], true);
  if (w(0) === "when" && w(1) === "i" && w(2) === "get" && w(3) === "up")
    return make([], 4, ["morning"]);
  if (Object.hasOwn(RATE_WORDS, w(0))) {
    // "The weekly dose", "a daily average": an amount over a time, not how often.
    if (/^(?:dose|doses|average|averages|total|amount|intake|sum|mean)$/.test(w(1))) return null;
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
    if (w(1) === "other" && WEEKDAYS.includes(w(2))) return make([1 / 14], 3);
    if (WEEKDAYS.includes(w(1))) return make([1 / 7], 2);
    // "every third morning"
    const nth = tokens[i + 1]?.ordinal ? tokens[i + 1]?.n?.[0] : undefined;
    if (nth !== undefined && period(2) !== undefined)
      return make([1 / (nth * (period(2) ?? 1))], 3, slot(2));
    if (/^(?:meal|meals)$/.test(w(1))) return make([3], 2, [MEALS]);
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
      const counts = [count, ...(two === undefined ? [] : [two])];
      if (w(at) === "h")
        return make(
          counts.map((n) => 24 / n),
          at + 1,
        );
      if (counts.every((n) => HOURS.has(n)) && (unitAt(w(at)) === undefined || w(0) === "q"))
        return make(
          counts.map((n) => 24 / n),
          at,
        );
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
    const times = /^(?:times?|x|doses|applications|treatments)$/.test(w(at));
    if (times) at++;
    // "two of those a day"
    if (w(at) === "of" && /^(?:them|those|these|that|it)$/.test(w(at + 1)) && count < 12) at += 2;
    if (
      /^(?:days|nights|mornings|times?)$/.test(w(times ? at - 1 : at)) &&
      /^(?:week|month)ly$/.test(w(times ? at : at + 1))
    ) {
      const end = times ? at : at + 1;
      return make(
        counts.map((n) => n / (PERIODS[w(end)] ?? 7)),
        end + 1,
        times ? [] : slot(at),
      );
    }
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
    if (days && w(at + 1) === "out" && w(at + 2) === "of" && number(at + 3) === 7)
      return make(
        counts.map((n) => n / 7),
        at + 4,
        slot(at),
      );
    const out = w(at) === "out" && w(at + 1) === "of" && w(at + 2) === "the";
    if (out && period(at + 3) !== undefined)
      return make(
        counts.map((n) => n / (period(at + 3) ?? 1)),
        at + 4,
      );
    const spoken = tokens[i]?.n === undefined;
    // "twenty a day", "fifty every morning": a dose, taken once.
    if (count > 12 && at === 1 && /^(?:a|each|every)$/.test(w(1)) && period(2) === 1) return null;
    // "66 a year ago": a value, and when it was.
    if (w(at + 2) === "ago") return null;
    if (/^(?:a|an|per|each|every|\/|in|on|at|the|this)$/.test(w(at))) {
      const skip = (w(at) === "in" || w(at) === "on") && /^(?:a|the)$/.test(w(at + 1)) ? 1 : 0;
      const each = period(at + 1 + skip);
      const plain =
        w(at) === "in" || w(at) === "on" || w(at) === "the" || w(at) === "at" || w(at) === "this";
      if (each !== undefined && (!plain || times || spoken)) {
        // "Ten a day": ten of them, or ten milligrams once.
        if (
          each === 1 &&
          at === 1 &&
          ((w(at) === "a" && count >= 5) || (/^(?:each|every)$/.test(w(at)) && !spoken))
        )
          return make([...counts.map((n) => n / each), 1], at + 2 + skip, slot(at + 1 + skip));
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
  const ahead = (w(0) === "ahead" && w(1) === "of") || (w(0) === "prior" && w(1) === "to") ? 1 : 0;
  if (
    ahead > 0 ||
    /^(?:at|in|before|after|with|for|during|of|around|about|by|between)$/.test(w(0))
  ) {
    const skip =
      ahead + (/^(?:the|my|your|her|his|their|each|every|a|any)$/.test(w(1 + ahead)) ? 1 : 0);
    if (Object.hasOwn(SLOTS, w(1 + skip)) && !(w(0) === "of" || w(0) === "for")) {
      return make(
        skip > ahead && /^(?:each|every)$/.test(w(skip)) && w(1 + skip) === "meal" ? [3] : [],
        2 + skip,
        slot(1 + skip),
      );
    }
    return null;
  }
  // "the morning one"
  if (
    Object.hasOwn(SLOTS, w(0)) &&
    /^(?:the|your|that)$/.test(tokens[i - 1]?.w ?? "") &&
    /^(?:1|dose|pill|tablet)$/.test(w(1))
  )
    return make([], 1, slot(0));
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
