/**
 * The execution plan that the model's build writes for each target: buffers, kernels, and for each
 * function the list of kernel launches. Checked once on load; the executors trust it afterwards.
 */
import { FormatRefusedError } from "./errors.ts";
import { parseJson, requireFormat, requireObject } from "./manifest.ts";
import { compileScalar } from "./scalar.ts";
import type { Scalar } from "./scalar.ts";

export interface ModelShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kv_heads: number;
  readonly head_dim: number;
  readonly ff: number;
  readonly vocab: number;
}

export interface PlanLimits {
  /** tokens of one prefill call */
  readonly chunk: number;
  /** tokens of a shared prefix */
  readonly prefix: number;
  /** rows of the KV cache that prefix and sequences share; a few spare rows follow for dummies */
  readonly rows: number;
  /** sequences of one batch */
  readonly sequences: number;
  /** RoPE positions */
  readonly positions: number;
  /** threads that the scratch buffers and stacks are laid out for */
  readonly threads: number;
}

export interface WeightSource {
  readonly tensor: string;
  readonly part: string;
  /** half-open range of the stored tensor's rows; all of them where absent */
  readonly rows?: readonly [number, number];
  readonly layout: string;
}

export interface ConstantSource {
  readonly kind: "rope";
  readonly part: "cos" | "sin";
  /** radians per position, one for each pair of channels */
  readonly frequencies: readonly number[];
  /** positions, the table's rows */
  readonly length: number;
}

export interface PlanBuffer {
  readonly name: string;
  readonly bytes: number;
  readonly kind: "weight" | "constant" | "state" | "input" | "scratch";
  readonly dtype: string;
  /** address in the WebAssembly arena */
  readonly offset?: number;
  readonly source?: WeightSource;
  readonly constant?: ConstantSource;
}

export interface PlanKernel {
  readonly name: string;
  readonly wgsl?: string;
}

export interface PlanStep {
  readonly kernel: number;
  readonly buffers: readonly number[];
  readonly scalars: readonly Scalar[];
  /** workgroups in x, y, z (WebGPU) */
  readonly grid?: readonly [Scalar, Scalar, Scalar];
  /** equal for steps whose scalars and grid x are the same expressions (WebGPU) */
  readonly uniformKey?: string;
}

export interface PlanFunction {
  readonly symbols: readonly string[];
  readonly steps: readonly PlanStep[];
}

export const FUNCTION_NAMES = ["prefill", "head", "decode", "batch"] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** The symbols of each function, in the order in which callers pass their values. */
export const FUNCTION_SYMBOLS: Readonly<Record<FunctionName, readonly string[]>> = {
  prefill: ["n", "pos"],
  head: ["row"],
  decode: ["plen"],
  batch: ["b", "plen"],
};

export interface Plan {
  readonly format: 1;
  readonly target: "wasm" | "webgpu";
  readonly features: readonly string[];
  readonly model: ModelShape;
  readonly limits: PlanLimits;
  /** rows of prefill and batch must be a multiple of this */
  readonly row_multiple: number;
  /** bytes: end of the arena (wasm) or sum of the buffers (WebGPU) */
  readonly memory: number;
  readonly kernels: readonly PlanKernel[];
  readonly buffers: readonly PlanBuffer[];
  readonly functions: Readonly<Record<FunctionName, PlanFunction>>;
  /** address of the control block (wasm) */
  readonly control?: number;
  /** file names of the kernels (wasm): importing shared memory, and memory of a single thread */
  readonly module?: { readonly shared: string; readonly single: string };
  /** stacks of the threads (wasm): thread t starts at base + bytes·(t+1), growing down */
  readonly stack?: { readonly base: number; readonly bytes: number };
}

