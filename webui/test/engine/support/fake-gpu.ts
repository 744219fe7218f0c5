/**
 * A WebGPU device in memory: buffers are byte arrays, kernels are functions by their pipelines'
 * labels, and queued work is carried out in order. Counts what the executor promises to keep small.
 */
import { vi } from "vitest";

vi.stubGlobal("GPUBufferUsage", {
  MAP_READ: 1,
  COPY_SRC: 4,
  COPY_DST: 8,
  UNIFORM: 64,
  STORAGE: 128,
});
vi.stubGlobal("GPUShaderStage", { COMPUTE: 4 });
vi.stubGlobal("GPUMapMode", { READ: 1 });

export interface Dispatch {
  readonly kernel: string;
  readonly grid: readonly [number, number, number];
  /** storage buffers in binding order */
  readonly buffers: readonly Uint8Array<ArrayBuffer>[];
  /** the uniform block's words */
  readonly uniforms: Int32Array;
}

interface FakeBuffer {
  readonly size: number;
  readonly usage: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  destroyed: boolean;
}

type Work = () => void;

export class FakeDevice {
  readonly lost: Promise<{ message: string; reason: string }>;
  readonly counts = { buffers: 0, bindGroups: 0, submissions: 0, mappings: 0 };
  readonly dispatches: Dispatch[] = [];
  readonly buffers: FakeBuffer[] = [];
  readonly layouts: string[][] = [];
  run: (dispatch: Dispatch) => void = () => undefined;
  outOfMemory = false;
  invalid = false;
  failingKernel: string | null = null;
  destroyed = false;
  readonly queue: unknown;
  #lose: (info: { message: string; reason: string }) => void = () => undefined;
  #isLost = false;
  readonly #scopes: string[] = [];
  #listeners: ((event: { error: { message: string } }) => void)[] = [];

  constructor() {
    this.lost = new Promise((resolve) => (this.#lose = resolve));
    this.queue = {
      writeBuffer: (buffer: FakeBuffer, offset: number, data: ArrayBufferView) => {
        buffer.bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
      },
      submit: (commands: Work[][]) => {
        this.counts.submissions++;
        for (const work of commands.flat()) work();
      },
      onSubmittedWorkDone: async () => undefined,
    };
  }

  lose(message: string): void {
    this.#isLost = true;
    this.#lose({ message, reason: "unknown" });
  }

  report(message: string): void {
    for (const listener of this.#listeners) listener({ error: { message } });
  }

  addEventListener(type: string, listener: (event: { error: { message: string } }) => void): void {
    if (type === "uncapturederror") this.#listeners.push(listener);
  }

  pushErrorScope(filter: string): void {
    this.#scopes.push(filter);
  }

  async popErrorScope(): Promise<{ message: string } | null> {
    const failing = { "out-of-memory": this.outOfMemory, validation: this.invalid };
    const scope = this.#scopes.pop() as keyof typeof failing;
    return failing[scope] ? { message: `${scope} error` } : null;
  }

  createBuffer({ size, usage }: { size: number; usage: number }): unknown {
    this.counts.buffers++;
    const buffer = {
      size,
      usage,
      bytes: new Uint8Array(size),
      destroyed: false,
      destroy: () => (buffer.destroyed = true),
      mapAsync: async () => {
        this.counts.mappings++;
        if (this.#isLost) throw new DOMException("the device is lost", "AbortError");
      },
      getMappedRange: (offset = 0, length = size) =>
        buffer.bytes.slice(offset, offset + length).buffer,
      unmap: () => undefined,
    };
    this.buffers.push(buffer);
    return buffer;
  }

  createShaderModule(descriptor: unknown): unknown {
    return descriptor;
  }

  createBindGroupLayout({ entries }: { entries: { buffer: { type: string } }[] }): unknown {
    this.layouts.push(entries.map(({ buffer }) => buffer.type));
    return { types: this.layouts.at(-1) };
  }

  createPipelineLayout({ bindGroupLayouts }: { bindGroupLayouts: unknown[] }): unknown {
    return bindGroupLayouts[0];
  }

  async createComputePipelineAsync({
    label,
    layout,
  }: {
    label: string;
    layout: unknown;
  }): Promise<unknown> {
    if (label === this.failingKernel) throw new Error("unexpected token");
    return { label, getBindGroupLayout: () => layout };
  }

  createBindGroup({
    entries,
  }: {
    entries: { resource: { buffer: FakeBuffer; offset?: number; size?: number } }[];
  }): unknown {
    this.counts.bindGroups++;
    return entries.map(({ resource }) => resource);
  }

  createCommandEncoder(): unknown {
    const work: Work[] = [];
    return {
      beginComputePass: () => this.#pass(work),
      copyBufferToBuffer: (
        from: FakeBuffer,
        at: number,
        to: FakeBuffer,
        target: number,
        length: number,
      ) => work.push(() => to.bytes.set(from.bytes.subarray(at, at + length), target)),
      finish: () => work,
    };
  }

  #pass(work: Work[]): unknown {
    let kernel = "";
    let resources: { buffer: FakeBuffer; offset?: number; size?: number }[] = [];
    return {
      setPipeline: ({ label }: { label: string }) => (kernel = label),
      setBindGroup: (_: number, group: typeof resources) => (resources = group),
      dispatchWorkgroups: (x: number, y: number, z: number) => {
        const [name, bound] = [kernel, resources];
        work.push(() => {
          const uniform = bound.at(-1)!;
          const dispatch: Dispatch = {
            kernel: name,
            grid: [x, y, z],
            buffers: bound.slice(0, -1).map(({ buffer }) => buffer.bytes),
            uniforms: new Int32Array(
              uniform.buffer.bytes.slice(uniform.offset, uniform.offset! + uniform.size!).buffer,
            ),
          };
          this.dispatches.push(dispatch);
          this.run(dispatch);
        });
      },
      end: () => undefined,
    };
  }

  destroy(): void {
    this.destroyed = true;
    this.#lose({ message: "destroyed", reason: "destroyed" });
  }
}

export const HARDWARE = {
  vendor: "acme",
  architecture: "gen-9",
  device: "",
  description: "",
  isFallbackAdapter: false,
};
export const SOFTWARE = { ...HARDWARE, vendor: "google", architecture: "swiftshader" };

const LIMITS = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16384,
};

export interface FakeAdapter {
  info: typeof HARDWARE;
  limits: Record<string, number>;
  features: Set<string>;
  requestDevice: (descriptor?: unknown) => Promise<unknown>;
}

export function fakeAdapter(
  device: FakeDevice,
  info = HARDWARE,
  change: Partial<typeof LIMITS> = {},
): FakeAdapter {
  return {
    info,
    limits: { ...LIMITS, ...change },
    features: new Set(),
    requestDevice: vi.fn(async () => device),
  };
}

export const fakeGpu = (adapter: FakeAdapter | null): GPU =>
  ({ requestAdapter: async () => adapter }) as unknown as GPU;
