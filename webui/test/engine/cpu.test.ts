import { afterEach, describe, expect, it, vi } from "vitest";
import { ControlBlock, CONTROL_WORDS } from "../../src/engine/cpu/control.ts";
import { CpuExecutor } from "../../src/engine/cpu/executor.ts";
import type { CpuOptions } from "../../src/engine/cpu/executor.ts";
import { hasWasmSimd, relaxedDotProblem } from "../../src/engine/cpu/features.ts";
import {
  AbortedError,
  FormatRefusedError,
  OutOfMemoryError,
  WorkerDiedError,
} from "../../src/engine/errors.ts";
import type { HelperThread, Host } from "../../src/engine/host.ts";
import { nodeHost } from "../../src/node/host.ts";
import { cpuKernels, cpuPlan } from "./support/cpu-plan.ts";
import { encode, wasmPlan } from "./support/plans.ts";
import { kernelModule } from "./support/wasm-module.ts";

const made: CpuExecutor[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map((executor) => executor.dispose()));
});

async function start(threads: number, change: Partial<CpuOptions> = {}): Promise<CpuExecutor> {
  const executor = await CpuExecutor.create({
    plan: cpuPlan(),
    planName: "plan.wasm.json",
    kernels: cpuKernels(threads),
    kernelKind: "int16",
    threads,
    host: nodeHost(),
    ...change,
  });
  made.push(executor);
  return executor;
}

const quiet = { rows: 0, logits: false } as const;

describe.each([1, 2, 3])("the CPU executor with %i threads", (threads) => {
  it("runs the steps of a call in lockstep, call after call", async () => {
    const executor = await start(threads);
    for (let call = 0; call < 200; call++) {
      executor.write(
        "tokens",
        Int32Array.from({ length: 8 }, (_, i) => i + call),
      );
      await executor.run({ function: "prefill", symbols: [8, call], ...quiet });
      const { logits } = await executor.run({
        function: "head",
        symbols: [0],
        rows: 1,
        logits: true,
      });
      const words = new Int32Array(logits[0]!.buffer, 0, 8);
      expect([...words]).toEqual(Array.from({ length: 8 }, (_, i) => (7 - i + call) * (call + 1)));
    }
  });

  it("combines the partial results of the head", async () => {
    const executor = await start(threads);
    const { ids, logProbs, logits } = await executor.run({
      function: "head",
      symbols: [3],
      rows: 1,
      logits: false,
    });
    expect(ids).toEqual([63]);
    expect(logProbs[0]).toBeCloseTo(Math.log(1 - Math.exp(-1)), 5);
    expect(logits).toEqual([]);
  });
});

it("gives logits of the caller's own", async () => {
  const executor = await start(2);
  const read = async (): Promise<Float32Array> =>
    (await executor.run({ function: "head", symbols: [0], rows: 2, logits: true })).logits[0]!;
  const first = await read();
  first.fill(5);
  expect((await read())[0]).not.toBe(5);
  expect(first.buffer).toBeInstanceOf(ArrayBuffer);
});

