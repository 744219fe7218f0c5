/** The GPU executor: each call is one submission, and results come back in the same one. */
import { AbortedError, DeviceLostError, GpuError, reason } from "../errors.ts";
import type { EngineError } from "../errors.ts";
import { NO_RESULT } from "../executor.ts";
import type { Call, CallResult, Executor, InputName } from "../executor.ts";
import { bufferNamed, parsePlan } from "../plan.ts";
import type { Plan, PlanBuffer } from "../plan.ts";
import type { EngineKind } from "../types.ts";
import type { WeightTarget } from "../weights.ts";
import { requestDevice } from "./adapter.ts";
import type { FoundAdapter } from "./adapter.ts";
import { GpuProgram } from "./program.ts";

/** Bytes of weights handed to the queue before it is waited for, which bounds its staging memory. */
const UPLOAD_WINDOW = 32e6;

export interface GpuOptions {
  /** content of the plan file and its name, for errors */
  readonly plan: Uint8Array;
  readonly planName: string;
  readonly found: FoundAdapter;
}

export class GpuExecutor implements Executor, WeightTarget {
  readonly plan: Plan;
  readonly kind: EngineKind;
  readonly threads = 1;
  readonly kernels: "f32" | "f16";
  readonly #device: GPUDevice;
  readonly #program: GpuProgram;
  readonly #choices: GPUBuffer;
  /** made when logits are first asked for */
  #logits: GPUBuffer | null = null;
  #uploading: { buffer: PlanBuffer; bytes: Uint8Array<ArrayBuffer> }[] = [];
  #uploaded = 0;
  #failure: EngineError | null = null;

  /**
   * Device, kernels and buffers; the weights come afterwards. Raises GpuLimitsError, NoWebGpuError,
   * OutOfMemoryError, GpuError, FormatRefusedError.
   */
  static async create(options: GpuOptions): Promise<GpuExecutor> {
    const plan = parsePlan(options.plan, options.planName, "webgpu");
    const device = await requestDevice(options.found.adapter, plan);
    try {
      const program = await GpuProgram.create(device, plan);
      return new GpuExecutor(plan, device, program, options.found.software);
    } catch (error) {
      device.destroy();
      throw error;
    }
  }

  private constructor(plan: Plan, device: GPUDevice, program: GpuProgram, software: boolean) {
    this.plan = plan;
    this.kind = software ? "GPU (software)" : "GPU";
    this.kernels = plan.features.includes("shader-f16") ? "f16" : "f32";
    this.#device = device;
    this.#program = program;
    this.#choices = this.#staging(8 * plan.limits.sequences);
    void device.lost.then(({ message }) => this.#fail(new DeviceLostError(message)));
    device.addEventListener("uncapturederror", (event) =>
      this.#fail(new GpuError(event.error.message)),
    );
  }

  #staging(size: number): GPUBuffer {
    return this.#device.createBuffer({
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  open(buffer: PlanBuffer): Uint8Array {
    const bytes = new Uint8Array(buffer.bytes);
    this.#uploading.push({ buffer, bytes });
    return bytes;
  }

  async close(buffer: PlanBuffer): Promise<void> {
    const { bytes } = this.#uploading.find((entry) => entry.buffer === buffer)!;
    this.#uploading = this.#uploading.filter((entry) => entry.buffer !== buffer);
    this.#device.queue.writeBuffer(this.#program.buffer(buffer), 0, bytes);
    this.#uploaded += bytes.length;
    if (this.#uploaded < UPLOAD_WINDOW) return;
    this.#uploaded = 0;
    await this.#device.queue.onSubmittedWorkDone();
    this.#check();
  }

  write(input: InputName, values: Int32Array<ArrayBuffer>): void {
    this.#device.queue.writeBuffer(this.#program.buffer(bufferNamed(this.plan, input)), 0, values);
  }

  async run(call: Call): Promise<CallResult> {
    this.#check();
    const encoder = this.#device.createCommandEncoder();
    this.#program.encode(encoder, call.function, call.symbols);
    const reads = this.#copyResults(encoder, call);
    this.#device.queue.submit([encoder.finish()]);
    try {
      if (call.rows === 0) await this.#device.queue.onSubmittedWorkDone();
      else await Promise.all(reads.map((buffer) => buffer.mapAsync(GPUMapMode.READ)));
    } catch (error) {
      // A lost device rejects the mapping, possibly before it reports its loss.
      await Promise.race([this.#device.lost, new Promise((resolve) => setTimeout(resolve, 100))]);
      throw this.#fail(new GpuError(reason(error), error));
    }
    this.#check();
    return call.rows === 0 ? NO_RESULT : this.#result(call);
  }

  /** Adds the copies of what is asked for; returns the staging buffers to map. */
  #copyResults(encoder: GPUCommandEncoder, { rows, logits }: Call): GPUBuffer[] {
    if (rows === 0) return [];
    const { limits, model } = this.plan;
    const from = (name: string): GPUBuffer => this.#program.buffer(bufferNamed(this.plan, name));
    encoder.copyBufferToBuffer(from("choice"), 0, this.#choices, 0, 4 * limits.sequences);
    encoder.copyBufferToBuffer(
      from("logprob"),
      0,
      this.#choices,
      4 * limits.sequences,
      4 * limits.sequences,
    );
    if (!logits) return [this.#choices];
    this.#logits ??= this.#staging(4 * limits.sequences * model.vocab);
    encoder.copyBufferToBuffer(from("logits"), 0, this.#logits, 0, 4 * rows * model.vocab);
    return [this.#choices, this.#logits];
  }

  #result({ rows, logits }: Call): CallResult {
    const { limits, model } = this.plan;
    const choices = this.#choices.getMappedRange();
    const ids = [...new Int32Array(choices, 0, rows)];
    const logProbs = [...new Float32Array(choices, 4 * limits.sequences, rows)];
    this.#choices.unmap();
    if (!logits) return { ids, logProbs, logits: [] };
    const all = new Float32Array(this.#logits!.getMappedRange(0, 4 * rows * model.vocab)).slice();
    this.#logits!.unmap();
    const row = (index: number): Float32Array =>
      all.slice(index * model.vocab, (index + 1) * model.vocab);
    return { ids, logProbs, logits: Array.from({ length: rows }, (_, index) => row(index)) };
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** The first failure is the one that counts. */
  #fail(error: EngineError): EngineError {
    this.#failure ??= error;
    return this.#failure;
  }

  dispose(): Promise<void> {
    this.#fail(new AbortedError());
    this.#program.destroy();
    this.#choices.destroy();
    this.#logits?.destroy();
    this.#device.destroy();
    return Promise.resolve();
  }
}