const MODEL_KEYS = ["layers", "hidden", "heads", "kv_heads", "head_dim", "ff", "vocab"] as const;
const LIMIT_KEYS = ["chunk", "prefix", "rows", "sequences", "positions", "threads"] as const;
const INPUT_NAMES = ["tokens", "positions", "kv_rows", "starts"] as const;
const OUTPUT_NAMES = {
  wasm: ["logits", "best_value", "best_index", "exp_sum"],
  webgpu: ["logits", "choice", "logprob"],
} as const;

class PlanReader {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  refuse(problem: string): never {
    throw new FormatRefusedError(this.file, problem);
  }

  counts<K extends string>(value: unknown, keys: readonly K[], what: string): Record<K, number> {
    const object = requireObject(value, this.file, what);
    for (const key of keys) {
      const number = object[key];
      if (!Number.isSafeInteger(number) || (number as number) < 1)
        this.refuse(`${what}.${key} is missing`);
    }
    return object as Record<K, number>;
  }

  list(value: unknown, what: string): readonly unknown[] {
    return Array.isArray(value) ? (value as unknown[]) : this.refuse(`${what} is no list`);
  }

  /** Plans come from our own build, so that checks go as deep as a mix-up of versions could. */
  buffer(value: unknown, target: string, memory: number): PlanBuffer {
    const buffer = requireObject(value, this.file, "a buffer") as Partial<PlanBuffer>;
    const name = buffer.name;
    if (typeof name !== "string") return this.refuse("a buffer has no name");
    const { bytes, offset, kind, source, constant } = buffer;
    if (!Number.isSafeInteger(bytes) || bytes! < 1) this.refuse(`buffer ${name} has no size`);
    const placed = Number.isSafeInteger(offset) && offset! >= 0 && offset! % 4 === 0;
    if (target === "wasm" && !(placed && offset! + bytes! <= memory)) {
      this.refuse(`buffer ${name} does not lie inside the arena`);
    }
    if (
      kind === "weight" &&
      (typeof source?.tensor !== "string" || typeof source.layout !== "string")
    ) {
      this.refuse(`buffer ${name} does not say which weights it holds`);
    }
    if (kind === "constant" && !this.isRopeTable(constant, bytes!)) {
      this.refuse(`buffer ${name} holds an unknown constant`);
    }
    return buffer as PlanBuffer;
  }

  isRopeTable(constant: Partial<ConstantSource> | undefined, bytes: number): boolean {
    const { kind, part, frequencies, length } = constant ?? {};
    return (
      kind === "rope" &&
      (part === "cos" || part === "sin") &&
      Array.isArray(frequencies) &&
      frequencies.every((frequency) => typeof frequency === "number") &&
      bytes === 4 * frequencies.length * (length ?? 0)
    );
  }

  step(
    value: unknown,
    symbols: readonly string[],
    plan: Pick<Plan, "target" | "kernels" | "buffers">,
  ): PlanStep {
    const [kernel, buffers, scalars, grid] = this.list(value, "a step");
    const inside = (index: unknown, length: number): index is number =>
      Number.isSafeInteger(index) && (index as number) >= 0 && (index as number) < length;
    if (!inside(kernel, plan.kernels.length))
      return this.refuse("a step names no kernel of the plan");
    const bound = this.list(buffers, "a step's buffer list");
    if (!bound.every((index): index is number => inside(index, plan.buffers.length))) {
      return this.refuse("a step names no buffer of the plan");
    }
    const compile = (expression: unknown): Scalar => compileScalar(expression, symbols, this.file);
    const compiled = this.list(scalars, "a step's scalar list").map(compile);
    if (plan.target === "wasm") return { kernel, buffers: bound, scalars: compiled };
    const sizes = this.list(grid, "a step's grid").map(compile);
    if (sizes.length !== 3) this.refuse("a step's grid does not have three sizes");
    const uniformKey = JSON.stringify([scalars, (grid as unknown[])[0]]);
    return {
      kernel,
      buffers: bound,
      scalars: compiled,
      grid: sizes as [Scalar, Scalar, Scalar],
      uniformKey,
    };
  }
}

