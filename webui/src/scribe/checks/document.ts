/**
 * A text as typed mentions: concepts, values, sides and people, each with its place and its context
 * (negated, asked, uncertain, withdrawn, of whom). The same reading serves transcript and note.
 */
import { amend } from "./amended.ts";
import {
  answerOf,
  answerQuestions,
  markShortQuestion,
  markUnmarkedQuestion,
  shareAcross,
} from "./answers.ts";
import { correctAcross, markTimes, spreadDenied, withdrawInside } from "./corrections.ts";
import cues from "./cues.json" with { type: "json" };
import { lexicon, type Concept, type Hit } from "./lexicon.ts";
import { markNegation, phrases, postNegation, uncertainAt } from "./negation.ts";
import { markOwners, markPeople } from "./people.ts";
import { type Mention, PATIENT, type Segment, sentenceAt } from "./segment.ts";
import { splitSentences } from "./sentences.ts";
import { findSides, resolveOther } from "./sides.ts";
import { markStopped } from "./stopped.ts";
import { stem, tokenize } from "./text.ts";
import { findValues } from "./values.ts";

const CEASED = phrases(cues.ceased);

/** One piece of text, not yet joined with its neighbours. */
export function readSegment(
  index: number,
  speaker: string,
  text: string,
  whose = PATIENT,
): Segment {
  const tokens = tokenize(text);
  const stems = tokens.map(({ w }) => stem(w));
  const known = lexicon();
  const sentences = splitSentences(tokens);
  const segment: Segment = {
    index,
    speaker,
    tokens,
    stems,
    sentences,
    mentions: [],
    parts: [],
    relatives: [],
    values: [],
    sides: [],
    negated: new Array<boolean>(tokens.length).fill(false),
    answer: "",
    person: new Array<string>(tokens.length).fill(whose),
  };
  segment.parts = known
    .find(tokens, stems, "part")
    .flatMap(({ concepts, from, to }) => concepts.map(({ name }) => ({ name, from, to })));
  segment.relatives = known
    .find(tokens, stems, "relative")
    .map(({ concepts, from, to }) => ({ name: concepts[0]?.name ?? "family", from, to }));
  markNegation(segment);
  markPeople(segment);
  for (const hit of known.find(tokens, stems, "main")) {
    const concepts = hit.concepts.filter((concept) => fits(concept, segment, hit.from, hit.to));
    if (concepts.length === 0) continue;
    segment.mentions.push(mentionOf(segment, concepts, hit));
  }
  for (const hit of known.find(tokens, stems, "allergen")) {
    segment.mentions.push(mentionOf(segment, hit.concepts, hit));
  }
  segment.mentions.sort((a, b) => a.from - b.from || b.to - a.to);
  markOwners(segment);
  segment.values = findValues(tokens).map((value) => ({
    ...value,
    segment: index,
    withdrawn: false,
    old: false,
    target: false,
    asked: false,
    person: segment.person[value.from] ?? PATIENT,
  }));
  segment.sides = findSides(segment);
  segment.answer = answerOf(segment);
  markTimes(segment);
  spreadDenied(segment);
  withdrawInside(segment);
  return segment;
}

/** Whether a phrase has the sense that the lexicon gives it. */
function fits(concept: Concept, { tokens }: Segment, from: number, to: number): boolean {
  const word = tokens[from]?.w ?? "";
  if (
    word === "depression" &&
    /^(?:st|pr|segment|respiratory|marrow|bone)$/.test(tokens[from - 1]?.w ?? "")
  )
    return false;
  if (to - from === 1) {
    // Words whose everyday sense is commoner.
    if (word === "fit" || word === "fits") return false;
    if (word === "us" || word === "pr" || word === "er" || word === "va")
      return (
        concept.type === "test" && /^(?:positive|negative|shows?|showed)$/.test(tokens[to]?.w ?? "")
      );
    if (word === "t" || word === "path") {
      const n = tokens[tokens[to]?.w === ":" ? to + 1 : to]?.n?.[0] ?? 0;
      return (n >= 34 && n <= 43) || (n >= 93 && n <= 108);
    }
    if (
      (word === "ed" ||
        word === "ms" ||
        word === "pe" ||
        word === "ra" ||
        word === "add" ||
        word === "mi" ||
        word === "af" ||
        word === "ca") &&
      concept.type === "condition"
    )
      // "m s", letter by letter, is said of the disease.
      return isSpelled(tokens[from]) || (word !== "add" && word !== "ed" && word !== "ms");
  }
  return true;
}

