/**
 * Who is the doctor and who the patient, guessed from what they say: who asks, instructs and names
 * findings, and who answers and tells of himself.
 */
import { isAnonymous, roleOf, UNKNOWN, type Role } from "./roles.ts";
import { mergeTurns } from "./turns.ts";
import type { Remark, SpokenTurn } from "./types.ts";

/**
 * What counts in a line: how often it occurs (at most `most` times) times its weight, which is
 * positive where it speaks for a doctor. The weights come from a logistic regression on the turns
 * of ACI-Bench's 67 training visits and on their sentences.
 */
interface Cue {
  name: string;
  pattern: RegExp;
  most: number;
  weight: number;
}

const CUES: readonly Cue[] = [
  { name: "question mark", pattern: /\?/g, most: 2, weight: 1.1 },
  {
    name: "question",
    pattern:
      /(?:^|[.?!,]\s*(?:and |so |okay |now )*)(?:what|when|where|who|why|how|which|do you|does|did you|are you|are there|is there|is it|have you|has|any|can you|could you|would you|were you|tell me)\b/g,
    most: 2,
    weight: 0.19,
  },
  { name: "you", pattern: /\byou(?:r|rs|'re|'ve|'ll|'d)?\b/g, most: 4, weight: 1.27 },
  { name: "I", pattern: /\b(?:i|i'm|i've|i'd|me|myself)\b/g, most: 4, weight: -0.87 },
  { name: "my", pattern: /\b(?:my|mine)\b/g, most: 3, weight: -1.71 },
  {
    name: "intention",
    pattern:
      /\b(?:let's|let me|we'll|we're (?:going to|gonna)|we can|i'm (?:going to|gonna)|i'll|i'd like|i want|i would like|i recommend|i suggest|go ahead|make sure)\b/g,
    most: 3,
    weight: 1.27,
  },
  {
    name: "clinical",
    pattern:
      /\b(?:mg|milligrams?|prescri\w+|refills?|x-rays?|mri|ct|labs?|blood ?work|exam\w*|vitals?|blood pressure|heart rate|lungs|auscultation|tender\w*|follow(?:-|ing )?up|refer\w*|physical therapy|results?|diagnos\w+|assessment|treatment|murmurs?|edema|swelling|range of motion|symptoms?|medications?|history|normal|consistent|elevated|distress)\b/g,
    most: 4,
    weight: 1.12,
  },
  {
    name: "complaint",
    pattern:
      /\b(?:hurts?|hurting|aches?|aching|feels?|felt|feeling|sore|tired|worse|can't|couldn't|bother\w*|worried|scared|it just|started|noticed|kind of|kinda|trying)\b/g,
    most: 3,
    weight: -0.3,
  },
  {
    name: "answer",
    pattern:
      /^(?:yes|yeah|yep|no|nope|not really|mm-hmm|uh-huh|sure|it's|it is|that's|well|um|uh|i|my|just)\b/g,
    most: 1,
    weight: -0.8,
  },
  {
    name: "reception",
    pattern:
      /^(?:okay|ok|all right|alright|great|perfect|got it|good|excellent|so|and|hi|hello)\b/g,
    most: 1,
    weight: 0.62,
  },
  {
    name: "past",
    pattern: /\b(?:ago|last (?:week|month|year|night)|yesterday|used to)\b/g,
    most: 2,
    weight: -0.62,
  },
  { name: "doctor addressed", pattern: /\b(?:doctor|doc)\b/g, most: 1, weight: -1.39 },
  {
    name: "dictation",
    pattern: /\b(?:hey (?:dragon|siri|alexa)|the patient|year[- ]old)\b/g,
    most: 2,
    weight: 2.57,
  },
  { name: "thanks", pattern: /\b(?:thank you|thanks)\b/g, most: 1, weight: -1.91 },
  {
    name: "relative",
    pattern: /\bmy (?:wife|husband|mom|mother|dad|father|son|daughter|kids?|boss|job)\b/g,
    most: 1,
    weight: -0.5,
  },
];
const SHORT = { words: 3, weight: -0.58 };
const LONG = { words: 25, weight: 0.68 };
const BIAS = 0.11;
/** No single line says more than this, however many cues it holds. */
const MOST_PER_LINE = 4;

/** Logarithm of the odds that a doctor said it. */
export function doctorOdds(text: string): number {
  const plain = text
    .slice(0, 2000)
    .toLowerCase()
    .replace(/’/g, "'")
    .replace(/ n't\b/g, "n't");
  const words = plain.match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu)?.length ?? 0;
  let odds = BIAS;
  if (words <= SHORT.words) odds += SHORT.weight;
  if (words > LONG.words) odds += LONG.weight;
  for (const { pattern, most, weight } of CUES) {
    odds += weight * Math.min(most, plain.match(pattern)?.length ?? 0);
  }
  return Math.max(-MOST_PER_LINE, Math.min(MOST_PER_LINE, odds));
}

/**
 * The turns with 'doctor' and 'patient' for labels that say so or name nobody, and for lines
 * without a label; what was guessed is told in the remark. Other labels stay.
 */
export function nameSpeakers(turns: readonly SpokenTurn[]): {
  turns: SpokenTurn[];
  remark: Remark | null;
} {
  const labels = [...new Set(turns.map(({ speaker }) => speaker))];
  let named = labels.filter((label) => label !== "" && label !== UNKNOWN);
  // One label for everybody tells as little as none.
  if (named.length === 1 && isAnonymous(named[0] ?? "")) named = [];
  if (named.length === 0) {
    if (turns.length < 2) {
      return { turns: turns.map(({ text }) => ({ speaker: "", text })), remark: null };
    }
    const roles = guessLines(turns.map(({ text }) => ({ text, known: null })));
    const guessed = turns.map(({ text }, at) => ({ speaker: roles[at] ?? "", text }));
    return { turns: mergeTurns(guessed), remark: { code: "guessed-lines", count: turns.length } };
  }
  const { names, remark } = nameLabels(turns, named);
  const renamed = turns.map(({ speaker, text }) => ({
    speaker: names.get(speaker) ?? speaker,
    text,
  }));
  const { lines, count } = nameLines(renamed);
  const alone: Remark | null = count > 0 ? { code: "guessed-lines", count } : null;
  return { turns: mergeTurns(lines), remark: remark ?? alone };
}

/** Lines of which nobody knows who said them, among others; what stands before all labels stays. */
function nameLines(turns: SpokenTurn[]): { lines: SpokenTurn[]; count: number } {
  const first = turns.findIndex(({ speaker }) => speaker !== "");
  const isOpen = (at: number): boolean => {
    const { speaker } = turns[at]!;
    return speaker === UNKNOWN || (speaker === "" && at > first);
  };
  const count = turns.filter((_, at) => isOpen(at)).length;
  if (count === 0) return { lines: turns, count };
  const roles = guessLines(
    turns.map(({ speaker, text }) => {
      const role = roleOf(speaker);
      return { text, known: role === "other" ? "patient" : role };
    }),
  );
  const lines = turns.map((turn, at) =>
    isOpen(at) ? { speaker: roles[at] ?? "", text: turn.text } : turn,
  );
  return { lines, count };
}

function nameLabels(
  turns: readonly SpokenTurn[],
  labels: readonly string[],
): { names: Map<string, string>; remark: Remark | null } {
  const odds = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { speaker, text } of turns) {
    odds.set(speaker, (odds.get(speaker) ?? 0) + doctorOdds(text));
    counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
  }
  const most = (role: Role): string | undefined =>
    labels
      .filter((label) => roleOf(label) === role)
      .sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))[0];
  let doctor = most("doctor");
  let patient = most("patient");
  const open = labels.filter((label) => roleOf(label) === null && label !== UNKNOWN);
  const guessed = (doctor === undefined || patient === undefined) && open.length > 0;
  const byOdds = [...open].sort((a, b) => (odds.get(b) ?? 0) - (odds.get(a) ?? 0));
  if (doctor === undefined && (patient === undefined ? open.length > 1 : true)) {
    doctor = byOdds.shift();
  }
  // The patient answers most; a companion says less, and not always the least doctor-like things.
  if (patient === undefined && doctor !== undefined) {
    patient = byOdds.sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))[0];
  }
  const names = new Map<string, string>();
  if (doctor !== undefined) names.set(doctor, "doctor");
  if (patient !== undefined) names.set(patient, "patient");
  if (!guessed || doctor === undefined || patient === undefined) return { names, remark: null };
  return { names, remark: { code: "guessed-labels", doctor, patient } };
}

