/** Where the talk holds the words of a finding that no list names. */
import { stem } from "./text.ts";
import type { Reading } from "./claim.ts";
import { every } from "./claims-words.ts";
import { type Mention, PATIENT, type Segment } from "./segment.ts";

/** Turns that hold all content words of a phrase, or of the stems it is made of. */
export function wordTurns({ talk, own }: Reading, mention: Mention): number[] {
  const words = own.stems
    .slice(mention.from, mention.to)
    .filter((word) => word.length > 2 && !STOP.has(word));
  if (words.length === 0) return [];
  if (mention.person !== PATIENT) {
    // "Any cancer in the family?" – "My mother, ovarian."
    return talk.segments
      .filter(
        ({ index, stems }) =>
          words.every(
            (word) =>
              stems.includes(word) ||
              (talk.segments[index - 1]?.stems.includes(word) ?? false) ||
              (talk.segments[index - 2]?.stems.includes(word) ?? false),
          ) && words.some((word) => stems.includes(word)),
      )
      .map(({ index }) => index);
  }
  if (words.length >= 3) {
    const most = talk.segments.filter(
      ({ stems, negated }) =>
        words.filter(
          (word) => stems.includes(word) && (mention.negated || !negated[stems.indexOf(word)]),
        ).length >=
        words.length * 0.7,
    );
    if (most.length > 0) return most.map(({ index }) => index);
  }
  // "Ovarian" is heard in "ovary".
  const places = own.parts.filter(({ from, to }) => from >= mention.from && to <= mention.to);
  const heard = (segment: Segment, word: string): boolean =>
    segment.stems.includes(word) ||
    places.some(
      (place) =>
        own.stems.slice(place.from, place.to).includes(word) &&
        segment.parts.some(({ name }) => name === place.name),
    );
  const guarded = (segment: Segment): boolean =>
    segment.stems.some(
      (word, k) =>
        word === words.at(-1) && /^(?:vaccin|shot|booster)/.test(segment.stems[k + 1] ?? ""),
    );
  return talk.segments
    .filter((segment) => words.every((word) => heard(segment, word)) && !guarded(segment))
    .filter(
      (segment) =>
        mention.negated || !words.every((word) => segment.negated[segment.stems.indexOf(word)]),
    )
    .map(({ index }) => index);
}

/** Words of a diagnosis that many others have too. */
const GENERAL =
  /^(?:disease|diseases|syndrome|disorder|infection|injury|cancer|carcinoma|acute|chronic|severe|mild|history|pain|tear|deficiency|failure|type|primary|secondary|upper|lower|left|right|heart|blood|pressure|high|low|lung|skin|personal|malignant|stage|surgery|positive|negative|test)$/;

/** Turns that name the particular part of a diagnosis: "sickle" crises, sun "keratoses". */
export function kinTurns({ talk, own }: Reading, mention: Mention): number[] {
  const words = own.tokens
    .slice(mention.from, mention.to)
    .map(({ w }, k) => ({ w, word: own.stems[mention.from + k] ?? "" }))
    .filter(({ w, word }) => word.length >= 5 && !GENERAL.test(w));
  if (words.length === 0) return [];
  const known = words
    .map(({ word }) =>
      (talk.turnsOf.get(word) ?? []).filter(
        (turn) =>
          !every(talk.segments[turn] as Segment, word, (each, k) => each.negated[k] ?? false),
      ),
    )
    .filter((turns) => turns.length > 0);
  return known.length * 2 >= words.length ? known.flat() : [];
}

const STOP = new Set(
  ["the", "and", "with", "for", "any", "not", "has", "had", "her", "his"].map(stem),
);