/**
 * Reads and checks a plan file. `file` names it in errors; `target` is what the caller can run.
 * Raises FormatRefusedError.
 */
export function parsePlan(bytes: Uint8Array, file: string, target: Plan["target"]): Plan {
  const reader = new PlanReader(file);
  const raw = requireObject(parseJson(bytes, file), file, "its content");
  requireFormat(raw, file);
  if (raw.target !== target) reader.refuse(`it is for '${String(raw.target)}', not '${target}'`);
  const { row_multiple, memory } = reader.counts(raw, ["row_multiple", "memory"], "the plan");
  const model = reader.counts(raw.model, MODEL_KEYS, "model");
  const limits = reader.counts(raw.limits, LIMIT_KEYS, "limits");
  const features = reader.list(raw.features ?? [], "features") as readonly string[];
  const kernels = reader.list(raw.kernels, "kernels").map((value) => {
    const kernel = requireObject(value, file, "a kernel") as Partial<PlanKernel>;
    const complete =
      typeof kernel.name === "string" && (target === "wasm" || typeof kernel.wgsl === "string");
    return complete ? (kernel as PlanKernel) : reader.refuse("a kernel has no name or no code");
  });
  const buffers = reader
    .list(raw.buffers, "buffers")
    .map((value) => reader.buffer(value, target, memory));
  for (const name of [...INPUT_NAMES, ...OUTPUT_NAMES[target]]) {
    if (!buffers.some((buffer) => buffer.name === name))
      reader.refuse(`it has no buffer '${name}'`);
  }
  const given = requireObject(raw.functions, file, "functions");
  const functions = {} as Record<FunctionName, PlanFunction>;
  for (const name of FUNCTION_NAMES) {
    const fn = requireObject(given[name], file, `function '${name}'`);
    const symbols = FUNCTION_SYMBOLS[name];
    const declared = reader.list(fn.symbols, "symbols");
    if (
      declared.length !== symbols.length ||
      !symbols.every((symbol) => declared.includes(symbol))
    ) {
      reader.refuse(`function '${name}' does not have the symbols ${symbols.join(", ")}`);
    }
    const steps = reader.list(fn.steps, "steps");
    if (steps.length === 0) reader.refuse(`function '${name}' has no steps`);
    const context = { target, kernels, buffers };
    functions[name] = { symbols, steps: steps.map((step) => reader.step(step, symbols, context)) };
  }
  const plan = {
    format: 1,
    target,
    features,
    model,
    limits,
    row_multiple,
    memory,
    kernels,
    buffers,
    functions,
  } as const;
  if (target === "webgpu") return plan;
  const stack = reader.counts(raw.stack, ["base", "bytes"], "stack");
  const module = requireObject(raw.module, file, "module") as {
    shared?: unknown;
    single?: unknown;
  };
  const { shared, single } = module;
  if (typeof shared !== "string" || typeof single !== "string")
    return reader.refuse("it names no kernel module");
  const { control } = reader.counts(raw, ["control"], "the plan");
  if (control % 4 !== 0 || control + 4096 > memory)
    reader.refuse("its control block lies outside the arena");
  return { ...plan, control, stack, module: { shared, single } };
}

/** The plan's buffer of that name. */
export function bufferNamed(plan: Plan, name: string): PlanBuffer {
  const buffer = plan.buffers.find((candidate) => candidate.name === name);
  if (buffer === undefined)
    throw new FormatRefusedError(`plan.${plan.target}.json`, `it has no buffer '${name}'`);
  return buffer;
}

/** Weights of the model, the output head counted once with the tied table. */
export function parameterCount(model: ModelShape): number {
  const { layers, hidden, heads, kv_heads, head_dim, ff, vocab } = model;
  const attention = hidden * (2 * heads + 2 * kv_heads) * head_dim;
  return vocab * hidden + layers * (attention + 3 * hidden * ff);
}
