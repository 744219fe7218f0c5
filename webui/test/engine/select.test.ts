import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MissingFileError } from "../../src/engine/errors.ts";
import { loadEngine } from "../../src/engine/index.ts";
import type {
  Engine,
  LoadOptions,
  LoadProgress,
  Manifest,
  ModelSource,
} from "../../src/engine/index.ts";
import { nodeHost } from "../../src/node/host.ts";
import { fakeAdapter, FakeDevice, fakeGpu, HARDWARE, SOFTWARE } from "./support/fake-gpu.ts";
import type { FakeAdapter } from "./support/fake-gpu.ts";
import { encode, webgpuPlan, wasmPlan } from "./support/plans.ts";
import type { RawPlan } from "./support/plans.ts";
import { kernelModule } from "./support/wasm-module.ts";
import { bytesOf, container } from "./support/weights.ts";

const norm = {
  name: "model.norm.weight",
  shape: [8],
  dtype: "float32",
  bytes: bytesOf(new Float32Array(8).fill(1)),
};
const noop = { noop: { parameters: 2, body: [] } };
const normBuffer = {
  name: "model.norm",
  bytes: 32,
  kind: "weight",
  dtype: "float32",
  offset: 4096 + 65536,
  source: { tensor: "model.norm", part: "weight", layout: "raw" },
};

function withNorm(plan: RawPlan, big: boolean): RawPlan {
  const model = big
    ? { ...plan.model, vocab: 64, hidden: 10_000, layers: 10, ff: 10_000 }
    : plan.model;
  return { ...plan, model, buffers: [...plan.buffers, normBuffer] };
}

/** A model folder in memory. */
function model(big = false, without: readonly string[] = []): ModelSource & { reads: string[] } {
  const files = container([[norm]]);
  files.set("plan.wasm.json", encode(withNorm(wasmPlan(), big)));
  files.set("kernels.wasm", kernelModule(noop, { pages: 2, shared: true }));
  files.set("kernels.single.wasm", kernelModule(noop, { pages: 2, shared: false }));
  files.set("plan.webgpu.json", encode(withNorm(webgpuPlan(), big)));
  files.set(
    "plan.webgpu-f16.json",
    encode({ ...withNorm(webgpuPlan(), big), features: ["shader-f16"] }),
  );
  for (const path of without) files.delete(path);
  const entries = [...files].map(([path, bytes]) => ({
    path,
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  }));
  const manifest: Manifest = {
    format: 1,
    name: "toy",
    title: "Toy",
    test_model: true,
    files: entries,
    weights_bytes: 32,
  };
  const reads: string[] = [];
  return {
    manifest,
    reads,
    file: async (path, request) => {
      const bytes = files.get(path);
      if (bytes === undefined) throw new MissingFileError(path);
      reads.push(path);
      request?.onProgress?.({
        path,
        phase: "reading",
        bytesDone: bytes.length,
        bytesTotal: bytes.length,
      });
      return bytes;
    },
  };
}

const engines: Engine[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.dispose()));
});

async function load(
  source: ModelSource,
  options: Partial<LoadOptions>,
  adapter: FakeAdapter | null = null,
  delay = 0,
): Promise<Engine> {
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, delay));
  const host = { ...nodeHost(2), gpu: fakeGpu(adapter), ...(delay > 0 && { yield: pause }) };
  const engine = await loadEngine(source, { engine: "auto", host, ...options });
  engines.push(engine);
  return engine;
}

/** A device whose work takes `ms` milliseconds. */
function deviceTaking(ms: number): FakeDevice {
  const device = new FakeDevice();
  const busy = (): void => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  device.run = busy;
  return device;
}