describe("a thread that dies", () => {
  it("by an error is noticed at once, and for good", async () => {
    const executor = await start(2);
    const call = { function: "decode", symbols: [0], ...quiet } as const;
    await expect(executor.run(call)).rejects.toThrow(WorkerDiedError);
    await expect(executor.run({ function: "head", symbols: [0], ...quiet })).rejects.toThrow(
      /^A computing thread/,
    );
  });

  it("by an error in the engine's own thread ends the helpers too", async () => {
    const plan = wasmPlan();
    plan.kernels = [{ name: "unreachable" }];
    const kernels = kernelModule(
      { unreachable: { parameters: 2, body: [0x00] } },
      { pages: 2, shared: true },
    );
    const executor = await start(2, { plan: encode(plan), kernels });
    await expect(executor.run({ function: "head", symbols: [0], ...quiet })).rejects.toThrow(
      WorkerDiedError,
    );
  });

  it("silently is noticed after a while", async () => {
    const executor = await start(2, { patience: { sliceMs: 20, slices: 4 } });
    const call = { function: "batch", symbols: [4, 0], ...quiet } as const;
    const begun = performance.now();
    await expect(executor.run(call)).rejects.toThrow(/no longer answers/);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it("between two calls is noticed by the next", async () => {
    const threads: HelperThread[] = [];
    const host = nodeHost();
    const spawn = (): HelperThread => {
      threads.push(host.spawn());
      return threads[0]!;
    };
    const executor = await start(2, {
      host: { ...host, spawn },
      patience: { sliceMs: 50, slices: 10 },
    });
    const call = { function: "head", symbols: [0], ...quiet } as const;
    await executor.run(call);
    threads[0]!.terminate();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(executor.run(call)).rejects.toThrow(WorkerDiedError);
  });

  it("before it is ready fails the load", async () => {
    const terminate = vi.fn();
    const helper = {
      post: () => undefined,
      onMessage: () => undefined,
      onFailure: (listener: (problem: string) => void) =>
        setTimeout(() => listener("no memory for it"), 1),
      terminate,
    };
    const host = { ...nodeHost(), spawn: () => helper } as unknown as Host;
    await expect(start(3, { host })).rejects.toThrow(/\(no memory for it\)/);
    expect(terminate).toHaveBeenCalledTimes(2);
  });
});

describe("loading", () => {
  it("fails with the megabytes needed where memory is short", async () => {
    const plan = wasmPlan();
    plan.memory = 70_000 * 65536; // beyond what 32-bit addresses reach
    const loading = start(2, { plan: encode(plan) });
    await expect(loading).rejects.toThrow(OutOfMemoryError);
    await expect(loading).rejects.toThrow(/not enough memory for this model, which needs 4588 MB/);
  });

  it("fails where the module lacks a kernel, in any thread", async () => {
    const kernels = kernelModule(
      { other: { parameters: 2, body: [] } },
      { pages: 2, shared: false },
    );
    await expect(start(1, { kernels, plan: encode(wasmPlan()) })).rejects.toThrow(
      FormatRefusedError,
    );
    const shared = kernelModule({ other: { parameters: 2, body: [] } }, { pages: 2, shared: true });
    await expect(start(2, { kernels: shared, plan: encode(wasmPlan()) })).rejects.toThrow(
      /no kernel noop/,
    );
  });

  it("fails without SIMD in one sentence", async () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    await expect(start(1)).rejects.toMatchObject({ code: "no-wasm-simd" });
    expect(hasWasmSimd()).toBe(false);
    expect(relaxedDotProblem()).toMatch(/no relaxed SIMD/);
  });

  it("can be aborted while the threads start", async () => {
    const silent = {
      post: () => undefined,
      onMessage: () => undefined,
      onFailure: () => undefined,
      terminate: () => undefined,
    };
    const host = { ...nodeHost(), spawn: () => silent };
    const controller = new AbortController();
    const loading = start(2, { host, signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(loading).rejects.toThrow(AbortedError);
  });

  it("computes RoPE tables in place", async () => {
    const plan = wasmPlan();
    plan.buffers.push({
      name: "rope.cos",
      bytes: 4 * 10 * 2,
      kind: "constant",
      dtype: "float32",
      offset: 2048 + 65536,
      constant: { kind: "rope", part: "cos", frequencies: [1, 0.5], length: 10 },
    });
    const kernels = kernelModule(
      { noop: { parameters: 2, body: [] } },
      { pages: 2, shared: false },
    );
    const executor = await start(1, { plan: encode(plan), kernels });
    const memory = executor.open(executor.plan.buffers.at(-1)!);
    expect(new Float32Array(memory.buffer, memory.byteOffset, 20)[9]).toBe(
      Math.fround(Math.cos(2)),
    );
  });
});

it("knows this machine's SIMD, and one that gives wrong sums", () => {
  expect(hasWasmSimd()).toBe(true);
  expect(relaxedDotProblem()).toBeNull();
  vi.spyOn(WebAssembly, "Instance").mockImplementation(function () {
    return { exports: { f: () => 0x01010101 + 2 * (4 * -3 * 5) } };
  });
  expect(relaxedDotProblem()).toMatch(/wrong sums/);
});

it("refuses further calls after dispose", async () => {
  const executor = await start(2);
  await executor.dispose();
  await expect(executor.run({ function: "head", symbols: [0], ...quiet })).rejects.toThrow(
    AbortedError,
  );
});

describe("the control block", () => {
  it("dismisses helpers that wait, whether for a command or at a barrier", () => {
    const words = new Int32Array(new SharedArrayBuffer(4 * CONTROL_WORDS));
    const control = new ControlBlock(words, 2);
    control.fail(0);
    expect(control.nextCommand(0)).toBeNull();
    expect(() => control.barrier(1)).toThrow();
    expect(() => control.barrier(0)).toThrow(WorkerDiedError);
    expect(control.failed).toBe(0);
  });
});
