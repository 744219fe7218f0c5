/**
 * How near the linear kernels come to what this machine's WebAssembly can do, on one thread: the
 * model's own kernels on its own weights, beside a loop of the same instruction in registers and
 * beside reading memory that was written before.
 */
import { FormatRefusedError } from "../src/engine/errors.ts";
import { bufferNamed, type FunctionName, type Plan, type PlanBuffer, type PlanStep, parsePlan } from "../src/engine/plan.ts";
import { ropeTable } from "../src/engine/rope.ts";
import { evaluate } from "../src/engine/scalar.ts";
import { loadWeights, type ReadFile } from "../src/engine/weights.ts";

const PAGE = 65536;
const PASSES = 5;
const PEAK_ROUNDS = 1e7;
/** Beyond every cache, and touched before it is read. */
const PEAK_BYTES = 128 * 2 ** 20;

type Export = (...args: number[]) => unknown;

export interface LinearFigures {
  function: FunctionName;
  rows: number;
  /** Multiplications and additions of the linear layers, 10⁹ a second. */
  gigaOperations: number;
  /** Weights read, 10⁹ bytes a second. */
  gigabytes: number;
}

export interface PeakFigures {
  /** The linear kernels' instruction in registers, 10⁹ multiplications and additions a second. */
  gigaOperations: number;
  gigabytes: number;
}

export interface KernelFigures {
  linear: LinearFigures[];
  /** Absent where the peak kernels were not built. */
  peak: PeakFigures | null;
}

/** The model's kernels in a memory of their own, without the engine around them. */
class Bench {
  readonly #plan: Plan;
  readonly #memory: WebAssembly.Memory;
  readonly #exports: WebAssembly.Exports;

  constructor(plan: Plan, module: WebAssembly.Module) {
    const pages = Math.ceil(plan.memory / PAGE);
    this.#plan = plan;
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.#exports = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports;
    const { base, bytes } = plan.stack!;
    (this.#exports.__stack_pointer as WebAssembly.Global).value = base + bytes;
    for (const buffer of plan.buffers) {
      if (buffer.constant === undefined) continue;
      new Float32Array(this.#memory.buffer, buffer.offset, buffer.bytes / 4).set(ropeTable(buffer.constant));
    }
  }

  load(read: ReadFile): Promise<void> {
    const open = ({ offset, bytes }: PlanBuffer): Uint8Array => new Uint8Array(this.#memory.buffer, offset, bytes);
    return loadWeights(this.#plan, read, { open, close: () => undefined });
  }

  /** Input rows that lie behind a prefix of `prefix` tokens, each in a region of its own. */
  place(prefix: number): void {
    const input = (name: string): Int32Array =>
      new Int32Array(this.#memory.buffer, bufferNamed(this.#plan, name).offset, this.#plan.limits.sequences);
    const regions = input("starts").map((_, row) => prefix + 8 * row);
    input("starts").set(regions);
    input("kv_rows").set(regions);
    input("positions").fill(prefix);
    input("tokens").fill(1);
  }

  /** Calls of a function's steps, in order. */
  calls(name: FunctionName, symbols: readonly number[]): { step: PlanStep; call: () => void }[] {
    return this.#plan.functions[name].steps.map((step) => {
      const kernel = this.#exports[this.#plan.kernels[step.kernel].name] as Export;
      const pointers = step.buffers.map((index) => this.#plan.buffers[index].offset!);
      const args = [...pointers, ...step.scalars.map((scalar) => evaluate(scalar, symbols)), 0, 1];
      return { step, call: () => void kernel(...args) };
    });
  }

  /** The packed weights of a linear layer, where the step is one; the table is no layer. */
  linearWeights(step: PlanStep): PlanBuffer | undefined {
    return step.buffers
      .map((index) => this.#plan.buffers[index])
      .find(({ source }) => source?.part === "q_weight" && source.tensor.startsWith("model.layers."));
  }
}

function bestMilliseconds(action: () => void): number {
  let best = Infinity;
  for (let pass = 0; pass < PASSES; pass++) {
    const begun = performance.now();
    action();
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}

function linear(bench: Bench, name: FunctionName, rows: number, symbols: readonly number[]): LinearFigures {
  const calls = bench.calls(name, symbols);
  for (const { call } of calls) call(); // so that the layers see what they see in use
  const layers = calls.filter(({ step }) => bench.linearWeights(step));
  if (layers.length === 0) throw new FormatRefusedError("The plan", `${name} has no linear layer`);
  const bytes = layers.reduce((sum, { step }) => sum + bench.linearWeights(step)!.bytes, 0);
  const milliseconds = bestMilliseconds(() => {
    for (const { call } of layers) call();
  });
  const weights = bytes * 2; // four bits each
  return {
    function: name,
    rows,
    gigaOperations: (2 * rows * weights) / milliseconds / 1e6,
    gigabytes: bytes / milliseconds / 1e6,
  };
}

/** `module` exports what model_build.kernels.wasm.peak builds. */
function peaks(module: WebAssembly.Module): PeakFigures {
  const memory = new WebAssembly.Memory({ initial: (2 * PEAK_BYTES) / PAGE, maximum: (2 * PEAK_BYTES) / PAGE });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const out = PEAK_BYTES / 2;
  const input = PEAK_BYTES;
  new Int32Array(memory.buffer, input, PEAK_BYTES / 4).fill(3);
  const int16 = bestMilliseconds(() => void (exports.peak_int16 as Export)(out, PEAK_ROUNDS, 3, 5));
  const read = bestMilliseconds(() => void (exports.read_memory as Export)(input, out, PEAK_BYTES / 4, 0, 1));
  const operations = 10 * 16; // ten independent sums, eight products and eight additions each
  return { gigaOperations: (PEAK_ROUNDS * operations) / int16 / 1e6, gigabytes: PEAK_BYTES / read / 1e6 };
}

/** Figures of the plan's linear layers on one thread; `peak` is the peak kernels' module, if built. */
export async function measureKernels(read: ReadFile, peak: Uint8Array<ArrayBuffer> | null): Promise<KernelFigures> {
  const plan = parsePlan(await read("plan.wasm.json"), "plan.wasm.json", "wasm");
  const bench = new Bench(plan, await WebAssembly.compile(await read("kernels.single.wasm")));
  await bench.load(read);
  const { chunk } = plan.limits;
  const prefill = linear(bench, "prefill", chunk, [chunk, 0]);
  bench.place(chunk);
  return {
    linear: [prefill, linear(bench, "decode", 1, [chunk]), linear(bench, "batch", 4, [4, chunk])],
    peak: peak && peaks(await WebAssembly.compile(peak)),
  };
}