describe("automatic choice", () => {
  it("takes the CPU without a GPU, with as many threads as the machine has", async () => {
    const source = model();
    const engine = await load(source, {});
    expect(engine.info).toMatchObject({
      kind: "CPU",
      threads: 2,
      kernels: "int16",
      modelName: "toy",
      testModel: true,
    });
    expect(source.reads).toContain("kernels.wasm");
    expect(source.reads.some((path) => path.includes("webgpu"))).toBe(false);
  });

  it("never takes a software adapter", async () => {
    const device = new FakeDevice();
    for (const big of [false, true]) {
      const engine = await load(model(big), {}, fakeAdapter(device, SOFTWARE), 5);
      expect(engine.info.kind).toBe("CPU");
    }
    expect(device.counts.buffers).toBe(0);
  });

  it("takes the faster of both for a small model", async () => {
    const slow = deviceTaking(20);
    expect((await load(model(), {}, fakeAdapter(slow))).info.kind).toBe("CPU");
    expect(slow.destroyed).toBe(true);
    const fast = new FakeDevice();
    expect((await load(model(), {}, fakeAdapter(fast), 20)).info.kind).toBe("GPU");
    expect(fast.destroyed).toBe(false);
  });

  it("gives the chosen GPU its weights", async () => {
    const device = new FakeDevice();
    await load(model(), {}, fakeAdapter(device), 20);
    const weights = device.buffers[webgpuPlan().buffers.length]!;
    expect([...new Float32Array(weights.bytes.buffer)]).toEqual(new Array<number>(8).fill(1));
  });

  it("takes the GPU for a big model without measuring", async () => {
    const device = deviceTaking(20);
    const source = model(true);
    expect((await load(source, {}, fakeAdapter(device))).info.kind).toBe("GPU");
    expect(device.dispatches).toHaveLength(0);
    expect(source.reads).not.toContain("plan.wasm.json");
  });

  it("falls back to the CPU from a GPU that does not work out", async () => {
    const memory = new FakeDevice();
    memory.outOfMemory = true;
    expect((await load(model(true), {}, fakeAdapter(memory))).info.kind).toBe("CPU");
    const small = fakeAdapter(new FakeDevice(), HARDWARE, { maxBufferSize: 100 });
    expect((await load(model(), {}, small)).info.kind).toBe("CPU");
    const lost = new FakeDevice();
    lost.run = () => lost.lose("reset");
    expect((await load(model(), {}, fakeAdapter(lost), 20)).info.kind).toBe("CPU");
  });

  it("says what is wrong where neither can run", async () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    await expect(load(model(), {})).rejects.toMatchObject({ code: "no-engine" });
    expect((await load(model(), {}, fakeAdapter(new FakeDevice()))).info.kind).toBe("GPU");
  });
});

describe("an engine on demand", () => {
  it("is a software GPU if that is all there is", async () => {
    expect(
      (await load(model(), { engine: "gpu" }, fakeAdapter(new FakeDevice(), SOFTWARE))).info.kind,
    ).toBe("GPU (software)");
  });

  it("is refused where it cannot run", async () => {
    await expect(load(model(), { engine: "gpu" })).rejects.toMatchObject({ code: "no-webgpu" });
    const small = fakeAdapter(new FakeDevice(), HARDWARE, { maxBufferSize: 100 });
    await expect(load(model(), { engine: "gpu" }, small)).rejects.toMatchObject({
      code: "gpu-limits",
    });
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    await expect(load(model(), { engine: "cpu" })).rejects.toMatchObject({ code: "no-wasm-simd" });
  });

  it("has the threads asked for, within the plan's and the browser's limits", async () => {
    const threads = async (options: Partial<LoadOptions>): Promise<number> =>
      (await load(model(), { engine: "cpu", ...options })).info.threads;
    expect(await threads({ threads: 3 })).toBe(3);
    expect(await threads({ threads: 99 })).toBe(4);
    expect(await threads({ threads: 0 })).toBe(1);
    const source = model();
    const engine = await load(source, {
      engine: "cpu",
      threads: 3,
      host: { ...nodeHost(8), sharedMemory: false },
    });
    expect(engine.info.threads).toBe(1);
    expect(source.reads).toContain("kernels.single.wasm");
  });

  it("computes in half precision where adapter and model can, unless told not to", async () => {
    const half = fakeAdapter(new FakeDevice());
    half.features.add("shader-f16");
    expect((await load(model(), { engine: "gpu" }, half)).info.kernels).toBe("f16");
    expect((await load(model(), { engine: "gpu", halfPrecision: false }, half)).info.kernels).toBe(
      "f32",
    );
    expect(
      (await load(model(false, ["plan.webgpu-f16.json"]), { engine: "gpu" }, half)).info.kernels,
    ).toBe("f32");
  });

  it("has int8 kernels only where the model has them", async () => {
    await expect(load(model(), { engine: "cpu", kernels: "int8" })).rejects.toMatchObject({
      code: "kernels-unavailable",
    });
  });

  it("fails on a missing file, and frees what it had", async () => {
    await expect(load(model(false, ["kernels.wasm"]), { engine: "cpu" })).rejects.toMatchObject({
      code: "missing-file",
    });
    const device = new FakeDevice();
    const missing = load(
      model(false, ["params_shard_0.bin"]),
      { engine: "gpu" },
      fakeAdapter(device),
    );
    await expect(missing).rejects.toMatchObject({
      code: "missing-file",
      path: "params_shard_0.bin",
    });
    expect(device.destroyed).toBe(true);
  });
});

it("reports progress over all weights, and stops when aborted", async () => {
  const events: LoadProgress[] = [];
  await load(model(), { engine: "cpu", onProgress: (event) => events.push(event) });
  const total = model()
    .manifest.files.filter(({ path }) => /tensor-cache|shard/.test(path))
    .reduce((sum, { bytes }) => sum + bytes, 0);
  expect(events[0]).toEqual({ phase: "starting", bytesDone: 0, bytesTotal: total });
  expect(events.at(-1)).toEqual({ phase: "reading", bytesDone: total, bytesTotal: total });
  await expect(load(model(), { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "aborted",
  });
});
