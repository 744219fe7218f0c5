/**
 * Circumstances that values are told with: sitting or standing, at rest or walking, before or after,
 * at birth or today. A value of one circumstance is wrong for another.
 */
import type { Segment } from "./segment.ts";
import { isPunctuation } from "./text.ts";

/** Circumstances that exclude one another, by the words (stems of words, whole words with $). */
const GROUPS: Record<string, RegExp>[] = [
  {
    resting: /^(?:sit|sitting|sat|seated|rest|resting|rested)$/,
    standing: /^(?:standing|stand|stood|stands|upright)$/,
    lying: /^(?:lying|laying|supine|recumbent|flat)$/,
    exerting: /^(?:walk|walked|walking|walks|exert\w*|exercis\w*|ambulat\w*|stairs|activity)$/,
  },
  {
    arriving: /^(?:arrival|arriving|arrived|came|admission|predialysis)$/,
    leaving: /^(?:left|leaving|discharge|went|postdialysis)$/,
    dry: /^(?:dry|target)$/,
  },
  { birth: /^(?:birth|born)$/, today: /^(?:today|now|current|currently)$/ },
  { pre: /^(?:pre|before|predialysis|preop)$/, post: /^(?:post|after|postdialysis|postop)$/ },
  { fasting: /^(?:fasting|fasted|morning)$/, fed: /^(?:postprandial|meals?|lunch|supper|dinner)$/ },
];

/** The circumstances in the value's own clause, one for each group that is told. */
export function circumstancesOf(
  { tokens, values }: Segment,
  value: { from: number; to: number },
): (string | null)[] {
  let from = value.from;
  const isNumber = (i: number): boolean =>
    values.some(
      (other) =>
        (other.kind === "number" || other.kind === "pair") &&
        other.from !== value.from &&
        i >= other.from &&
        i < other.to,
    );
  const ends = (i: number): boolean => {
    const w = tokens[i]?.w ?? ".";
    return isPunctuation(w) || w === "and" || w === "but" || w === "then" || isNumber(i);
  };
  while (from > 0 && !ends(from - 1)) from--;
  let to = value.to;
  while (to < tokens.length && !ends(to)) to++;
  const words = tokens.slice(from, to).map(({ w }) => w);
  return GROUPS.map((group) => {
    const told = Object.entries(group).filter(([, pattern]) => words.some((w) => pattern.test(w)));
    return told.length === 1 ? (told[0]?.[0] ?? null) : null;
  });
}

/**
 * The circumstance of the talk's values where it is another than the note's, and some rival value
 * of the talk has the note's; else null.
 */
export function otherCircumstance(
  note: readonly (string | null)[],
  fitting: readonly (readonly (string | null)[])[],
  rivals: readonly (readonly (string | null)[])[],
): string | null {
  for (const [k, mine] of note.entries()) {
    if (mine === null || fitting.length === 0) continue;
    const theirs = fitting.map((each) => each[k] ?? null);
    if (theirs.every((each) => each !== null && each !== mine)) {
      if (rivals.some((each) => each[k] === mine)) return theirs[0] ?? null;
    }
  }
  return null;
}
