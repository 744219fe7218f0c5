/**
 * Hand-assembled kernels and a plan for them. `prefill` needs its threads in step: each step reads
 * what all threads wrote in the one before. `decode` traps in thread 1, `batch` hangs there.
 */
import {
  add,
  constant,
  equal,
  forever,
  get,
  kernelModule,
  load,
  multiply,
  shared,
  store,
  storeFloat,
  subtract,
  toFloat,
  unreachable,
  when,
  word,
} from "./wasm-module.ts";
import type { Kernel } from "./wasm-module.ts";
import { encode, indexOf, wasmPlan } from "./plans.ts";

const KERNELS: Readonly<Record<string, Kernel>> = {
  // hidden[i] = tokens[i] · factor; (source, target, n, factor, tid, nt)
  scale: {
    parameters: 6,
    locals: 1,
    body: shared(6, get(2), 4, 5, [
      ...word(get(1), get(6)),
      ...word(get(0), get(6)),
      ...load,
      ...get(3),
      ...multiply,
      ...store,
    ]),
  },
  // target[i] = source[n − 1 − i]; (source, target, n, tid, nt)
  reverse: {
    parameters: 5,
    locals: 1,
    body: shared(5, get(2), 3, 4, [
      ...word(get(1), get(5)),
      ...word(get(0), [...get(2), ...constant(1), ...subtract, ...get(5), ...subtract]),
      ...load,
      ...store,
    ]),
  },
  // best_value[i] = i + row as float, best_index[i] = i, exp_sum[i] = 1; (value, index, sum, row, tid, nt)
  slices: {
    parameters: 6,
    locals: 1,
    body: shared(6, [0x41, 0xc0, 0x00], 4, 5, [
      ...[...word(get(0), get(6)), ...get(6), ...get(3), ...add, ...toFloat, ...storeFloat],
      ...[...word(get(1), get(6)), ...get(6), ...store],
      ...[...word(get(2), get(6)), ...constant(1), ...toFloat, ...storeFloat],
    ]),
  },
  trap: { parameters: 2, body: when([...get(0), ...constant(1), ...equal], unreachable) },
  hang: { parameters: 2, body: when([...get(0), ...constant(1), ...equal], forever) },
};

export function cpuPlan(): Uint8Array<ArrayBuffer> {
  const plan = wasmPlan();
  const names = Object.keys(KERNELS);
  const kernel = (name: string): number => names.indexOf(name);
  const buffer = (name: string): number => indexOf(plan, name);
  plan.kernels = names.map((name) => ({ name }));
  plan.functions.prefill!.steps = [
    [kernel("scale"), [buffer("tokens"), buffer("hidden")], ["n", ["+", "pos", 1]]],
    [kernel("reverse"), [buffer("hidden"), buffer("tokens")], ["n"]],
    [kernel("reverse"), [buffer("tokens"), buffer("hidden")], ["n"]],
    [kernel("reverse"), [buffer("hidden"), buffer("logits")], ["n"]],
  ];
  plan.functions.head!.steps = [
    [kernel("slices"), [buffer("best_value"), buffer("best_index"), buffer("exp_sum")], ["row"]],
  ];
  plan.functions.decode!.steps = [[kernel("trap"), [], []]];
  plan.functions.batch!.steps = [[kernel("hang"), [], []]];
  return encode(plan);
}

export const cpuKernels = (threads: number): Uint8Array<ArrayBuffer> =>
  kernelModule(KERNELS, { pages: 2, shared: threads > 1 });
