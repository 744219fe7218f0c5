/** What the session needs of a device: write the inputs, run a function of the plan, read results. */
import type { FunctionName, Plan } from "./plan.ts";
import type { EngineKind, KernelKind } from "./types.ts";

export type InputName = "tokens" | "positions" | "kv_rows" | "starts";

export interface Call {
  readonly function: FunctionName;
  /** values in the order of FUNCTION_SYMBOLS */
  readonly symbols: readonly number[];
  /** how many rows' greedy choices are wanted (0: none) */
  readonly rows: number;
  /** whether these rows' logits are wanted too */
  readonly logits: boolean;
}

export interface CallResult {
  /** greedy token of each row asked for */
  readonly ids: readonly number[];
  /** and the natural logarithm of its probability */
  readonly logProbs: readonly number[];
  /** fresh arrays [vocab], one for each row, where asked for */
  readonly logits: readonly Float32Array[];
}

export interface Executor {
  readonly plan: Plan;
  readonly kind: EngineKind;
  readonly threads: number;
  readonly kernels: KernelKind;
  /** Writes the first values of an input buffer, before the next `run`. */
  write(input: InputName, values: Int32Array<ArrayBuffer>): void;
  /** Runs a function and lets the event loop turn. Raises WorkerDiedError, DeviceLostError, GpuError. */
  run(call: Call): Promise<CallResult>;
  /** Frees everything; no call may follow. */
  dispose(): Promise<void>;
}

export const NO_RESULT: CallResult = { ids: [], logProbs: [], logits: [] };
