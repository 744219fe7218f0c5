/** What can go wrong in the engine. Each class carries a stable `code` and one sentence for people. */

export type EngineErrorCode =
  | "format-refused"
  | "missing-file"
  | "hash-mismatch"
  | "download-interrupted"
  | "download-stalled"
  | "stored-damaged"
  | "out-of-memory"
  | "no-wasm-simd"
  | "no-webgpu"
  | "no-engine"
  | "gpu-limits"
  | "gpu-error"
  | "device-lost"
  | "worker-died"
  | "kernels-unavailable"
  | "too-long"
  | "stale"
  | "invalid-request"
  | "aborted";

/** `12.3 MB`, in units of 10⁶ bytes, as operating systems and browsers show memory to people. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
}

export class EngineError extends Error {
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "EngineError";
    this.code = code;
  }
}

/** A manifest, plan or weight index that this version does not read, or that contradicts itself. */
export class FormatRefusedError extends EngineError {
  constructor(file: string, problem: string) {
    super(
      "format-refused",
      `${file} cannot be used: ${problem}. Build the model and the page again with the same version.`,
    );
  }
}

export class MissingFileError extends EngineError {
  readonly path: string;

  constructor(path: string, cause?: unknown) {
    super(
      "missing-file",
      `The model file ${path} is missing where the page was installed; ask whoever installed it to copy the whole model folder.`,
      cause,
    );
    this.path = path;
  }
}

/** Content that differs from the manifest's size or SHA-256. Such bytes are neither used nor stored. */
export class HashMismatchError extends EngineError {
  readonly path: string;

  constructor(path: string, problem: string) {
    super(
      "hash-mismatch",
      `The model file ${path} is damaged (${problem}) and was not used; reload the page, and if that does not help, have the model folder copied again.`,
    );
    this.path = path;
  }
}

const goesOn = (kept: boolean): string =>
  kept ? "; the files that had arrived are kept, and the download goes on from there" : "";

export class DownloadInterruptedError extends EngineError {
  readonly path: string;
  /** what happened, for use within another sentence */
  readonly problem: string;

  constructor(path: string, problem: string, kept: boolean, cause?: unknown) {
    super(
      "download-interrupted",
      `The download of ${path} was interrupted (${problem}); check the connection and try again${goesOn(kept)}.`,
      cause,
    );
    this.path = path;
    this.problem = problem;
  }
}

/** The connection stands, and nothing comes. */
export class DownloadStalledError extends EngineError {
  readonly path: string;
  readonly problem: string;

  constructor(path: string, seconds: number, kept: boolean, cause?: unknown) {
    super(
      "download-stalled",
      `Nothing more of ${path} has arrived for ${seconds} seconds; check the connection and try again${goesOn(kept)}.`,
      cause,
    );
    this.path = path;
    this.problem = `nothing arrived for ${seconds} seconds`;
  }
}

/** A file of this machine's own storage differs from the manifest, and no server replaced it. */
export class StoredFileDamagedError extends EngineError {
  readonly path: string;

  constructor(path: string, problem: string, cause?: unknown) {
    super(
      "stored-damaged",
      `The stored copy of the model file ${path} is damaged or out of date and was not used, and it could not be replaced (${problem}); connect this device to the network and try again.`,
      cause,
    );
    this.path = path;
  }
}

export class OutOfMemoryError extends EngineError {
  readonly neededBytes: number;

  constructor(neededBytes: number, where: string, cause?: unknown) {
    super(
      "out-of-memory",
      `There is not enough ${where} for this model, which needs ${megabytes(neededBytes)}; close other tabs and programs and try again.`,
      cause,
    );
    this.neededBytes = neededBytes;
  }
}

export class NoWasmSimdError extends EngineError {
  constructor() {
    super(
      "no-wasm-simd",
      "This browser has no WebAssembly SIMD, which the CPU engine needs; use a current Chrome, Edge, Firefox or Safari.",
    );
  }
}

export class NoWebGpuError extends EngineError {
  constructor(problem: string) {
    super(
      "no-webgpu",
      `The GPU engine cannot start: ${problem}; choose the CPU engine, or use a browser and a machine with WebGPU.`,
    );
  }
}

/** Neither executor can run here. */
export class NoEngineError extends EngineError {
  constructor() {
    super(
      "no-engine",
      "This browser has neither WebAssembly SIMD nor a usable GPU, one of which the model needs; use a current Chrome, Edge, Firefox or Safari.",
    );
  }
}

export class GpuLimitsError extends EngineError {
  readonly limit: string;
  readonly has: number;
  readonly needs: number;

  constructor(limit: string, has: number, needs: number) {
    super(
      "gpu-limits",
      `This GPU is too small for the model: its limit ${limit} is ${has}, and ${needs} is needed; choose the CPU engine.`,
    );
    this.limit = limit;
    this.has = has;
    this.needs = needs;
  }
}

/** An error that the GPU device reported outside any call, or a kernel that it would not compile. */
export class GpuError extends EngineError {
  constructor(problem: string, cause?: unknown) {
    super(
      "gpu-error",
      `The GPU engine failed (${problem}); load the model again or choose the CPU engine.`,
      cause,
    );
  }
}

export class DeviceLostError extends EngineError {
  constructor(problem: string, cause?: unknown) {
    super(
      "device-lost",
      `The browser lost the GPU (${problem || "no reason given"}); load the model again or choose the CPU engine.`,
      cause,
    );
  }
}

export class WorkerDiedError extends EngineError {
  constructor(problem: string, cause?: unknown) {
    super(
      "worker-died",
      `A computing thread of the CPU engine stopped (${problem}); load the model again, with fewer threads if it happens repeatedly.`,
      cause,
    );
  }
}

export class KernelsUnavailableError extends EngineError {
  constructor(kernels: string, problem: string) {
    super(
      "kernels-unavailable",
      `The ${kernels} kernels cannot be used here: ${problem}; load the model with its default kernels.`,
    );
  }
}

/** More tokens than the context, the pool of cache rows or a sequence's own share can hold. */
export class TooLongError extends EngineError {
  readonly tokens: number;
  readonly fit: number;

  constructor(what: string, tokens: number, fit: number) {
    super(
      "too-long",
      `${what} needs ${tokens} tokens and only ${fit} fit; shorten it or ask for fewer new tokens.`,
    );
    this.tokens = tokens;
    this.fit = fit;
  }
}

/** A prefix or sequence whose cache rows have been taken by a later prefill or fork, or were freed. */
export class StaleError extends EngineError {
  constructor(what: string) {
    super(
      "stale",
      `This ${what} is no longer in the cache; read the prompt again and fork from it.`,
    );
  }
}

export class InvalidRequestError extends EngineError {
  constructor(problem: string) {
    super("invalid-request", `The engine was asked for something impossible: ${problem}.`);
  }
}

export class AbortedError extends EngineError {
  constructor() {
    super("aborted", "Stopped on request.");
  }
}

/** Throws AbortedError once `signal` has been aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortedError();
}

/** The message of whatever was thrown. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
