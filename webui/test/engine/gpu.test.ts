import { describe, expect, it, vi } from "vitest";
import {
  AbortedError,
  DeviceLostError,
  GpuError,
  GpuLimitsError,
  NoWebGpuError,
  OutOfMemoryError,
} from "../../src/engine/errors.ts";
import { findAdapter, isSoftware } from "../../src/engine/gpu/adapter.ts";
import { GpuExecutor } from "../../src/engine/gpu/executor.ts";
import { storageTypes, workgroupBytes, workgroupSize } from "../../src/engine/gpu/wgsl.ts";
import { fakeAdapter, FakeDevice, fakeGpu, HARDWARE, SOFTWARE } from "./support/fake-gpu.ts";
import type { Dispatch } from "./support/fake-gpu.ts";
import { encode, indexOf, LIMITS, MODEL, webgpuPlan, WGSL } from "./support/plans.ts";
import type { RawPlan } from "./support/plans.ts";

async function start(
  raw: RawPlan = webgpuPlan(),
  device = new FakeDevice(),
  info = HARDWARE,
): Promise<{ executor: GpuExecutor; device: FakeDevice }> {
  const found = (await findAdapter(fakeGpu(fakeAdapter(device, info))))!;
  const executor = await GpuExecutor.create({
    plan: encode(raw),
    planName: "plan.webgpu.json",
    found,
  });
  return { executor, device };
}

/** A plan whose `batch` leaves tokens in `choice`, their negatives in `logprob`, and row numbers in `logits`. */
function answeringPlan(): { raw: RawPlan; run: (dispatch: Dispatch) => void } {
  const raw = webgpuPlan();
  const buffer = (name: string): number => indexOf(raw, name);
  raw.kernels = [{ name: "answer", wgsl: WGSL }];
  const bound = [buffer("tokens"), buffer("choice"), buffer("logprob"), buffer("logits")];
  raw.functions.batch!.steps = [[0, bound, ["b", 7], ["plen", 1, 1]]];
  raw.functions.decode!.steps = [[0, bound, [1, 7], ["plen", 1, 1]]];
  const run = ({ buffers, uniforms }: Dispatch): void => {
    const [tokens, choice, logprob, logits] = buffers;
    for (let row = 0; row < uniforms[0]!; row++) {
      const token = new Int32Array(tokens!.buffer)[row]!;
      new Int32Array(choice!.buffer)[row] = token;
      new Float32Array(logprob!.buffer)[row] = -token;
      new Float32Array(logits!.buffer).fill(row + 1, row * MODEL.vocab, (row + 1) * MODEL.vocab);
    }
  };
  return { raw, run };
}

describe("a call", () => {
  it("is one submission, with its results in it, and makes nothing anew", async () => {
    const { raw, run } = answeringPlan();
    const { executor, device } = await start(raw);
    device.run = run;
    const batch = { function: "batch", symbols: [4, 30], rows: 3, logits: false } as const;
    executor.write("tokens", Int32Array.of(5, 6, 7, 0));
    expect(await executor.run(batch)).toEqual({
      ids: [5, 6, 7],
      logProbs: [-5, -6, -7],
      logits: [],
    });
    const counts = { ...device.counts };
    executor.write("tokens", Int32Array.of(8, 9, 10, 0));
    expect((await executor.run(batch)).ids).toEqual([8, 9, 10]);
    expect(device.counts).toEqual({
      ...counts,
      submissions: counts.submissions + 1,
      mappings: counts.mappings + 1,
    });
  });

  it("brings logits only when asked, through one staging buffer", async () => {
    const { raw, run } = answeringPlan();
    const { executor, device } = await start(raw);
    device.run = run;
    const call = { function: "batch", symbols: [2, 30], rows: 2, logits: true } as const;
    const { logits } = await executor.run(call);
    expect(logits.map((row) => [row.length, row[0], row.at(-1)])).toEqual([
      [MODEL.vocab, 1, 1],
      [MODEL.vocab, 2, 2],
    ]);
    const { buffers } = device.counts;
    await executor.run(call);
    expect(device.counts.buffers).toBe(buffers);
  });

  it("passes scalars and the grid's x as uniforms, one slot for equal ones", async () => {
    const raw = webgpuPlan();
    raw.kernels = ["a", "b", "c", "d"].map((name) => ({ name, wgsl: WGSL }));
    raw.functions.batch!.steps = [
      [0, [0], ["plen", ["+", "b", 1]], ["b", 2, 3]],
      [1, [1], ["plen", ["+", "b", 1]], ["b", 2, 3]],
      [2, [0], [11, 12], [200_000, 1, 2]],
      [3, [0, 1], [], [["*", "b", 40_000], 1, 1]],
    ];
    const { executor, device } = await start(raw);
    for (const b of [2, 3]) {
      await executor.run({ function: "batch", symbols: [b, 50], rows: 0, logits: false });
    }
    const seen = device.dispatches.map(({ kernel, grid, uniforms }) => [
      kernel,
      grid,
      [...uniforms.subarray(0, 3)],
    ]);
    expect(seen.slice(4)).toEqual([
      ["a", [3, 2, 3], [50, 4, 3]],
      ["b", [3, 2, 3], [50, 4, 3]],
      ["c", [50_000, 1, 8], [11, 12, 200_000]],
      ["d", [60_000, 1, 2], [120_000, 0, 0]],
    ]);
    expect(seen[3]).toEqual(["d", [40_000, 1, 2], [80_000, 0, 0]]);
    const uniform = device.buffers.find(({ usage }) => usage & GPUBufferUsage.UNIFORM)!;
    expect(uniform.size).toBe(256 * (3 + 3)); // three of batch, one of each other function
  });
});

