/** A sequence of the last fork, and the rows of it that one call feeds to the model. */
import type { CallResult, Executor, InputName } from "./executor.ts";
import type { Region } from "./kv-pool.ts";
import { argmax, sample, uniform } from "./sampler.ts";
import type { Choice } from "./sampler.ts";
import type { Sequence, StepOptions } from "./types.ts";

export class Branch implements Sequence {
  readonly id: number;
  /** its place in the fork */
  readonly place: number;
  /** its own rows of the cache */
  readonly region: Region;
  readonly tokens: number[];

  constructor(id: number, place: number, region: Region, suffix: readonly number[]) {
    this.id = id;
    this.place = place;
    this.region = region;
    this.tokens = [...suffix];
  }

  get ids(): readonly number[] {
    return this.tokens;
  }

  get length(): number {
    return this.tokens.length;
  }
}

/** Token `index` of a branch. */
export interface Row {
  readonly branch: Branch;
  readonly index: number;
}

/** Writes `values`, filled up to `count` with what dummy rows take. */
export function writeInput(
  executor: Executor,
  input: InputName,
  values: readonly number[],
  count: number,
  dummy: number,
): void {
  const words = new Int32Array(count).fill(dummy);
  words.set(values);
  executor.write(input, words);
}

export const padRows = (rows: number, multiple: number): number =>
  Math.ceil(rows / multiple) * multiple;

/** Whether the results of the rows are wanted, and their logits with them. */
export interface Wanted {
  readonly choices: boolean;
  readonly logits: boolean;
}

/**
 * Feeds rows behind a prefix of `prefixLength` tokens. A single row has kernels of its own; where
 * a batch would be dummies for the greater part, its rows are sooner done one after the other.
 */
export async function feedRows(
  executor: Executor,
  prefixLength: number,
  rows: readonly Row[],
  wanted: Wanted,
): Promise<CallResult> {
  const { row_multiple: multiple } = executor.plan;
  if (rows.length === 1) return feedTogether(executor, prefixLength, rows, 1, wanted);
  if (rows.length > multiple / 2) {
    return feedTogether(executor, prefixLength, rows, padRows(rows.length, multiple), wanted);
  }
  const results: CallResult[] = [];
  for (const row of rows) {
    results.push(await feedTogether(executor, prefixLength, [row], 1, wanted));
  }
  return {
    ids: results.flatMap(({ ids }) => ids),
    logProbs: results.flatMap(({ logProbs }) => logProbs),
    logits: results.flatMap(({ logits }) => logits),
  };
}

function feedTogether(
  executor: Executor,
  prefixLength: number,
  rows: readonly Row[],
  count: number,
  { choices, logits }: Wanted,
): Promise<CallResult> {
  const { limits } = executor.plan;
  const write = (input: InputName, value: (row: Row) => number, dummy: number): void =>
    writeInput(executor, input, rows.map(value), count, dummy);
  write("tokens", ({ branch, index }) => branch.tokens[index]!, 0);
  write("positions", ({ index }) => prefixLength + index, 0);
  // Behind the pool a few rows are spare: dummies write there.
  write("kv_rows", ({ branch, index }) => branch.region.start + index, limits.rows);
  write("starts", ({ branch }) => branch.region.start, limits.rows);
  const results = { rows: choices ? rows.length : 0, logits };
  return count === 1
    ? executor.run({ function: "decode", symbols: [prefixLength], ...results })
    : executor.run({ function: "batch", symbols: [count, prefixLength], ...results });
}

/** The next token of `branch` out of row `row` of a result; `forced` is taken where given. */
export function chooseToken(
  branch: Branch,
  row: number,
  result: CallResult,
  options: StepOptions,
  forced: number | undefined,
): Choice {
  const greedyId = result.ids[row]!;
  const logits = result.logits[row];
  if (logits === undefined) return { id: greedyId, logProb: result.logProbs[row]! };
  const id = forced ?? pick(branch, logits, options);
  return { id, logProb: result.logProbs[row]! + logits[id]! - logits[greedyId]! };
}

function pick(branch: Branch, logits: Float32Array, options: StepOptions): number {
  const { mask, greedy = true, temperature = 1, topP = 1, seed = 0 } = options;
  const allowed = mask === undefined ? logits : logits.slice();
  mask?.(branch, allowed);
  if (greedy) return argmax(allowed);
  return sample(allowed, temperature, topP, uniform(seed, branch.place, branch.length));
}
