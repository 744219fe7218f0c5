/** A short measurement: how fast an executor reads and writes, and so how long a note would take. */
import { throwIfAborted } from "./errors.ts";
import type { Executor } from "./executor.ts";
import type { Speed } from "./types.ts";

/** A visit of ten minutes (some 1,200 words), and 256 tokens in each of four sections. */
export const TYPICAL_NOTE = { promptTokens: 1600, steps: 256 };
/** Sections that are written together, and the tokens that each step looks back on. */
const SEQUENCES = 4;
const CONTEXT = 1024;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export interface SpeedOptions {
  /** tokens of the two prefill calls; the plan's chunk by default */
  chunk?: number;
  /** steps of which the median counts (default 5) */
  steps?: number;
  signal?: AbortSignal | undefined;
}

/**
 * The executor's speed. Neither weights nor cache need hold anything sensible; the cache's rows are
 * overwritten. Raises AbortedError between two calls.
 */
export async function measureSpeed(
  executor: Executor,
  { chunk: wanted, steps = 5, signal }: SpeedOptions = {},
): Promise<Speed> {
  const { limits, row_multiple: multiple } = executor.plan;
  const chunk = Math.floor(Math.min(wanted ?? limits.chunk, limits.chunk) / multiple) * multiple;
  const context = Math.min(CONTEXT, limits.prefix - chunk);
  const rows = Math.min(SEQUENCES, limits.sequences);
  const starts = Int32Array.from({ length: rows }, () => limits.rows);
  executor.write("tokens", new Int32Array(chunk));
  executor.write("positions", new Int32Array(rows).fill(context));
  executor.write("kv_rows", starts);
  executor.write("starts", starts);
  const time = (work: () => Promise<unknown>): Promise<number> => {
    throwIfAborted(signal);
    return timed(work);
  };
  const read = (): Promise<number> =>
    time(() =>
      executor.run({ function: "prefill", symbols: [chunk, context], rows: 0, logits: false }),
    );
  const step = (): Promise<number> =>
    time(() => executor.run({ function: "batch", symbols: [rows, context], rows, logits: false }));
  await read(); // the first call of each function also pays for what is done lazily
  const chunkTime = await read();
  executor.write("positions", new Int32Array(rows).fill(context));
  executor.write("kv_rows", starts);
  await step();
  const times: number[] = [];
  for (let i = 0; i < steps; i++) times.push(await step());
  return { readMilliseconds: chunkTime / chunk, stepMilliseconds: median(times) };
}

/** Milliseconds that a note takes at a speed. */
export const noteTime = (
  { readMilliseconds, stepMilliseconds }: Speed,
  { promptTokens, steps }: typeof TYPICAL_NOTE = TYPICAL_NOTE,
): number => promptTokens * readMilliseconds + steps * stepMilliseconds;

/** Estimated milliseconds for a typical note. */
export async function estimateNote(executor: Executor): Promise<number> {
  return noteTime(await measureSpeed(executor));
}
