/**
 * The turns that a statement rests on. Each turn is scored by what it shares with the statement and
 * by where the statements around it rest; the best one is linked where its score is high enough, so
 * that a line without a source rather has no link than a wrong one.
 *
 * The score is a logistic regression. `python -m model_build links` fits its weights on the training
 * visits, whose facts carry their turns.
 */
import weights from "./evidence-weights.json" with { type: "json" };
import { unique, type Reading } from "./claim.ts";
import type { Segment } from "./segment.ts";
import type { Talk } from "./talk.ts";
import type { Claim } from "./types.ts";

/** Words that say nothing of what a sentence is about. */
const COMMON = new Set(
  (
    "a an the and or but for with was were has had have is are be been being it its that this these " +
    "those she her he him his they them their you your i my we our patient will not no any some of " +
    "to in on at by as from into over than then there when which who doe report stat note deni also " +
    "about continu start"
  ).split(" "),
);

const PLAN = /assess|plan|treat|impression/i;
const EXAM = /exam|vital|result|objective/i;
const DOCTOR = /^(?:doctor|dr|physician|clinician|provider)\b/;

/** Turns that stand within so many of each other belong to one stretch of talk. */
const REACH = 3;
const LEAST = 0.4;
/** Another turn is linked too where it is nearly certain. */
const SECOND = 0.9;

/** What speaks for a turn, as shares of the whole; see `featuresOf`. */
export interface LinkFeatures {
  words: number;
  claims: number;
  wordsToBest: number;
  valuesToBest: number;
  sharedToBest: number;
  wordsBefore: number;
  wordsAsked: number;
  wordsAfter: number;
  placePlan: number;
  placeExam: number;
  placeTold: number;
  doctorPlan: number;
  doctorExam: number;
  doctorTold: number;
  /** How close it lies to the likeliest turns of the statements before and after. */
  near: number;
}
export type LinkWeights = Record<keyof LinkFeatures | "bias", number>;

const WEIGHTS: LinkWeights = weights;

/** The turns of each statement, from 0. */
export function linkTurns(
  readings: readonly Reading[],
  claims: readonly (readonly Claim[])[],
): number[][] {
  return linkFeatures(readings, claims, WEIGHTS).map((turns) => {
    const scores = turns.map((features) => probability(features, WEIGHTS));
    const order = scores.map((_, t) => t).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    return unique(
      order.slice(0, 2).filter((t, rank) => (scores[t] ?? 0) >= (rank === 0 ? LEAST : SECOND)),
    );
  });
}

/** What speaks for each turn, statement by statement. */
export function linkFeatures(
  readings: readonly Reading[],
  claims: readonly (readonly Claim[])[],
  weights: LinkWeights,
): LinkFeatures[][] {
  const talk = readings[0]?.talk;
  if (!talk) return [];
  const index = new TurnIndex(talk);
  const alone = readings.map((reading, i) => featuresOf(reading, claims[i] ?? [], index));
  const likeliest = alone.map((turns) => {
    const scores = turns.map((features) => probability(features, weights));
    const score = Math.max(...scores);
    return { turn: scores.indexOf(score), score };
  });
  return alone.map((turns, i) =>
    turns.map((features, t) => {
      const around = [likeliest[i - 1], likeliest[i + 1]].filter((one) => one !== undefined);
      const near = around.map(({ turn, score }) => score * Math.exp(-Math.abs(t - turn) / REACH));
      return { ...features, near: near.reduce((sum, one) => sum + one, 0) };
    }),
  );
}

function probability(features: LinkFeatures, weights: LinkWeights): number {
  let sum = weights.bias;
  for (const [name, value] of Object.entries(features)) {
    sum += weights[name as keyof LinkFeatures] * value;
  }
  return 1 / (1 + Math.exp(-sum));
}

/** In which turns a word, a concept or a value stands. */
class TurnIndex {
  readonly segments: readonly Segment[];
  readonly words: ReadonlyMap<string, readonly number[]>;
  readonly concepts = new Map<string, number[]>();
  readonly values = new Map<string, number[]>();

  constructor(talk: Talk) {
    this.segments = talk.segments;
    this.words = talk.turnsOf;
    for (const segment of talk.segments) {
      for (const key of conceptKeys(segment)) push(this.concepts, key, segment.index);
      for (const key of valueKeys(segment)) push(this.values, key, segment.index);
    }
  }

  /** For each turn the share of the keys that it holds, rare ones weighing more. */
  shares(keys: readonly string[], where: ReadonlyMap<string, readonly number[]>): number[] {
    const shares = this.segments.map(() => 0);
    let whole = 0;
    for (const key of keys) {
      const turns = where.get(key) ?? [];
      const weight = Math.log(1 + this.segments.length / (0.5 + turns.length));
      whole += weight;
      for (const turn of turns) shares[turn] = (shares[turn] ?? 0) + weight;
    }
    return whole === 0 ? shares : shares.map((share) => share / whole);
  }
}

function push(map: Map<string, number[]>, key: string, turn: number): void {
  const turns = map.get(key);
  if (turns) turns.push(turn);
  else map.set(key, [turn]);
}

const wordKeys = ({ stems }: Segment): string[] => [
  ...new Set(stems.filter((word) => /^[a-z]{2,}$/.test(word) && !COMMON.has(word))),
];

const conceptKeys = ({ mentions }: Segment): string[] => [
  ...new Set(mentions.flatMap(({ concepts }) => concepts.map(({ type, name }) => `${type}:${name}`))),
];

const valueKeys = ({ values }: Segment): string[] => [
  ...new Set(
    values.flatMap((value) => {
      if (value.kind === "number") return value.values.map(String);
      if (value.kind === "pair") return [`${value.first.join()}/${value.second.join()}`];
      return value.kind === "date" ? value.parts : [];
    }),
  ),
];

function featuresOf(
  { own, section }: Reading,
  claims: readonly Claim[],
  index: TurnIndex,
): LinkFeatures[] {
  const words = index.shares(wordKeys(own), index.words);
  const concepts = index.shares(conceptKeys(own), index.concepts);
  const values = index.shares(valueKeys(own), index.values);
  const shared = words.map((share, t) => share + (concepts[t] ?? 0) + (values[t] ?? 0));
  const said = claims.filter(({ turns }) => turns.length > 0);
  const support = words.map(() => 0);
  for (const { turns } of said) {
    for (const t of turns) support[t] = (support[t] ?? 0) + 1 / turns.length / said.length;
  }
  const toBest = (all: readonly number[], t: number): number =>
    (all[t] ?? 0) / Math.max(...all, 1e-9);
  const plan = PLAN.test(section);
  const exam = !plan && EXAM.test(section);
  return index.segments.map((segment, t) => {
    const before = words[t - 1] ?? 0;
    const place = t / Math.max(1, words.length - 1);
    const doctor = DOCTOR.test(segment.speaker) ? 1 : 0;
    const asked = index.segments[t - 1]?.sentences.some(({ question }) => question) ?? false;
    return {
      words: words[t] ?? 0,
      claims: support[t] ?? 0,
      wordsToBest: toBest(words, t),
      valuesToBest: toBest(values, t),
      sharedToBest: toBest(shared, t),
      wordsBefore: before,
      wordsAsked: asked ? before : 0,
      wordsAfter: words[t + 1] ?? 0,
      placePlan: plan ? place : 0,
      placeExam: exam ? place : 0,
      placeTold: plan || exam ? 0 : place,
      doctorPlan: plan ? doctor : 0,
      doctorExam: exam ? doctor : 0,
      doctorTold: plan || exam ? 0 : doctor,
      near: 0,
    };
  });
}
