/**
 * The engine over an executor: keeps track of what the KV cache holds, reads prompts in chunks,
 * forks sequences from the prefix and steps them together.
 */
import {
  AbortedError,
  InvalidRequestError,
  StaleError,
  throwIfAborted,
  TooLongError,
} from "./errors.ts";
import { Branch, chooseToken, feedRows, padRows, writeInput } from "./branch.ts";
import { ChunkSize } from "./chunk-size.ts";
import type { Executor } from "./executor.ts";
import { alignRows, allocateRegions } from "./kv-pool.ts";
import { measureSpeed } from "./measure.ts";
import type {
  Engine,
  EngineInfo,
  ForkOptions,
  Prefix,
  PrefillOptions,
  Sequence,
  Speed,
  StepOptions,
  Token,
} from "./types.ts";

function commonLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

export class Session implements Engine {
  readonly info: EngineInfo;
  readonly #executor: Executor;
  /** token ids whose rows stand at the beginning of the cache */
  readonly #cached: number[] = [];
  readonly #chunk: ChunkSize;
  #prefixLength = 0;
  #branches: readonly Branch[] = [];
  #nextId = 0;
  #pending: Promise<unknown> = Promise.resolve();
  #running = 0;
  #disposed = false;

  constructor(executor: Executor, model: { name: string; testModel: boolean }) {
    const { limits, memory, model: shape } = executor.plan;
    this.#executor = executor;
    this.#chunk = new ChunkSize(limits.chunk, executor.kind === "GPU (software)");
    this.info = {
      kind: executor.kind,
      threads: executor.threads,
      kernels: executor.kernels,
      modelName: model.name,
      testModel: model.testModel,
      memoryBytes: memory,
      limits: {
        prefixTokens: limits.prefix,
        poolRows: limits.rows,
        sequences: limits.sequences,
        positions: limits.positions,
      },
      vocab: shape.vocab,
    };
  }

