/**
 * The plan's functions on a device: pipelines, buffers and bind groups, all made once. A call then
 * writes its uniforms with one copy and encodes its dispatches.
 */
import { GpuError, OutOfMemoryError, reason } from "../errors.ts";
import { FUNCTION_NAMES } from "../plan.ts";
import type { FunctionName, Plan, PlanBuffer, PlanStep } from "../plan.ts";
import { ropeTable } from "../rope.ts";
import { evaluate } from "../scalar.ts";
import type { Scalar } from "../scalar.ts";
import { storageTypes } from "./wgsl.ts";

/** WebGPU's guaranteed alignment of uniform offsets. */
const SLOT = 256;
const SLOT_WORDS = SLOT / 4;
/** WebGPU's limit on workgroups along one axis. */
const MAX_GROUPS = 65535;

interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  readonly grid: readonly [Scalar, Scalar, Scalar];
}

/** Uniform slots of one function that depend on the call. */
interface Uniforms {
  readonly offset: number;
  readonly words: Int32Array<ArrayBuffer>;
  readonly slots: readonly (readonly Scalar[])[];
}

interface GpuFunction {
  readonly dispatches: readonly Dispatch[];
  readonly uniforms: Uniforms;
}

interface SlotTable {
  readonly offsets: Map<string, number>;
  readonly uniforms: Uniforms;
}

/** Buffers of the plan by index. Raises OutOfMemoryError. */
async function createBuffers(device: GPUDevice, plan: Plan): Promise<GPUBuffer[]> {
  device.pushErrorScope("out-of-memory");
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const buffers = plan.buffers.map(({ bytes }) =>
    device.createBuffer({ size: Math.ceil(bytes / 4) * 4, usage }),
  );
  const problem = await device.popErrorScope();
  if (problem === null) return buffers;
  for (const buffer of buffers) buffer.destroy();
  throw new OutOfMemoryError(plan.memory, "graphics memory", problem.message);
}

/** One pipeline per (kernel, number of buffers); all compile at once. Raises GpuError. */
async function createPipelines(
  device: GPUDevice,
  plan: Plan,
): Promise<readonly GPUComputePipeline[]> {
  const bound = new Map<number, number>();
  for (const step of Object.values(plan.functions).flatMap((fn) => fn.steps))
    bound.set(step.kernel, step.buffers.length);
  const layouts = new Map<string, GPUPipelineLayout>();
  const layoutFor = (types: readonly GPUBufferBindingType[]): GPUPipelineLayout => {
    const known = layouts.get(types.join());
    if (known !== undefined) return known;
    const entries = [...types, "uniform" as const].map((type, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    }));
    const layout = device.createPipelineLayout({
      bindGroupLayouts: [device.createBindGroupLayout({ entries })],
    });
    layouts.set(types.join(), layout);
    return layout;
  };
  const compile = async (
    { name, wgsl }: Plan["kernels"][number],
    index: number,
  ): Promise<GPUComputePipeline> => {
    const module = device.createShaderModule({ code: wgsl!, label: name });
    const layout = layoutFor(storageTypes(wgsl!, bound.get(index) ?? 0));
    try {
      return await device.createComputePipelineAsync({
        label: name,
        layout,
        compute: { module, entryPoint: name },
      });
    } catch (error) {
      throw new GpuError(`its kernel ${name} does not compile: ${reason(error)}`, error);
    }
  };
  return Promise.all(plan.kernels.map(compile));
}

export class GpuProgram {
  readonly #device: GPUDevice;
  readonly #plan: Plan;
  readonly #buffers: readonly GPUBuffer[];
  readonly #uniformBuffer: GPUBuffer;
  readonly #functions: ReadonlyMap<FunctionName, GpuFunction>;

  static async create(device: GPUDevice, plan: Plan): Promise<GpuProgram> {
    const [buffers, pipelines] = await Promise.all([
      createBuffers(device, plan),
      createPipelines(device, plan),
    ]);
    device.pushErrorScope("validation");
    const program = new GpuProgram(device, plan, buffers, pipelines);
    const problem = await device.popErrorScope();
    if (problem === null) return program;
    program.destroy();
    throw new GpuError(problem.message);
  }

