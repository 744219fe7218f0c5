/** Claims about how often a drug is taken. */
import { type Reading, supported, turnsOfMentions, unsupported, wordsOf } from "./claim.ts";
import { type FrequencyValue, MEALS } from "./frequencies.ts";
import { isRelative } from "./people.ts";
import { hasType, type Located, type Mention, PATIENT, type Segment } from "./segment.ts";
import { bindTo, drugNames } from "./talk.ts";
import type { Claim } from "./types.ts";
import type { NumberValue } from "./values.ts";

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
  // "Morning and night": twice.
  for (const segment of near) {
    const timed = said.filter(
      (other) =>
        other.segment === segment.index &&
        other.rates.length === 0 &&
        !other.withdrawn &&
        other.slots.some((slot) => slot !== MEALS),
    );
    const slots = [...new Set(timed.flatMap((other) => other.slots))];
    const [first] = timed;
    if (first && timed.length === slots.length && slots.length >= 2 && isListed(segment, timed))
      said.push({ ...first, rates: [slots.length], slots });
  }
  if (value.asNeeded && value.rates.length === 0 && value.slots.length === 0) {
    const needed = near.filter((segment) => tellsNeed(segment, mentions));
    if (needed.length > 0)
      return supported(
        "frequency",
        label,
        needed.map(({ index }) => index),
      );
  }
  // A drug whose times nobody named is taken daily.
  if (
    said.length === 0 &&
    value.rates.length === 1 &&
    value.rates[0] === 1 &&
    value.slots.length === 0
  )
    return null;
  // What is done now is what the patient says of it; the doctor may advise otherwise.
  const now = /\b(?:currently|uses|using|takes|taking|has been)\b/i.test(reading.text);
  const own = said.filter(
    (other) =>
      (other.rates.length > 0 || other.slots.length > 0) &&
      isTold(talk.segments[other.segment]?.speaker ?? ""),
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

const isTold = (speaker: string): boolean => speaker === PATIENT || isRelative(speaker);

/** "breakfast and supper": times of day, one straight after the other. */
const isListed = ({ tokens }: Segment, times: readonly { from: number; to: number }[]): boolean =>
  times
    .slice(1)
    .every(({ from }, k) =>
      tokens
        .slice(times[k]?.to ?? 0, from)
        .every(({ w }) => /^(?:and|,|then|1|one|with|at|in|the)$/.test(w)),
    );

const NEED =
  /\b(?:(?:when|whenever|if|only|unless) (?:it|i|you|he|she|they|the|that|things?|my|your|really|there|needed)|up to|at most|no more than|now and then|occasionally|sometimes|for the (?:pain|ache|aches|cramps|headaches?|itch|nausea|cough|wheeze|fever)|rescue|once in a while|bad days?|when i am|on hand)\b/;

/** Whether a turn that names the drug, or one that answers it, tells a need: "when it hurts". */
function tellsNeed({ index, tokens }: Segment, drugs: readonly Mention[]): boolean {
  if (!drugs.some(({ segment }) => index >= segment && index <= segment + 2)) return false;
  const at = Math.max(
    0,
    ...drugs.filter(({ segment }) => segment === index).map(({ from }) => from - 14),
  );
  return NEED.test(
    tokens
      .slice(at, at + 44)
      .map(({ w }) => w)
      .join(" "),
  );
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