const isSpelled = (token: { w: string; start: number; end: number } | undefined): boolean =>
  token !== undefined && token.end - token.start > token.w.length;

function mentionOf(segment: Segment, concepts: Concept[], { from, to, gapped }: Hit): Mention {
  const { tokens } = segment;
  const sentence = sentenceAt(segment, from);
  const last = to - 1;
  // Scope covers the phrase's end or its start ("no curtain", "burning … no").
  const inverted = concepts.every(({ absent }) => absent);
  const known =
    /^(?:this|that|these|those|the|his|her|my|your)$/.test(tokens[from - 1]?.w ?? "") &&
    concepts.some(({ name }) => name === "trauma" || name === "fall");
  // "can not feel": a negation inside the phrase is part of its name.
  const inner =
    !gapped && tokens.slice(from, to).some(({ w }) => w === "not" || w === "no" || w === "nothing");
  const scoped = (segment.negated[from] ?? false) || (!inner && (segment.negated[last] ?? false));
  // "no drift sensation is intact": a phrase of absence is denied only by a word close before it.
  const close = tokens
    .slice(Math.max(0, from - 1), to)
    .some(({ w }) => w === "not" || w === "no" || w === "denies" || w === "without");
  const inScope = scoped && !known && (!inverted || close);
  const post = postNegation(segment, to, sentence.to);
  const negated = (inScope || post) !== inverted;
  return {
    concepts,
    segment: segment.index,
    from,
    to,
    negated,
    asked: false,
    uncertain: uncertainAt(segment, from, to, sentence),
    ceased: CEASED.in(tokens, to, Math.min(sentence.to, to + 6)),
    person: segment.person[from] ?? PATIENT,
    stopped: false,
    gapped,
    past: PAST_EVENT.test(
      tokens
        .slice(sentence.from, sentence.to)
        .map(({ w }) => w)
        .join(" "),
    ),
    presupposed: false,
    hedged: false,
    parts: partsNear(segment, from, to),
  };
}

const PAST_EVENT =
  /\bhad\b.*\b(?:last (?:year|month|summer|winter|spring|fall)|years ago|months ago|as a (?:kid|child)|when i was)\b/;

function partsNear(segment: Segment, from: number, to: number): string[] {
  const sentence = sentenceAt(segment, from);
  // "It's the left eye. It's red.": the pronoun stands for what was named before.
  const previous = segment.sentences[segment.sentences.indexOf(sentence) - 1];
  const pronoun = /^(?:it|they|that|those)$/.test(segment.tokens[sentence.from]?.w ?? "");
  const start = pronoun && previous ? previous.from : sentence.from;
  const found = segment.parts.filter(
    (part) =>
      !(segment.negated[part.from] === true && segment.negated[from] !== true) &&
      part.from >= Math.max(start, from - (pronoun ? 12 : 6)) &&
      part.to <= Math.min(sentence.to, to + 7),
  );
  return [...new Set(found.map(({ name }) => name))];
}

/** A drug that a turn speaks of without its name as the lexicon has it. */
export function addDrug(
  segment: Segment,
  names: readonly string[],
  place: { from: number; to: number },
): Mention {
  const concepts = names.map((name): Concept => ({ type: "drug", name, absent: false }));
  const mention = mentionOf(segment, concepts, { concepts, ...place, gapped: false });
  segment.mentions.push(mention);
  segment.mentions.sort((a, b) => a.from - b.from || b.to - a.to);
  return mention;
}

/** The turns of a talk, read and joined: answers, people asked about, corrections across turns. */
export function readDialogue(turns: readonly { speaker: string; text: string }[]): Segment[] {
  const segments = turns.map(({ speaker, text }, i) => readSegment(i, speaker.toLowerCase(), text));
  segments.forEach((segment, i) => {
    markShortQuestion(segment, segments[i + 1]);
    markUnmarkedQuestion(segment, segments[i + 1]);
  });
  segments.forEach((segment, i) => shareAcross(segment, segments[i - 1]));
  segments.forEach((segment, i) => {
    answerQuestions(segment, segments[i + 1]);
    correctAcross(segment, segments[i + 1], segments[i + 2]);
  });
  amend(segments);
  resolveOther(segments);
  markStopped(segments);
  return segments;
}
