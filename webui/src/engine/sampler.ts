/** From logits to a token: greedy choice, log-probabilities and seeded sampling. */
import { InvalidRequestError } from "./errors.ts";

export interface Choice {
  readonly id: number;
  /** natural logarithm of its probability */
  readonly logProb: number;
}

/** Slices of the vocabulary over which the CPU's head leaves partial results. */
export const SLICES = 64;

/** One row of partial results, each of `SLICES` values. */
export interface Partials {
  /** greatest logit of the slice */
  readonly best: Float32Array;
  /** its index, the lowest on ties */
  readonly index: Int32Array;
  /** sum of exp(logit − best) over the slice */
  readonly expSum: Float32Array;
}

/**
 * The greedy token. Slices are combined in their order, whatever the thread count was, so that the
 * result is reproducible to the bit; on ties the lowest id wins.
 */
export function chooseGreedy({ best, index, expSum }: Partials): Choice {
  let winner = 0;
  for (let slice = 1; slice < SLICES; slice++) {
    const value = best[slice]!;
    const top = best[winner]!;
    if (value > top || (value === top && index[slice]! < index[winner]!)) winner = slice;
  }
  const top = best[winner]!;
  let sum = 0;
  for (let slice = 0; slice < SLICES; slice++) {
    if (best[slice] !== -Infinity) sum += expSum[slice]! * Math.exp(best[slice]! - top);
  }
  return { id: index[winner]!, logProb: -Math.log(sum) };
}

/** Index of the greatest logit, the lowest on ties. Raises where a mask has forbidden every token. */
export function argmax(logits: Float32Array): number {
  let winner = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[winner]!) winner = id;
  if (!(logits[winner]! > -Infinity)) throw new InvalidRequestError("the mask forbids every token");
  return winner;
}

/**
 * Uniform in [0, 1) for a place (`stream`, `counter`) under `seed`: the finalizer of MurmurHash3
 * over the three numbers. It has no state, so that going back and on again draws the same numbers.
 */
export function uniform(seed: number, stream: number, counter: number): number {
  let hash = 0x9e3779b9;
  for (const word of [seed, stream, counter]) {
    hash = Math.imul(hash ^ word, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash >>> 0) / 2 ** 32;
}

/** Tokens less probable than this share of the best one are left out before sorting. */
const NEGLIGIBLE = 1e-7;

/**
 * Draws a token with probability ∝ exp(logit / temperature) among the fewest most probable ones
 * whose probabilities reach `topP`. `draw` is uniform in [0, 1).
 */
export function sample(
  logits: Float32Array,
  temperature: number,
  topP: number,
  draw: number,
): number {
  if (!(temperature > 0) || !(topP > 0 && topP <= 1)) {
    throw new InvalidRequestError(`sampling with temperature ${temperature} and topP ${topP}`);
  }
  const top = logits[argmax(logits)]!;
  const ids: number[] = [];
  const weights = new Float64Array(logits.length);
  let total = 0;
  for (let id = 0; id < logits.length; id++) {
    const weight = Math.exp((logits[id]! - top) / temperature);
    if (!(weight > NEGLIGIBLE)) continue;
    weights[id] = weight;
    total += weight;
    ids.push(id);
  }
  ids.sort((a, b) => weights[b]! - weights[a]! || a - b);
  let kept = 0;
  let mass = 0;
  while (kept < ids.length && mass < topP * total) mass += weights[ids[kept++]!]!;
  let left = draw * mass;
  for (let i = 0; i < kept; i++) {
    left -= weights[ids[i]!]!;
    if (left < 0) return ids[i]!;
  }
  return ids[kept - 1]!;
}
