/** Claims in words that no list holds: denied by one text and affirmed by the other. */
import { type Reading, unsupported } from "./claim.ts";
import { type Segment, sentenceAt } from "./segment.ts";
import type { Claim } from "./types.ts";

const NEGATED =
  /\b(?:no|not|without|denies|denied|never|none|unable|stop|stopped|cut|quit|limit\w*|less|reduc\w*|avoid\w*|off|negative|removed|lack|rather|instead|refus\w*|declin\w*|cannot|can't|\w*n't|hold|free|nor|neither|absent|rule|other|if|should|recommend\w*|advise\w*|discuss\w*|will|would|encourag\w*|continue|plan|understand\w*|agree\w*|normal|intact|unremarkable|stable|clear)\b/i;

const ADVICE =
  /\b(?:counsel\w*|advis\w*|discuss\w*|educat\w*|recommend\w*|instruct\w*|encourag\w*)\b/i;

/** What the talk denies and the note affirms, in words that no list holds. */
export function deniedWordClaims(reading: Reading): Claim[] {
  const { own, talk, text } = reading;
  const soft = NEGATED.test(text);
  const claims: Claim[] = [];
  own.stems.forEach((word, i) => {
    const w = own.tokens[i]?.w ?? "";
    if (!isContent(own, i)) return;
    const turns = talk.turnsOf.get(word) ?? [];
    if (turns.length === 0 || turns.length > 3) return;
    const direct = turns.every((turn) =>
      every(talk.segments[turn] as Segment, word, (segment, k) => isDenied(segment, k)),
    );
    const answered = turns.every((turn) =>
      every(
        talk.segments[turn] as Segment,
        word,
        (segment, k) => isDenied(segment, k) || isAnsweredNo(talk.segments, segment, k),
      ),
    );
    const strict =
      !/\b(?:no|not|without|denies|denied|never|none|unable|stop\w*|cut|quit|limit\w*|less|reduc\w*|avoid\w*|off|negative|removed|lack|rather|instead|refus\w*|declin\w*|cannot|can't|\w*n't|hold|free|nor|neither|absent|rule|other)\b/i.test(
        text,
      );
    if (
      (direct && strict && !ADVICE.test(text)) ||
      (answered &&
        !/(?:ing|ed)$/.test(w) &&
        !soft &&
        /\b(?:reports|endorses|admits|has|had|positive|complains|present|states|experienc\w*|notes)\b/i.test(
          text,
        ))
    ) {
      claims.push(unsupported("negation", w, "major", `the transcript denies "${w}"`, turns));
    }
  });
  return claims.slice(0, 1);
}

export const every = (
  segment: Segment,
  word: string,
  holds: (segment: Segment, k: number) => boolean,
): boolean => segment.stems.every((other, k) => other !== word || holds(segment, k));

/** A word that tells something, and that no mention covers. */
function isContent(own: Segment, i: number): boolean {
  const w = own.tokens[i]?.w ?? "";
  if (w.length < 4 || !/^[a-z]+$/.test(w) || COMMON.has(w)) return false;
  return (
    !own.mentions.some(({ from, to }) => i >= from && i < to) &&
    !own.values.some(({ from, to }) => i >= from && i < to)
  );
}

/** Directly under "no" or "not". */
function isDenied(segment: Segment, k: number): boolean {
  const sentence = sentenceAt(segment, k);
  const before = segment.tokens.slice(Math.max(sentence.from, k - 3), k).map(({ w }) => w);
  if (before.includes("not") && /^(?:the|on|a|any)$/.test(before.at(-1) ?? "")) return true;
  if (before.at(-1) === "no") return true;
  return sentence.question && before.includes("not");
}

/** Asked about, and answered with a plain no. */
function isAnsweredNo(segments: readonly Segment[], segment: Segment, k: number): boolean {
  const sentence = sentenceAt(segment, k);
  const next = segments[segment.index + 1];
  if (!sentence.question || next?.answer !== "no" || next.tokens.length > 8) return false;
  return segment.tokens
    .slice(sentence.from, k)
    .some(({ w }) => /^(?:any|have|has|do|does|did|ever)$/.test(w));
}

/** What the note denies and the talk affirms, in words that no list holds. */
export function affirmedWordClaims(reading: Reading): Claim[] {
  const { own, talk, text } = reading;
  const cue = own.tokens.findIndex(({ w }) => w === "denies" || w === "denied" || w === "never");
  if (
    cue < 0 ||
    /\b(?:other|further|additional|recent|prior|but|however|except|although)\b/i.test(text)
  )
    return [];
  if (own.mentions.some(({ from, negated }) => from > cue && negated)) return [];
  const words = [
    ...new Set(
      own.stems.filter((_, i) => i > cue && isContent(own, i) && (own.negated[i] ?? false)),
    ),
  ];
  if (words.length < 2) return [];
  const turns = talk.segments.filter((segment) => {
    const at = words.map((word) => segment.stems.indexOf(word));
    if (at.filter((k) => k >= 0).length < Math.max(2, Math.ceil(words.length * 0.6))) return false;
    return at.every((k) => k < 0 || (!segment.negated[k] && !sentenceAt(segment, k).question));
  });
  const asked = talk.segments.some((segment) =>
    segment.stems.some(
      (word, k) =>
        words.includes(word) &&
        (segment.negated[k] ||
          (sentenceAt(segment, k).question && talk.segments[segment.index + 1]?.answer === "no")),
    ),
  );
  if (turns.length === 0 || asked) return [];
  return [
    unsupported(
      "negation",
      own.tokens
        .slice(cue)
        .map(({ w }) => w)
        .join(" "),
      "major",
      "the transcript says what the note denies",
      turns.map(({ index }) => index),
    ),
  ];
}

const COMMON = new Set([
  "follow",
  "same",
  "lasting",
  "patient",
  "will",
  "with",
  "have",
  "been",
  "that",
  "this",
  "from",
  "they",
  "take",
  "takes",
  "taken",
  "time",
  "today",
  "visit",
  "about",
  "after",
  "before",
  "during",
  "reports",
  "states",
  "notes",
  "used",
  "uses",
  "using",
  "well",
  "does",
  "doing",
  "other",
  "more",
  "most",
  "some",
  "also",
  "pain",
  "help",
  "helps",
  "need",
  "needs",
  "want",
  "wants",
  "feel",
  "feels",
  "work",
  "works",
  "better",
  "worse",
  "significant",
  "problem",
  "problems",
  "issue",
  "issues",
  "symptoms",
  "concern",
  "concerns",
  "question",
  "questions",
  "change",
  "changes",
  "going",
  "able",
  "medication",
  "medications",
  "history",
  "past",
  "years",
  "year",
  "weeks",
  "week",
  "days",
  "months",
  "like",
  "good",
  "sure",
  "think",
  "know",
  "said",
  "says",
  "right",
  "left",
  "trouble",
  "difficulty",
  "evidence",
  "further",
  "recent",
  "recently",
  "longer",
  "shortness",
  "breath",
  "which",
  "there",
  "their",
  "would",
  "could",
  "should",
  "lower",
  "upper",
  "family",
  "currently",
  "long",
  "hard",
  "much",
  "many",
  "very",
  "full",
  "great",
  "least",
  "bring",
  "given",
  "done",
  "came",
  "come",
  "back",
  "again",
  "little",
  "really",
  "only",
  "just",
  "even",
  "over",
  "into",
  "while",
  "since",
  "when",
  "what",
  "where",
  "because",
  "anything",
  "everything",
  "something",
  "nothing",
]);