  prefill(ids: ArrayLike<number>, options: PrefillOptions = {}): Promise<Prefix> {
    return this.#exclusive(options.signal, () =>
      this.#prefill(this.#tokens(ids, "prompt"), options),
    );
  }

  fork(
    prefix: Prefix,
    suffixes: readonly ArrayLike<number>[],
    options: ForkOptions,
  ): Promise<Sequence[]> {
    return this.#exclusive(options.signal, () => this.#fork(prefix, suffixes, options));
  }

  step(sequences: readonly Sequence[], options: StepOptions = {}): Promise<Token[]> {
    return this.#exclusive(options.signal, () => this.#step(sequences, options));
  }

  speed(signal?: AbortSignal): Promise<Speed> {
    return this.#exclusive(signal, () => {
      this.#cached.length = 0; // the measurement writes over it
      this.#branches = [];
      return measureSpeed(this.#executor, { chunk: 64, steps: 3, signal });
    });
  }

  rewind(sequence: Sequence, length: number): void {
    if (this.#running > 0) throw new InvalidRequestError("rewinding while another call runs");
    const branch = this.#branch(sequence);
    if (!Number.isInteger(length) || length < 1 || length > branch.length) {
      throw new InvalidRequestError(`rewinding a sequence of ${branch.length} tokens to ${length}`);
    }
    branch.tokens.length = length; // its rows behind that are written anew before they are read
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#pending; // a call that still runs stops at its next chunk
    this.#branches = [];
    await this.#executor.dispose();
  }

  /** Runs calls one after the other. */
  async #exclusive<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    if (this.#disposed) throw new StaleError("engine");
    this.#running++;
    const result = this.#pending.then(() => {
      this.#checkpoint(signal);
      return call();
    });
    this.#pending = result.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await result;
    } finally {
      this.#running--;
    }
  }

  /** Where a call may stop: on its signal, or because the engine is being disposed. */
  #checkpoint(signal: AbortSignal | undefined): void {
    if (this.#disposed) throw new AbortedError();
    throwIfAborted(signal);
  }

  /** `ids` as a plain array, every one checked against the vocabulary. */
  #tokens(ids: ArrayLike<number>, what: string): number[] {
    const tokens = Array.from(ids);
    if (tokens.length === 0) throw new InvalidRequestError(`the ${what} is empty`);
    const wrong = tokens.find((id) => !Number.isInteger(id) || id < 0 || id >= this.info.vocab);
    if (wrong !== undefined)
      throw new InvalidRequestError(`the ${what} has ${wrong}, which is no token`);
    return tokens;
  }

  async #prefill(ids: readonly number[], options: PrefillOptions): Promise<Prefix> {
    const { limits, row_multiple: multiple } = this.#executor.plan;
    if (ids.length > limits.prefix) throw new TooLongError("The text", ids.length, limits.prefix);
    const wanted = new Set(options.logitsAt ?? []);
    for (const position of wanted) {
      const inside = Number.isInteger(position) && position >= 0 && position < ids.length;
      if (!inside) throw new InvalidRequestError(`logits at position ${position} of ${ids.length}`);
    }
    let position = Math.min(commonLength(this.#cached, ids), ...wanted);
    options.onProgress?.(position, ids.length);
    if (position < ids.length) this.#branches = [];
    while (position < ids.length) {
      this.#checkpoint(options.signal);
      const chunk = ids.slice(position, position + this.#chunk.tokens);
      const rows = padRows(chunk.length, multiple);
      this.#cached.length = position; // until the call has succeeded, its rows hold anything
      writeInput(this.#executor, "tokens", chunk, rows, 0);
      const start = performance.now();
      await this.#executor.run({
        function: "prefill",
        symbols: [rows, position],
        rows: 0,
        logits: false,
      });
      this.#chunk.observe(chunk.length, performance.now() - start);
      this.#cached.push(...chunk);
      for (let row = 0; row < chunk.length; row++) {
        if (!wanted.has(position + row)) continue;
        const { logits } = await this.#executor.run({
          function: "head",
          symbols: [row],
          rows: 1,
          logits: true,
        });
        options.onLogits?.(position + row, logits[0]!);
      }
      position += chunk.length;
      options.onProgress?.(position, ids.length);
    }
    return { ids };
  }

  async #fork(
    prefix: Prefix,
    suffixes: readonly ArrayLike<number>[],
    { maxNewTokens, signal }: ForkOptions,
  ): Promise<Sequence[]> {
    const { limits } = this.#executor.plan;
    if (suffixes.length < 1 || suffixes.length > limits.sequences) {
      throw new InvalidRequestError(
        `${suffixes.length} sequences, where 1 to ${limits.sequences} can run`,
      );
    }
    if (!Number.isInteger(maxNewTokens) || maxNewTokens < 0) {
      throw new InvalidRequestError(`${maxNewTokens} new tokens`);
    }
    const length = prefix.ids.length;
    if (length === 0 || commonLength(this.#cached, prefix.ids) < length)
      throw new StaleError("prefix");
    const tokens = suffixes.map((suffix) => this.#tokens(suffix, "suffix"));
    const needs = tokens.map((suffix) => suffix.length + maxNewTokens);
    const regions = allocateRegions(length, needs, limits);
    this.#cached.length = Math.min(this.#cached.length, alignRows(length)); // the regions take the rest
    this.#prefixLength = length;
    const branches = regions.map(
      (region, place) => new Branch(this.#nextId++, place, region, tokens[place]!),
    );
    this.#branches = branches;
    // Rows of one sequence may share a call: their keys and values are stored before any is read.
    const rows = branches.flatMap((branch) =>
      branch.tokens.slice(1).map((_, index) => ({ branch, index })),
    );
    for (let first = 0; first < rows.length; first += limits.sequences) {
      this.#checkpoint(signal);
      await feedRows(this.#executor, length, rows.slice(first, first + limits.sequences), {
        choices: false,
        logits: false,
      });
    }
    return [...branches];
  }

  async #step(sequences: readonly Sequence[], options: StepOptions): Promise<Token[]> {
    const branches = sequences.map((sequence) => this.#branch(sequence));
    if (branches.length === 0 || new Set(branches).size < branches.length) {
      throw new InvalidRequestError("a step wants at least one sequence, and each only once");
    }
    for (const { length, region } of branches) {
      if (length >= region.capacity)
        throw new TooLongError("A sequence with one more token", length + 1, region.capacity);
    }
    const force =
      options.force === undefined
        ? undefined
        : this.#tokens(options.force, "list of forced tokens");
    if (force !== undefined && force.length !== branches.length) {
      throw new InvalidRequestError(
        `${force.length} forced tokens for ${branches.length} sequences`,
      );
    }
    const { mask, onLogits, greedy = true } = options;
    const withLogits =
      !greedy || mask !== undefined || onLogits !== undefined || force !== undefined;
    const rows = branches.map((branch) => ({ branch, index: branch.length - 1 }));
    const wanted = { choices: true, logits: withLogits };
    const result = await feedRows(this.#executor, this.#prefixLength, rows, wanted);
    const chosen = branches.map((branch, row) =>
      chooseToken(branch, row, result, options, force?.[row]),
    );
    if (onLogits !== undefined) result.logits.forEach((logits, index) => onLogits(index, logits));
    return branches.map((branch, row) => {
      branch.tokens.push(chosen[row]!.id);
      return { sequence: branch, ...chosen[row]! };
    });
  }

  #branch(sequence: Sequence): Branch {
    const branch = this.#branches.find((candidate) => candidate === sequence);
    if (branch === undefined) throw new StaleError("sequence");
    return branch;
  }
}
