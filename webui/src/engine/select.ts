/** Which executor runs a model on this machine. */
import type { CpuExecutor } from "./cpu/executor.ts";
import { hasWasmSimd } from "./cpu/features.ts";
import { AbortedError, NoEngineError, NoWebGpuError } from "./errors.ts";
import type { Executor } from "./executor.ts";
import { findAdapter } from "./gpu/adapter.ts";
import type { FoundAdapter } from "./gpu/adapter.ts";
import type { GpuExecutor } from "./gpu/executor.ts";
import { createCpu, createGpu, fill, ModelReader } from "./load.ts";
import type { LoadContext } from "./load.ts";
import { estimateNote } from "./measure.ts";
import { parameterCount } from "./plan.ts";
import type { EngineChoice } from "./types.ts";

/** Below this many weights the CPU is a match for a GPU, and the choice is measured. */
const SMALL_MODEL = 300e6;

export interface SelectOptions extends LoadContext {
  readonly engine: EngineChoice;
  readonly threads?: number | undefined;
  readonly kernels?: "int16" | "int8" | undefined;
  /** whether the GPU may compute in half precision (default true) */
  readonly halfPrecision?: boolean | undefined;
}

class Selection {
  readonly #options: SelectOptions;
  readonly #reader: ModelReader;

  constructor(options: SelectOptions) {
    this.#options = options;
    this.#reader = new ModelReader(options);
  }

  #emptyCpu(): Promise<CpuExecutor> {
    const { kernels = "int16", threads } = this.#options;
    return createCpu(this.#options, this.#reader, kernels, threads);
  }

  #emptyGpu(found: FoundAdapter): Promise<GpuExecutor> {
    return createGpu(this.#options, this.#reader, found, this.#options.halfPrecision ?? true);
  }

  async cpu(): Promise<CpuExecutor> {
    return fill(await this.#emptyCpu(), this.#reader, this.#options.signal);
  }

  async #gpu(found: FoundAdapter): Promise<GpuExecutor> {
    return fill(await this.#emptyGpu(found), this.#reader, this.#options.signal);
  }

  /** As demanded: a software adapter is good enough. */
  async demandedGpu(): Promise<Executor> {
    const { gpu } = this.#options.host;
    if (gpu === null) throw new NoWebGpuError("this browser does not offer WebGPU here");
    const found = await findAdapter(gpu);
    if (found === null) throw new NoWebGpuError("the browser found no GPU that it can use");
    return this.#gpu(found);
  }

  async automatic(): Promise<Executor> {
    const found = await findAdapter(this.#options.host.gpu);
    const hardware = found === null || found.software ? null : found;
    if (hardware === null) {
      if (!hasWasmSimd()) throw new NoEngineError();
      return this.cpu();
    }
    if (!hasWasmSimd()) return this.#gpu(hardware);
    const gpu = await this.#unlessAborted(this.#emptyGpu(hardware));
    if (gpu === null) return this.cpu();
    if (parameterCount(gpu.plan.model) >= SMALL_MODEL) {
      const filled = await this.#unlessAborted(fill(gpu, this.#reader, this.#options.signal));
      return filled ?? this.cpu();
    }
    return this.#faster(gpu);
  }

  /**
   * The CPU with its weights, or the GPU where it would write a note sooner. Timing the GPU needs
   * no weights there; on the CPU, zeros would compute at another speed.
   */
  async #faster(gpu: GpuExecutor): Promise<Executor> {
    let cpu: CpuExecutor;
    try {
      cpu = await this.cpu();
    } catch (error) {
      await gpu.dispose();
      throw error;
    }
    this.#reader.starting();
    const gpuTime = await this.#unlessAborted(estimateNote(gpu));
    if (gpuTime === null || gpuTime >= (await estimateNote(cpu))) {
      await gpu.dispose();
      return cpu;
    }
    const filled = await this.#unlessAborted(fill(gpu, this.#reader, this.#options.signal));
    if (filled === null) return cpu;
    await cpu.dispose();
    return filled;
  }

  /** A GPU that does not work out is no reason not to start: null, unless the load was aborted. */
  async #unlessAborted<T>(attempt: Promise<T>): Promise<T | null> {
    try {
      return await attempt;
    } catch (error) {
      if (error instanceof AbortedError || this.#options.signal?.aborted) throw error;
      return null;
    }
  }
}

/**
 * Loads the executor that `options.engine` asks for. `auto` never takes a software adapter; it
 * takes a hardware GPU for a big model, and for a small one if it is measured to be faster here.
 */
export function selectExecutor(options: SelectOptions): Promise<Executor> {
  const selection = new Selection(options);
  if (options.engine === "cpu") return selection.cpu();
  if (options.engine === "gpu") return selection.demandedGpu();
  return selection.automatic();
}
