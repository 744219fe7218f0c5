/**
 * A language model for tests: its logits are a hash of exactly the tokens and positions that a row
 * may see. Any slip in cache rows, positions or the order of writes gives other tokens.
 */
import type { Call, CallResult, Executor, InputName } from "../../../src/engine/executor.ts";
import type { Plan } from "../../../src/engine/plan.ts";

export const VOCAB = 97;

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Logits after a context of (token, position) pairs; between −4 and 4. */
export function toyLogits(context: readonly string[]): Float32Array {
  const seed = hash(context.join(" "));
  return Float32Array.from(
    { length: VOCAB },
    (_, id) => ((hash(`${seed}/${id}`) % 8001) - 4000) / 1000,
  );
}

export const contextOf = (ids: readonly number[]): string[] =>
  ids.map((id, position) => `${id}@${position}`);

export function argmaxOf(logits: Float32Array): number {
  return logits.reduce((best, value, id) => (value > logits[best]! ? id : best), 0);
}

export function logProbOf(logits: Float32Array, id: number): number {
  const sum = logits.reduce((total, value) => total + Math.exp(value), 0);
  return logits[id]! - Math.log(sum);
}

/** What greedy decoding of `ids` gives, without any cache. */
export function toyContinuation(ids: readonly number[], count: number): number[] {
  const all = [...ids];
  for (let i = 0; i < count; i++) all.push(argmaxOf(toyLogits(contextOf(all))));
  return all.slice(ids.length);
}

export const TOY_LIMITS = {
  chunk: 16,
  prefix: 64,
  rows: 128,
  sequences: 8,
  positions: 100,
  threads: 4,
};

/** The parts of a plan that the session reads. */
export function toyPlan(rowMultiple: number): Plan {
  return {
    row_multiple: rowMultiple,
    memory: 12345,
    limits: TOY_LIMITS,
    model: { layers: 1, hidden: 8, heads: 1, kv_heads: 1, head_dim: 8, ff: 8, vocab: VOCAB },
  } as Plan;
}

export class ToyExecutor implements Executor {
  readonly plan: Plan;
  readonly kind = "CPU";
  readonly threads = 1;
  readonly kernels = "int16";
  readonly calls: Call[] = [];
  readonly cache: string[] = [];
  readonly inputs: Record<InputName, number[]> = {
    tokens: [],
    positions: [],
    kv_rows: [],
    starts: [],
  };
  disposed = false;
  /** called before each run */
  before: (call: Call) => void | Promise<void> = () => undefined;
  #hidden: string[][] = [];

  constructor(rowMultiple = 4) {
    this.plan = toyPlan(rowMultiple);
  }

  write(input: InputName, values: Int32Array): void {
    this.inputs[input] = [...values];
  }

  async run(call: Call): Promise<CallResult> {
    await this.before(call);
    await new Promise((resolve) => setImmediate(resolve));
    this.calls.push(call);
    return this.#results(call, this.#contexts(call));
  }

  #contexts({ function: name, symbols }: Call): string[][] {
    const [first, second] = symbols as [number, number];
    const { tokens, positions, kv_rows: rows, starts } = this.inputs;
    if (name === "head") return [this.#hidden[first]!];
    if (name === "prefill") {
      this.#requireMultiple(first);
      for (let i = 0; i < first; i++) this.cache[second + i] = `${tokens[i]}@${second + i}`;
      this.#hidden = Array.from({ length: first }, (_, i) => this.cache.slice(0, second + i + 1));
      return [];
    }
    const count = name === "decode" ? 1 : first;
    const prefix = name === "decode" ? first : second;
    if (name === "batch") this.#requireMultiple(count);
    for (let i = 0; i < count; i++) {
      if (rows[i]! < prefix) throw new Error("a sequence writes into the prefix");
      this.cache[rows[i]!] = `${tokens[i]}@${positions[i]}`;
    }
    return Array.from({ length: count }, (_, i) => [
      ...this.cache.slice(0, prefix),
      ...this.cache.slice(starts[i], rows[i]! + 1),
    ]);
  }

  #requireMultiple(count: number): void {
    if (count % this.plan.row_multiple !== 0) throw new Error(`${count} rows`);
  }

  #results({ rows, logits }: Call, contexts: readonly string[][]): CallResult {
    const wanted = contexts.slice(0, rows).map(toyLogits);
    const ids = wanted.map(argmaxOf);
    return {
      ids,
      logProbs: wanted.map((row, index) => logProbOf(row, ids[index]!)),
      logits: logits ? wanted : [],
    };
  }

  dispose(): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}
