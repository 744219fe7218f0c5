/**
 * The CPU executor: thread 0 is the caller's own (a worker, in a browser); helpers run the same
 * steps in lockstep over one shared memory.
 */
import {
  AbortedError,
  NoWasmSimdError,
  OutOfMemoryError,
  reason,
  WorkerDiedError,
} from "../errors.ts";
import type { EngineError } from "../errors.ts";
import { NO_RESULT } from "../executor.ts";
import type { Call, CallResult, Executor, InputName } from "../executor.ts";
import type { HelperThread, Host } from "../host.ts";
import { bufferNamed, FUNCTION_NAMES, parsePlan } from "../plan.ts";
import type { Plan, PlanBuffer } from "../plan.ts";
import { ropeTable } from "../rope.ts";
import { chooseGreedy, SLICES } from "../sampler.ts";
import type { Partials } from "../sampler.ts";
import type { WeightTarget } from "../weights.ts";
import { ControlBlock, PATIENCE } from "./control.ts";
import type { Patience } from "./control.ts";
import { hasWasmSimd } from "./features.ts";
import { controlBlock } from "./helper.ts";
import type { HelperReport, HelperStart } from "./helper.ts";
import { Program } from "./program.ts";

const PAGE = 65536;

export interface CpuOptions {
  /** content of `plan.wasm.json` and its name, for errors */
  readonly plan: Uint8Array<ArrayBuffer>;
  readonly planName: string;
  /** `kernels.wasm`, or with one thread `kernels.single.wasm`, whose memory is not shared */
  readonly kernels: Uint8Array<ArrayBuffer>;
  readonly kernelKind: "int16" | "int8";
  readonly threads: number;
  readonly host: Host;
  readonly signal?: AbortSignal | undefined;
  /** for tests */
  readonly patience?: Patience;
}

/** The whole arena; its maximum is its size, so that it can never be moved or grow. */
function allocate(plan: Plan, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(plan.memory / PAGE);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (error) {
    throw new OutOfMemoryError(plan.memory, "memory", error);
  }
}

export class CpuExecutor implements Executor, WeightTarget {
  readonly plan: Plan;
  readonly kind = "CPU";
  readonly threads: number;
  readonly kernels: "int16" | "int8";
  readonly #host: Host;
  readonly #memory: WebAssembly.Memory;
  readonly #control: ControlBlock;
  readonly #program: Program;
  readonly #helpers: readonly HelperThread[];
  readonly #partials: readonly Partials[];
  readonly #logits: readonly Float32Array[];
  #failure: EngineError | null = null;

  /** Memory, kernels and helper threads; the weights come afterwards. */
  static async create(options: CpuOptions): Promise<CpuExecutor> {
    if (!hasWasmSimd()) throw new NoWasmSimdError();
    const plan = parsePlan(options.plan, options.planName, "wasm");
    const memory = allocate(plan, options.threads > 1);
    const module = await WebAssembly.compile(options.kernels);
    const helpers = Array.from({ length: options.threads - 1 }, () => options.host.spawn());
    try {
      await Promise.all(
        helpers.map((helper, index) => {
          const { threads, plan: planBytes } = options;
          return ready(
            helper,
            { module, memory, plan: planBytes, tid: index + 1, threads },
            options.signal,
          );
        }),
      );
      return new CpuExecutor(options, plan, memory, module, helpers);
    } catch (error) {
      for (const helper of helpers) helper.terminate();
      throw error;
    }
  }

  private constructor(
    options: CpuOptions,
    plan: Plan,
    memory: WebAssembly.Memory,
    module: WebAssembly.Module,
    helpers: readonly HelperThread[],
  ) {
    this.plan = plan;
    this.threads = options.threads;
    this.kernels = options.kernelKind;
    this.#host = options.host;
    this.#memory = memory;
    this.#helpers = helpers;
    this.#control = new ControlBlock(
      controlBlock(plan, memory),
      this.threads,
      options.patience ?? PATIENCE,
    );
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.#program = new Program(plan, exports, 0, this.threads);
    this.#partials = this.#rows((row) => ({
      best: this.#floats("best_value", row * SLICES, SLICES),
      index: new Int32Array(memory.buffer, this.#address("best_index") + 4 * row * SLICES, SLICES),
      expSum: this.#floats("exp_sum", row * SLICES, SLICES),
    }));
    this.#logits = this.#rows((row) =>
      this.#floats("logits", row * plan.model.vocab, plan.model.vocab),
    );
    for (const helper of helpers)
      helper.onFailure((problem) => this.#fail(new WorkerDiedError(problem)));
    for (const buffer of plan.buffers) {
      if (buffer.constant !== undefined) this.#view(buffer).set(ropeTable(buffer.constant));
    }
  }

  #rows<T>(make: (row: number) => T): T[] {
    return Array.from({ length: this.plan.limits.sequences }, (_, row) => make(row));
  }

  #address(name: string): number {
    return bufferNamed(this.plan, name).offset!;
  }

  #floats(name: string, first: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, this.#address(name) + 4 * first, length);
  }

  #view(buffer: PlanBuffer): Float32Array {
    return new Float32Array(this.#memory.buffer, buffer.offset, buffer.bytes / 4);
  }

  open(buffer: PlanBuffer): Uint8Array {
    return new Uint8Array(this.#memory.buffer, buffer.offset, buffer.bytes);
  }

  close(): void {
    // nothing to do: the weights were written in place
  }

  write(input: InputName, values: Int32Array): void {
    new Int32Array(this.#memory.buffer, this.#address(input), values.length).set(values);
  }

  async run(call: Call): Promise<CallResult> {
    if (this.#failure !== null) throw this.#failure;
    const index = FUNCTION_NAMES.indexOf(call.function);
    const control = this.#control;
    control.symbols.set(call.symbols);
    control.start(index);
    try {
      this.#program.run(index, control.symbols, () => control.barrier(0));
    } catch (error) {
      control.fail(0);
      throw this.#fail(
        error instanceof WorkerDiedError ? error : new WorkerDiedError(reason(error), error),
      );
    }
    const result = call.rows === 0 ? NO_RESULT : this.#result(call);
    await this.#host.yield();
    return result;
  }

  #result(call: Call): CallResult {
    const choices = this.#partials.slice(0, call.rows).map(chooseGreedy);
    return {
      ids: choices.map(({ id }) => id),
      logProbs: choices.map(({ logProb }) => logProb),
      // Sliced out of shared memory into arrays of the caller's own.
      logits: call.logits
        ? this.#logits.slice(0, call.rows).map((row) => new Float32Array(row))
        : [],
    };
  }

  #fail(error: EngineError): EngineError {
    this.#failure ??= error;
    return this.#failure;
  }

  dispose(): Promise<void> {
    this.#fail(new AbortedError());
    if (this.threads > 1) this.#control.stop();
    for (const helper of this.#helpers) helper.terminate();
    return Promise.resolve();
  }
}

/** Starts a helper and waits until it serves. Raises WorkerDiedError, AbortedError. */
function ready(
  helper: HelperThread,
  start: HelperStart,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    helper.onFailure((problem) => reject(new WorkerDiedError(problem)));
    helper.onMessage((message) => {
      const report = message as HelperReport;
      if ("failed" in report) reject(new WorkerDiedError(report.failed));
      else resolve();
    });
    if (signal?.aborted) return reject(new AbortedError());
    signal?.addEventListener("abort", () => reject(new AbortedError()), { once: true });
    helper.post(start);
  });
}
