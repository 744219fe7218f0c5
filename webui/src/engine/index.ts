/** The engine: loads a model folder and runs it on the CPU or the GPU behind one face. */
import { throwIfAborted } from "./errors.ts";
import type { Host } from "./host.ts";
import type { ModelSource } from "./model-source.ts";
import { selectExecutor } from "./select.ts";
import { Session } from "./session.ts";
import type { Engine, EngineChoice, LoadProgress } from "./types.ts";

export interface LoadOptions {
  engine: EngineChoice;
  /** CPU threads, the engine's own included; by default one per logical processor */
  threads?: number | undefined;
  /** CPU kernels: `int16` (default), or `int8` where model and browser have them */
  kernels?: "int16" | "int8" | undefined;
  /** whether the GPU may compute in half precision where it can (default true) */
  halfPrecision?: boolean | undefined;
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
  host: Host;
}

/** Loads the model. Raises an EngineError, whose message is a sentence for people. */
export async function loadEngine(source: ModelSource, options: LoadOptions): Promise<Engine> {
  throwIfAborted(options.signal);
  const executor = await selectExecutor({ source, ...options });
  const { name, test_model: testModel } = source.manifest;
  return new Session(executor, { name, testModel });
}

export { browserHost } from "./browser-host.ts";
export { MODEL_CACHE, openBrowserSource } from "./browser-source.ts";
export * from "./errors.ts";
export type { HelperThread, Host } from "./host.ts";
export type { Manifest, ManifestFile } from "./manifest.ts";
export type { FileProgress, FileRequest, ModelSource, StorageReport } from "./model-source.ts";
export type * from "./types.ts";
