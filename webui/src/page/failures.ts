/** What the page offers for each kind of failure, besides its sentence. */
import type { Failure } from "../worker-api.ts";
import { texts } from "./texts.ts";

export type Remedy =
  | "retry" // load the model again
  | "download"
  | "restart" // start a new worker
  | "use-cpu"
  | "standard-kernels"
  | "keep-end"
  | "keep-start";

export interface Alert {
  message: string;
  remedies: Remedy[];
}

const REMEDIES: Record<string, Remedy[]> = {
  "transcript-too-long": ["keep-end", "keep-start"],
  "empty-transcript": [],
  "missing-file": ["retry"],
  "hash-mismatch": ["retry"],
  "download-interrupted": ["retry"],
  "download-stalled": ["retry"],
  "stored-damaged": ["retry"],
  "out-of-memory": ["retry"],
  "format-refused": ["retry"],
  "bad-model-file": ["retry"],
  "worker-died": ["restart"], // a thread of the engine
  "scribe-died": ["restart"], // the page's worker itself
  "no-wasm-simd": [],
  "no-engine": [],
  "no-webgpu": ["use-cpu"],
  "gpu-limits": ["use-cpu"],
  "gpu-error": ["retry", "use-cpu"],
  "device-lost": ["retry", "use-cpu"],
  "kernels-unavailable": ["standard-kernels"],
};

/** The alert for a failure; one that nobody foresaw offers a fresh start. */
export function alertOf(failure: Failure): Alert {
  const remedies = REMEDIES[failure.code] ?? ["restart"];
  const message =
    failure.code === "unexpected"
      ? texts.errors.unexpected(failure.message)
      : texts.errors.failure(failure.code, failure.message);
  return { message, remedies };
}
