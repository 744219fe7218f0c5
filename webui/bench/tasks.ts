/**
 * What the tests and the benchmark ask of a loaded engine. The same code runs in a browser's worker
 * and in Node, so that a figure or a logit from either means the same thing.
 */
import type { Engine, Prefix } from "../src/engine/types.ts";

/** Logits after positions of a prompt, then while given tokens are fed one by one. */
export interface LogitsTask {
  task: "logits";
  ids: number[];
  /** Positions of `ids` whose next-token logits are wanted, rising. */
  at: number[];
  /** Fed after `ids`, one step each. */
  feed: number[];
  /** Whether their SHA-256 is enough, and the logits themselves are not wanted. */
  digest?: boolean;
}

/** Greedy continuations of several suffixes of one prompt. */
export interface TokensTask {
  task: "tokens";
  ids: number[];
  suffixes: number[][];
  steps: number;
  /** One batch, or one fork per suffix. */
  together: boolean;
}

/** Speed at several lengths of context. */
export interface SpeedTask {
  task: "speed";
  /** At least as long as the longest context. */
  ids: number[];
  contexts: number[];
  steps: number;
  sequences: number;
}

export type EngineTask = LogitsTask | TokensTask | SpeedTask;

export interface SpeedRow {
  context: number;
  prefillPerSecond: number;
  decodePerSecond: number;
  /** Tokens of all sequences together. */
  batchPerSecond: number;
  batchStepMilliseconds: number;
}

/** Rows in the task's order: `at`, then one per fed token; [rows, vocabulary] in one array. */
export async function logits(engine: Engine, { ids, at, feed }: LogitsTask): Promise<Float32Array<ArrayBuffer>> {
  const { vocab } = engine.info;
  const rows = new Float32Array((at.length + feed.length) * vocab);
  const filled = new Set<number>();
  const keep = (row: number, values: Float32Array): void => {
    rows.set(values, row * vocab);
    filled.add(row);
  };
  const prefix = await engine.prefill(ids, {
    logitsAt: at,
    onLogits: (position, values) => keep(at.indexOf(position), values),
  });
  const [first, ...rest] = feed;
  if (first !== undefined) {
    const sequences = await engine.fork(prefix, [[first]], { maxNewTokens: feed.length });
    for (let step = 0; step < feed.length; step++) {
      await engine.step(sequences, {
        force: [rest[step] ?? 0],
        onLogits: (_, values) => keep(at.length + step, values),
      });
    }
  }
  if (filled.size !== at.length + feed.length || filled.has(-1)) {
    throw new Error(`the engine gave logits for ${filled.size} of ${at.length + feed.length} rows`);
  }
  return rows;
}

/** New tokens of each suffix, in the order of the suffixes. */
export async function tokens(engine: Engine, task: TokensTask): Promise<number[][]> {
  const prefix = await engine.prefill(task.ids);
  const groups = task.together ? [task.suffixes] : task.suffixes.map((suffix) => [suffix]);
  const result: number[][] = [];
  for (const group of groups) result.push(...(await continuations(engine, prefix, group, task.steps)));
  return result;
}

async function continuations(
  engine: Engine,
  prefix: Prefix,
  suffixes: number[][],
  steps: number,
): Promise<number[][]> {
  const sequences = await engine.fork(prefix, suffixes, { maxNewTokens: steps });
  const result: number[][] = suffixes.map(() => []);
  for (let step = 0; step < steps; step++) {
    for (const token of await engine.step(sequences)) {
      result[sequences.indexOf(token.sequence)]?.push(token.id);
    }
  }
  return result;
}

/** One pass over the contexts; the caller repeats passes and takes medians. */
export async function speed(engine: Engine, task: SpeedTask): Promise<SpeedRow[]> {
  const rows: SpeedRow[] = [];
  for (const context of task.contexts) {
    // The end of the text, so that no prompt begins as the one before it and all of it is read.
    const ids = task.ids.slice(-context);
    const begun = performance.now();
    const prefix = await engine.prefill(ids);
    const reading = performance.now() - begun;
    const alone = await stepping(engine, prefix, [ids.slice(0, 1)], task.steps);
    const suffixes = Array.from({ length: task.sequences }, (_, i) => ids.slice(i, i + 1));
    const batch = await stepping(engine, prefix, suffixes, task.steps);
    rows.push({
      context,
      prefillPerSecond: (context / reading) * 1000,
      decodePerSecond: (task.steps / alone) * 1000,
      batchPerSecond: ((task.steps * task.sequences) / batch) * 1000,
      batchStepMilliseconds: batch / task.steps,
    });
  }
  return rows;
}

async function stepping(
  engine: Engine,
  prefix: Prefix,
  suffixes: number[][],
  steps: number,
): Promise<number> {
  const sequences = await engine.fork(prefix, suffixes, { maxNewTokens: steps + 1 });
  await engine.step(sequences); // the first step may still set things up
  const begun = performance.now();
  for (let step = 0; step < steps; step++) await engine.step(sequences);
  return performance.now() - begun;
}
