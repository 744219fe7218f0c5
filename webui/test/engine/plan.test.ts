import { describe, expect, it } from "vitest";
import { FormatRefusedError } from "../../src/engine/errors.ts";
import { bufferNamed, parameterCount, parsePlan } from "../../src/engine/plan.ts";
import { evaluate } from "../../src/engine/scalar.ts";
import { encode, webgpuPlan, wasmPlan } from "./support/plans.ts";
import type { RawPlan } from "./support/plans.ts";

const refusal = (change: (plan: RawPlan) => void, raw = wasmPlan()): string => {
  change(raw);
  try {
    parsePlan(encode(raw), "plan.json", raw.target === "webgpu" ? "webgpu" : "wasm");
  } catch (error) {
    expect(error).toBeInstanceOf(FormatRefusedError);
    return (error as Error).message;
  }
  return "accepted";
};

describe("parsePlan", () => {
  it("compiles the scalars of every step", () => {
    const raw = wasmPlan();
    raw.functions.prefill!.steps = [[0, [1, 0], ["pos", ["*", "n", 2], 5]]];
    const plan = parsePlan(encode(raw), "plan.json", "wasm");
    const [step] = plan.functions.prefill.steps;
    expect(step!.buffers).toEqual([1, 0]);
    expect(step!.scalars.map((scalar) => evaluate(scalar, [3, 9]))).toEqual([9, 6, 5]);
    expect(bufferNamed(plan, "hidden").bytes).toBe(256);
    expect(plan).toMatchObject({
      control: 1024,
      stack: { base: 65536 },
      module: { single: "kernels.single.wasm" },
    });
  });

  it("passes symbol values in a fixed order, whatever order the plan lists them in", () => {
    const raw = wasmPlan();
    raw.functions.batch = { symbols: ["plen", "b"], steps: [[0, [], ["b", "plen"]]] };
    const plan = parsePlan(encode(raw), "plan.json", "wasm");
    expect(
      plan.functions.batch.steps[0]!.scalars.map((scalar) => evaluate(scalar, [4, 100])),
    ).toEqual([4, 100]);
  });

  it("gives equal uniforms of WebGPU steps one key", () => {
    const raw = webgpuPlan();
    const step = (x: unknown, scalar: unknown): unknown[] => [0, [0], [scalar], [x, 1, 1]];
    raw.functions.batch!.steps = [
      step("b", "plen"),
      step("b", "plen"),
      step("b", "b"),
      step(4, "plen"),
    ];
    const { steps } = parsePlan(encode(raw), "plan.json", "webgpu").functions.batch;
    expect(new Set(steps.map(({ uniformKey }) => uniformKey)).size).toBe(3);
  });

  it("refuses another format", () => {
    expect(refusal((plan) => (plan.format = 2))).toMatch(
      /its format is 2, and this page reads format 1 only/,
    );
  });

  it.each<[string, (plan: RawPlan) => void, RegExp]>([
    ["another target", (plan) => (plan.target = "metal"), /it is for 'metal'/],
    ["a missing limit", (plan) => (plan.limits = { ...plan.limits, chunk: 0 }), /limits\.chunk/],
    ["a missing buffer", (plan) => plan.buffers.splice(0, 1), /no buffer 'tokens'/],
    [
      "a buffer outside the arena",
      (plan) => (plan.buffers[0]!.offset = plan.memory),
      /inside the arena/,
    ],
    [
      "a step's unknown buffer",
      (plan) => (plan.functions.head!.steps = [[0, [99], []]]),
      /no buffer of the plan/,
    ],
    [
      "a step's unknown kernel",
      (plan) => (plan.functions.head!.steps = [[1, [], []]]),
      /no kernel of the plan/,
    ],
    [
      "an unknown symbol",
      (plan) => (plan.functions.head!.steps = [[0, [], ["n"]]]),
      /unknown symbol 'n'/,
    ],
    ["a missing function", (plan) => delete plan.functions.batch, /function 'batch'/],
    ["an empty function", (plan) => (plan.functions.batch!.steps = []), /no steps/],
    ["other symbols", (plan) => (plan.functions.batch!.symbols = ["b"]), /symbols b, plen/],
    ["no stack", (plan) => delete plan.stack, /stack is no object/],
    ["no module", (plan) => delete plan.module, /module is no object/],
    ["weights from nowhere", (plan) => (plan.buffers[0]!.kind = "weight"), /which weights/],
    ["an unknown constant", (plan) => (plan.buffers[0]!.kind = "constant"), /unknown constant/],
  ])("refuses %s", (_, change, message) => {
    expect(refusal(change)).toMatch(message);
  });

  it.each<[string, (plan: RawPlan) => void, RegExp]>([
    ["a kernel without code", (plan) => delete plan.kernels[0]!.wgsl, /no name or no code/],
    ["a step without a grid", (plan) => plan.functions.head!.steps[0]!.pop(), /grid is no list/],
    ["a flat grid", (plan) => (plan.functions.head!.steps[0]![3] = [1, 1]), /three sizes/],
  ])("refuses for WebGPU %s", (_, change, message) => {
    expect(refusal(change, webgpuPlan())).toMatch(message);
  });
});

it("counts SmolLM2-135M's weights", () => {
  const shape = {
    layers: 30,
    hidden: 576,
    heads: 9,
    kv_heads: 3,
    head_dim: 64,
    ff: 1536,
    vocab: 49152,
  };
  expect(parameterCount(shape)).toBeCloseTo(134.5e6, -6);
});
