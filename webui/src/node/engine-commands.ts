/** The requests that the engine's command answers, one JSON object each. */
import { writeFile } from "node:fs/promises";
import { EngineError, InvalidRequestError } from "../engine/errors.ts";
import type { Engine, EngineInfo, StepOptions } from "../engine/types.ts";

/**
 * Teacher forcing. Writes float32 rows of `vocab` logits to the file `out`: one for each position
 * of `at` (ascending, positions of `ids`), then one for each i: the logits after
 * `ids` and `force[0…i]`.
 */
export interface LogitsRequest {
  readonly op: "logits";
  readonly ids: readonly number[];
  readonly at: readonly number[];
  readonly force: readonly number[];
  readonly out: string;
}

/** Decodes `suffixes` from the shared beginning `ids`, each to a stop token or `maxNewTokens`. */
export interface GenerateRequest extends Pick<
  StepOptions,
  "greedy" | "temperature" | "topP" | "seed"
> {
  readonly op: "generate";
  readonly ids: readonly number[];
  readonly suffixes: readonly (readonly number[])[];
  readonly maxNewTokens: number;
  readonly stop?: readonly number[];
}

export type EngineRequest = { readonly op: "info" } | LogitsRequest | GenerateRequest;

export interface GeneratedSequence {
  /** new tokens, the stop token included */
  readonly ids: readonly number[];
  readonly logProbs: readonly number[];
}

export interface Generated {
  readonly sequences: readonly GeneratedSequence[];
  readonly milliseconds: {
    readonly prefill: number;
    readonly fork: number;
    readonly decode: number;
  };
  readonly steps: number;
}

export type EngineReply =
  | EngineInfo
  | { readonly rows: number; readonly vocab: number }
  | Generated
  | { readonly error: { readonly code: string; readonly message: string } };

async function logits(
  engine: Engine,
  request: LogitsRequest,
): Promise<{ rows: number; vocab: number }> {
  const rows: Float32Array[] = [];
  const prefix = await engine.prefill(request.ids, {
    logitsAt: request.at,
    onLogits: (_, row) => rows.push(row),
  });
  const [first, ...rest] = request.force;
  if (first !== undefined) {
    const [sequence] = await engine.fork(prefix, [[first]], { maxNewTokens: request.force.length });
    const onLogits = (_: number, row: Float32Array): void => void rows.push(row);
    for (const next of [...rest, 0]) await engine.step([sequence!], { force: [next], onLogits });
  }
  const { vocab } = engine.info;
  const file = new Float32Array(rows.length * vocab);
  for (const [index, row] of rows.entries()) file.set(row, index * vocab);
  await writeFile(request.out, new Uint8Array(file.buffer));
  return { rows: rows.length, vocab };
}

async function generate(engine: Engine, request: GenerateRequest): Promise<Generated> {
  const { ids, suffixes, maxNewTokens, stop = [], greedy, temperature, topP, seed } = request;
  const sampling: StepOptions = { greedy, temperature, topP, seed };
  const start = performance.now();
  const prefix = await engine.prefill(ids);
  const read = performance.now();
  const sequences = await engine.fork(prefix, suffixes, { maxNewTokens });
  const forked = performance.now();
  const results = sequences.map(() => ({ ids: [] as number[], logProbs: [] as number[] }));
  let open = sequences;
  let steps = 0;
  for (; open.length > 0 && steps < maxNewTokens; steps++) {
    for (const { sequence, id, logProb } of await engine.step(open, sampling)) {
      const result = results[sequences.indexOf(sequence)]!;
      result.ids.push(id);
      result.logProbs.push(logProb);
    }
    open = sequences.filter((sequence) => !stop.includes(sequence.ids.at(-1)!));
  }
  const decode = performance.now() - forked;
  return {
    sequences: results,
    milliseconds: { prefill: read - start, fork: forked - read, decode },
    steps,
  };
}

/** Answers one request; what fails becomes an `error` reply. */
export async function answer(engine: Engine, line: string): Promise<EngineReply> {
  try {
    const request = JSON.parse(line) as EngineRequest;
    if (request.op === "info") return engine.info;
    if (request.op === "logits") return await logits(engine, request);
    if (request.op === "generate") return await generate(engine, request);
    throw new InvalidRequestError(
      `the operation ${JSON.stringify((request as { op: unknown }).op)}`,
    );
  } catch (error) {
    const code = error instanceof EngineError ? error.code : "unexpected";
    return { error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
}
