/** Loading one executor with a model's weights. */
import { CpuExecutor } from "./cpu/executor.ts";
import { relaxedDotProblem } from "./cpu/features.ts";
import { KernelsUnavailableError } from "./errors.ts";
import { GpuExecutor } from "./gpu/executor.ts";
import type { FoundAdapter } from "./gpu/adapter.ts";
import type { Host } from "./host.ts";
import { hasFile, manifestFile } from "./manifest.ts";
import type { ModelSource } from "./model-source.ts";
import { parsePlan } from "./plan.ts";
import { isWeightFile } from "./tensor-cache.ts";
import type { LoadProgress } from "./types.ts";
import { loadWeights } from "./weights.ts";
import type { ReadFile, WeightTarget } from "./weights.ts";

export interface LoadContext {
  readonly source: ModelSource;
  readonly host: Host;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** Reads model files and reports their bytes together. */
export class ModelReader {
  readonly #context: LoadContext;
  readonly #done = new Map<string, number>();
  readonly #total: number;

  constructor(context: LoadContext) {
    this.#context = context;
    const weights = context.source.manifest.files.filter(({ path }) => isWeightFile(path));
    this.#total = weights.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** A weight file, counted in the progress. */
  readonly weights: ReadFile = (path) =>
    this.#context.source.file(path, {
      signal: this.#context.signal,
      onProgress: ({ phase, bytesDone }) => {
        this.#done.set(path, bytesDone);
        this.#report(phase);
      },
    });

  /** A plan or kernel file: small, and not counted. */
  readonly small: ReadFile = (path) =>
    this.#context.source.file(path, { signal: this.#context.signal });

  starting(): void {
    this.#report("starting");
  }

  #report(phase: LoadProgress["phase"]): void {
    const bytesDone = [...this.#done.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#context.onProgress?.({ phase, bytesDone, bytesTotal: this.#total });
  }
}

/** Fills an executor's weights; disposes of it when that fails. */
export async function fill<E extends GpuExecutor | CpuExecutor>(
  executor: E & WeightTarget,
  reader: ModelReader,
  signal: AbortSignal | undefined,
): Promise<E> {
  try {
    await loadWeights(executor.plan, reader.weights, executor, signal);
    return executor;
  } catch (error) {
    await executor.dispose();
    throw error;
  }
}

const CPU_PLANS = { int16: "plan.wasm.json", int8: "plan.wasm.int8.json" } as const;

/** The CPU executor without weights. */
export async function createCpu(
  context: LoadContext,
  reader: ModelReader,
  kernels: "int16" | "int8",
  threads: number | undefined,
): Promise<CpuExecutor> {
  const { source, host, signal } = context;
  const planName = CPU_PLANS[kernels];
  if (kernels === "int8") {
    const problem = hasFile(source.manifest, planName)
      ? relaxedDotProblem()
      : "the model was built without them";
    if (problem !== null) throw new KernelsUnavailableError(kernels, problem);
  }
  const plan = await reader.small(planName);
  const { limits, module } = parsePlan(plan, planName, "wasm");
  const wanted = Math.min(threads ?? host.hardwareThreads, limits.threads);
  const count = host.sharedMemory ? Math.max(1, Math.floor(wanted)) : 1;
  const code = await reader.small(count > 1 ? module!.shared : module!.single);
  reader.starting();
  return CpuExecutor.create({
    plan,
    planName,
    kernels: code,
    kernelKind: kernels,
    threads: count,
    host,
    signal,
  });
}

/** The GPU executor without weights; in half precision where the model and the adapter have it. */
export async function createGpu(
  { source }: LoadContext,
  reader: ModelReader,
  found: FoundAdapter,
  allowHalf: boolean,
): Promise<GpuExecutor> {
  const half = "plan.webgpu-f16.json";
  const useHalf =
    allowHalf && hasFile(source.manifest, half) && found.adapter.features.has("shader-f16");
  const planName = useHalf ? half : "plan.webgpu.json";
  manifestFile(source.manifest, planName);
  const plan = await reader.small(planName);
  reader.starting();
  return GpuExecutor.create({ plan, planName, found });
}
