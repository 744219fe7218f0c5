/** Small hand-made plans. */

export interface RawPlan {
  format: unknown;
  target: string;
  features: string[];
  model: Record<string, number>;
  limits: Record<string, number>;
  row_multiple: number;
  memory: number;
  kernels: { name: string; wgsl?: string }[];
  buffers: Record<string, unknown>[];
  functions: Record<string, { symbols: string[]; steps: unknown[][] }>;
  control?: number;
  stack?: { base: number; bytes: number };
  module?: { shared: string; single: string };
}

export const MODEL = { layers: 1, hidden: 8, heads: 1, kv_heads: 1, head_dim: 8, ff: 8, vocab: 64 };
export const LIMITS = { chunk: 8, prefix: 64, rows: 128, sequences: 4, positions: 128, threads: 4 };

const INPUTS = ["tokens", "positions", "kv_rows", "starts"];

/** `[name, elements]` of 4 bytes each become buffers, laid out one after the other. */
function buffers(
  names: readonly (readonly [string, number])[],
  base: number,
): Record<string, unknown>[] {
  let offset = base;
  return names.map(([name, elements]) => {
    const buffer = {
      name,
      bytes: 4 * elements,
      kind: INPUTS.includes(name) ? "input" : "state",
      dtype: "int32",
      offset,
    };
    offset += 4 * elements;
    return buffer;
  });
}

/** Index of a buffer by name, for steps. */
export const indexOf = (plan: Pick<RawPlan, "buffers">, name: string): number =>
  plan.buffers.findIndex((buffer) => buffer.name === name);

export function wasmPlan(): RawPlan {
  return {
    format: 1,
    target: "wasm",
    features: [],
    model: MODEL,
    limits: LIMITS,
    row_multiple: 4,
    memory: 2 * 65536,
    kernels: [{ name: "noop" }],
    buffers: buffers(
      [
        ...INPUTS.map((name) => [name, 8] as const),
        ["hidden", 64],
        ["logits", LIMITS.sequences * MODEL.vocab],
        ["best_value", LIMITS.sequences * 64],
        ["best_index", LIMITS.sequences * 64],
        ["exp_sum", LIMITS.sequences * 64],
      ],
      8192,
    ),
    functions: {
      prefill: { symbols: ["n", "pos"], steps: [[0, [], []]] },
      head: { symbols: ["row"], steps: [[0, [], []]] },
      decode: { symbols: ["plen"], steps: [[0, [], []]] },
      batch: { symbols: ["b", "plen"], steps: [[0, [], []]] },
    },
    control: 1024,
    stack: { base: 65536, bytes: 1024 },
    module: { shared: "kernels.wasm", single: "kernels.single.wasm" },
  };
}

export const WGSL = `
@group(0) @binding(0) var<storage, read_write> out : array<f32>;
@group(0) @binding(1) var<storage, read> source : array<f32>;
var<workgroup> tile : array<vec4<f32>, 64>;
@compute @workgroup_size(32, 2, 1) fn main() {}`;

export function webgpuPlan(): RawPlan {
  const { limits, features, model, format, memory, functions } = wasmPlan();
  const names: (readonly [string, number])[] = [
    ...INPUTS.map((name) => [name, 8] as const),
    ["hidden", 64],
    ["logits", LIMITS.sequences * MODEL.vocab],
    ["choice", LIMITS.sequences],
    ["logprob", LIMITS.sequences],
  ];
  const step = [0, [4, 0], [], [1, 1, 1]];
  return {
    ...{ limits, features, model, format, memory },
    target: "webgpu",
    row_multiple: 1,
    kernels: [{ name: "main", wgsl: WGSL }],
    buffers: buffers(names, 0),
    functions: Object.fromEntries(
      Object.entries(functions).map(([name, { symbols }]) => [name, { symbols, steps: [step] }]),
    ),
  };
}

export const encode = (value: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(value));
