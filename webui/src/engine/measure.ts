/** A short measurement: how long an executor would take for a typical note. */
import type { Executor } from "./executor.ts";

/** A visit of some 1,600 tokens, and 256 tokens in each of four sections. */
const NOTE = { promptTokens: 1600, steps: 256, sequences: 4, context: 1024 };
const REPETITIONS = 5;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Estimated milliseconds for a note. Neither weights nor cache need hold anything sensible; the
 * cache's rows are overwritten, so that this belongs before the first prompt.
 */
export async function estimateNote(executor: Executor): Promise<number> {
  const { limits, row_multiple: multiple } = executor.plan;
  const chunk = Math.floor(limits.chunk / multiple) * multiple;
  const context = Math.min(NOTE.context, limits.prefix - chunk);
  const rows = Math.min(NOTE.sequences, limits.sequences);
  const starts = Int32Array.from({ length: rows }, () => limits.rows);
  executor.write("tokens", new Int32Array(chunk));
  executor.write("positions", new Int32Array(rows).fill(context));
  executor.write("kv_rows", starts);
  executor.write("starts", starts);
  const read = (): Promise<number> =>
    timed(() =>
      executor.run({ function: "prefill", symbols: [chunk, context], rows: 0, logits: false }),
    );
  const step = (): Promise<number> =>
    timed(() => executor.run({ function: "batch", symbols: [rows, context], rows, logits: false }));
  await read(); // the first call of each function also pays for what is done lazily
  const chunkTime = await read();
  executor.write("positions", new Int32Array(rows).fill(context));
  executor.write("kv_rows", starts);
  await step();
  const times: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) times.push(await step());
  return (NOTE.promptTokens / chunk) * chunkTime + NOTE.steps * median(times);
}