describe("loading", () => {
  it("asks for what the plan needs and declares bindings as the kernel does", async () => {
    const device = new FakeDevice();
    const adapter = fakeAdapter(device);
    const found = { adapter: adapter as unknown as GPUAdapter, software: false };
    const executor = await GpuExecutor.create({ plan: encode(webgpuPlan()), planName: "p", found });
    expect(adapter.requestDevice).toHaveBeenCalledWith({
      requiredFeatures: [],
      requiredLimits: {
        maxBufferSize: 4 * LIMITS.sequences * MODEL.vocab,
        maxStorageBufferBindingSize: 4 * LIMITS.sequences * MODEL.vocab,
        maxStorageBuffersPerShaderStage: 2,
        maxComputeWorkgroupSizeX: 32,
        maxComputeWorkgroupSizeY: 2,
        maxComputeWorkgroupSizeZ: 1,
        maxComputeInvocationsPerWorkgroup: 64,
        maxComputeWorkgroupStorageSize: 1024,
      },
    });
    expect(device.layouts).toEqual([["storage", "read-only-storage", "uniform"]]);
    expect(executor).toMatchObject({ kind: "GPU", kernels: "f32", threads: 1 });
  });

  it("names the limit that is too small, what it is and what is needed", async () => {
    const adapter = fakeAdapter(new FakeDevice(), HARDWARE, { maxStorageBufferBindingSize: 1000 });
    const found = { adapter: adapter as unknown as GPUAdapter, software: false };
    const loading = GpuExecutor.create({ plan: encode(webgpuPlan()), planName: "p", found });
    await expect(loading).rejects.toThrow(GpuLimitsError);
    await expect(loading).rejects.toMatchObject({
      limit: "maxStorageBufferBindingSize",
      has: 1000,
      needs: 1024,
    });
    await expect(loading).rejects.toThrow(
      /maxStorageBufferBindingSize is 1000, and 1024 is needed; choose the CPU engine\.$/,
    );
  });

  it("fails without a feature of the plan", async () => {
    await expect(start({ ...webgpuPlan(), features: ["shader-f16"] })).rejects.toThrow(
      /lacks the feature shader-f16/,
    );
  });

  it("fails where the browser gives no device", async () => {
    const adapter = {
      ...fakeAdapter(new FakeDevice()),
      requestDevice: () => Promise.reject(new Error("busy")),
    };
    const found = { adapter: adapter as unknown as GPUAdapter, software: false };
    await expect(
      GpuExecutor.create({ plan: encode(webgpuPlan()), planName: "p", found }),
    ).rejects.toThrow(NoWebGpuError);
  });

  it("fails with the megabytes needed where graphics memory is short, and frees the device", async () => {
    const device = new FakeDevice();
    device.outOfMemory = true;
    await expect(start({ ...webgpuPlan(), memory: 5e8 }, device)).rejects.toThrow(OutOfMemoryError);
    expect(device.destroyed).toBe(true);
    expect(device.buffers.every(({ destroyed }) => destroyed)).toBe(true);
  });

  it("names a kernel that does not compile", async () => {
    const device = new FakeDevice();
    device.failingKernel = "main";
    await expect(start(webgpuPlan(), device)).rejects.toThrow(
      /kernel main does not compile: unexpected token/,
    );
  });

  it("fails where buffers and kernels do not fit together", async () => {
    const device = new FakeDevice();
    device.invalid = true;
    await expect(start(webgpuPlan(), device)).rejects.toThrow(/validation error/);
    expect(device.destroyed).toBe(true);
  });

  it("uploads weights and constants", async () => {
    const raw = webgpuPlan();
    raw.buffers.push(
      {
        name: "w",
        bytes: 8,
        kind: "weight",
        dtype: "int32",
        source: { tensor: "t", part: "q_weight", layout: "raw" },
      },
      {
        name: "cos",
        bytes: 16,
        kind: "constant",
        dtype: "float32",
        constant: { kind: "rope", part: "cos", frequencies: [0.5, 2], length: 2 },
      },
    );
    const { executor, device } = await start(raw);
    const [weight, cos] = [raw.buffers.length - 2, raw.buffers.length - 1];
    executor.open(executor.plan.buffers[weight]!).set([1, 2, 3, 4, 5, 6, 7, 8]);
    await executor.close(executor.plan.buffers[weight]!);
    expect([...device.buffers[weight]!.bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...new Float32Array(device.buffers[cos]!.bytes.buffer)]).toEqual(
      [1, 1, Math.cos(0.5), Math.cos(2)].map(Math.fround),
    );
  });
});