  private constructor(
    device: GPUDevice,
    plan: Plan,
    buffers: readonly GPUBuffer[],
    pipelines: readonly GPUComputePipeline[],
  ) {
    this.#device = device;
    this.#plan = plan;
    this.#buffers = buffers;
    const constants: (readonly [number, readonly Scalar[]])[] = [];
    const tables = new Map<FunctionName, SlotTable>();
    let offset = 0;
    for (const name of FUNCTION_NAMES) {
      const { table, fixed, end } = layOutSlots(plan.functions[name].steps, offset);
      tables.set(name, table);
      constants.push(...fixed);
      offset = end;
    }
    this.#uniformBuffer = device.createBuffer({
      size: offset,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    for (const [at, scalars] of constants) {
      device.queue.writeBuffer(
        this.#uniformBuffer,
        at,
        Int32Array.from(scalars as readonly number[]),
      );
    }
    this.#functions = new Map(
      FUNCTION_NAMES.map((name) => {
        const { offsets, uniforms } = tables.get(name)!;
        const dispatches = plan.functions[name].steps.map((step) =>
          this.#dispatch(step, pipelines[step.kernel]!, offsets.get(step.uniformKey!)!),
        );
        return [name, { dispatches, uniforms }];
      }),
    );
    for (const [index, buffer] of plan.buffers.entries()) {
      if (buffer.constant !== undefined)
        device.queue.writeBuffer(buffers[index]!, 0, ropeTable(buffer.constant));
    }
  }

  #dispatch(step: PlanStep, pipeline: GPUComputePipeline, slot: number): Dispatch {
    const storage = step.buffers.map((index) => ({ buffer: this.#buffers[index]! }));
    const uniform = { buffer: this.#uniformBuffer, offset: slot, size: SLOT };
    const entries = [...storage, uniform].map((resource, binding) => ({ binding, resource }));
    const bindings = this.#device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries,
    });
    return { pipeline, bindings, grid: step.grid! };
  }

  buffer(buffer: PlanBuffer): GPUBuffer {
    return this.#buffers[this.#plan.buffers.indexOf(buffer)]!;
  }

  /** Encodes a call of `name` as one compute pass. */
  encode(encoder: GPUCommandEncoder, name: FunctionName, symbols: readonly number[]): void {
    const { dispatches, uniforms } = this.#functions.get(name)!;
    for (const [slot, scalars] of uniforms.slots.entries()) {
      for (const [word, scalar] of scalars.entries()) {
        uniforms.words[slot * SLOT_WORDS + word] = evaluate(scalar, symbols);
      }
    }
    if (uniforms.words.length > 0)
      this.#device.queue.writeBuffer(this.#uniformBuffer, uniforms.offset, uniforms.words);
    const pass = encoder.beginComputePass();
    let current: GPUComputePipeline | null = null;
    for (const { pipeline, bindings, grid } of dispatches) {
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, bindings);
      let x = evaluate(grid[0], symbols);
      let z = evaluate(grid[2], symbols);
      // The kernels undo this: they take x from both, and stop at the grid x among their uniforms.
      while (x > MAX_GROUPS) {
        x = (x + 1) >> 1;
        z *= 2;
      }
      pass.dispatchWorkgroups(x, evaluate(grid[1], symbols), z);
    }
    pass.end();
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#uniformBuffer.destroy();
  }
}

/**
 * Places the uniform slots of one function from `offset` on: equal steps share a slot, slots that
 * depend on the call come first (so that one write covers them), `fixed` ones are written once.
 */
function layOutSlots(
  steps: readonly PlanStep[],
  offset: number,
): { table: SlotTable; fixed: (readonly [number, readonly Scalar[]])[]; end: number } {
  const distinct = new Map(
    steps.map((step) => [step.uniformKey!, [...step.scalars, step.grid![0]]] as const),
  );
  const isFixed = ([, scalars]: readonly [string, readonly Scalar[]]): boolean =>
    scalars.every((scalar) => typeof scalar === "number");
  const fixed = [...distinct].filter(isFixed);
  const moving = [...distinct].filter((slot) => !isFixed(slot));
  const offsets = new Map(
    [...moving, ...fixed].map(([key], index) => [key, offset + index * SLOT] as const),
  );
  const words = new Int32Array(moving.length * SLOT_WORDS);
  return {
    table: { offsets, uniforms: { offset, words, slots: moving.map(([, scalars]) => scalars) } },
    fixed: fixed.map(([key, scalars]) => [offsets.get(key)!, scalars] as const),
    end: offset + distinct.size * SLOT,
  };
}