/** Chances that the next line is the other's, after a question and after anything else, at first. */
const SWITCH_AFTER_QUESTION = 0.85;
const SWITCH_ELSE = 0.5;
/** Odds of a line whose speaker is known. */
const CERTAIN = 100;
const ROUNDS = 4;
/** Lines that the first guess of the chances counts for. */
const PRIOR_LINES = 12;

/**
 * Who said each line: the likeliest course of the talk, from the lines themselves and from how
 * often the speaker changes, which is learned from this very talk.
 */
export function guessLines(lines: readonly { text: string; known: Role | null }[]): Role[] {
  const odds = lines.map(({ text, known }) =>
    known === null ? doctorOdds(text) : known === "doctor" ? CERTAIN : -CERTAIN,
  );
  const asks = lines.map(({ text }) => text.trimEnd().endsWith("?"));
  let chances = { question: SWITCH_AFTER_QUESTION, other: SWITCH_ELSE };
  let path: Role[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    path = likeliest(odds, asks, chances);
    const seen = { question: [0, 0], other: [0, 0] };
    for (let i = 1; i < path.length; i++) {
      const at = seen[asks[i - 1] ? "question" : "other"];
      at[0]! += path[i] === path[i - 1] ? 0 : 1;
      at[1]! += 1;
    }
    const learned = ([switches, all]: number[], first: number): number =>
      ((switches ?? 0) + first * PRIOR_LINES) / ((all ?? 0) + PRIOR_LINES);
    chances = {
      question: learned(seen.question, SWITCH_AFTER_QUESTION),
      other: learned(seen.other, SWITCH_ELSE),
    };
  }
  return path;
}

/** Viterbi's algorithm over two speakers. */
function likeliest(
  odds: readonly number[],
  asks: readonly boolean[],
  chances: { question: number; other: number },
): Role[] {
  let doctor = 0;
  let patient = 0;
  const fromOther: [boolean, boolean][] = [];
  for (const [at, odd] of odds.entries()) {
    const chance = at === 0 ? 0.5 : asks[at - 1] ? chances.question : chances.other;
    const change = Math.log(chance);
    const stay = Math.log(1 - chance);
    const other: [boolean, boolean] = [
      patient + change > doctor + stay,
      doctor + change > patient + stay,
    ];
    fromOther.push(other);
    [doctor, patient] = [
      (other[0] ? patient + change : doctor + stay) + odd / 2,
      (other[1] ? doctor + change : patient + stay) - odd / 2,
    ];
  }
  const path: Role[] = [];
  let role: Role = doctor >= patient ? "doctor" : "patient";
  for (let at = odds.length - 1; at >= 0; at--) {
    path.push(role);
    const switched = fromOther[at]![role === "doctor" ? 0 : 1];
    if (switched) role = role === "doctor" ? "patient" : "doctor";
  }
  return path.reverse();
}