describe("a device that fails", () => {
  const call = { function: "batch", symbols: [1, 0], rows: 1, logits: false } as const;

  it("by being lost between two calls", async () => {
    const { executor, device } = await start();
    await executor.run(call);
    device.lose("unplugged");
    await expect(executor.run(call)).rejects.toThrow(DeviceLostError);
    await expect(executor.run(call)).rejects.toThrow(/lost the GPU \(unplugged\)/);
  });

  it("by rejecting a mapping before it reports its loss", async () => {
    const { executor, device } = await start();
    const lose = device.lose.bind(device);
    device.run = () => lose("reset");
    await expect(executor.run(call)).rejects.toThrow(DeviceLostError);
  });

  it("by an error that nobody waited for", async () => {
    const { executor, device } = await start();
    device.report("binding 3 is too small");
    await expect(executor.run(call)).rejects.toThrow(GpuError);
    await expect(executor.run(call)).rejects.toThrow(/binding 3 is too small/);
  });

  it("by being disposed of", async () => {
    const { executor, device } = await start();
    await executor.dispose();
    expect(device.destroyed).toBe(true);
    expect(device.buffers.every(({ destroyed }) => destroyed)).toBe(true);
    await expect(executor.run(call)).rejects.toThrow(AbortedError);
  });
});

describe("adapters", () => {
  it.each([
    [{ ...HARDWARE }, false],
    [{ ...SOFTWARE }, true],
    [{ ...HARDWARE, isFallbackAdapter: true }, true],
    [{ ...HARDWARE, vendor: "mesa", description: "llvmpipe (LLVM 15.0.6, 256 bits)" }, true],
    [{ ...HARDWARE, description: "Microsoft Basic Render Driver" }, true],
    [{ ...HARDWARE, vendor: "nvidia", architecture: "ampere" }, false],
  ])("tell software from hardware: %j", (info, software) => {
    expect(isSoftware({ info: info as unknown as GPUAdapterInfo })).toBe(software);
  });

  it("are absent where the browser has none", async () => {
    expect(await findAdapter(null)).toBeNull();
    expect(await findAdapter(fakeGpu(null))).toBeNull();
    const failing = {
      requestAdapter: vi.fn().mockRejectedValue(new Error("disabled")),
    } as unknown as GPU;
    expect(await findAdapter(failing)).toBeNull();
  });

  it("are named in the executor's kind", async () => {
    expect((await start(webgpuPlan(), new FakeDevice(), SOFTWARE)).executor.kind).toBe(
      "GPU (software)",
    );
  });
});

describe("WGSL", () => {
  it("tells workgroup sizes", () => {
    expect(workgroupSize(WGSL)).toEqual([32, 2, 1]);
    expect(workgroupSize("@compute @workgroup_size(64) fn f() {}")).toEqual([64, 1, 1]);
  });

  it("tells workgroup memory", () => {
    const code =
      "var<workgroup> a : array<f32, 100>; var<workgroup> b : array<vec3<f16>, 10>; var<workgroup> c : array<u32, 8u>;";
    expect(workgroupBytes(code)).toBe(400 + 80 + 32);
  });

  it("tells storage types", () => {
    expect(storageTypes(WGSL, 3)).toEqual(["storage", "read-only-storage", "storage"]);
  });
});
