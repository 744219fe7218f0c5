import { describe, expect, it } from "vitest";
import { InvalidRequestError } from "../../src/engine/errors.ts";
import { argmax, chooseGreedy, sample, SLICES, uniform } from "../../src/engine/sampler.ts";
import type { Partials } from "../../src/engine/sampler.ts";

/** Partials over fixed slices, computed plainly. */
function partials(logits: readonly number[]): Partials {
  const width = Math.ceil(logits.length / SLICES);
  const best = new Float32Array(SLICES).fill(-3e38);
  const index = new Int32Array(SLICES);
  const expSum = new Float32Array(SLICES);
  for (let slice = 0; slice < SLICES; slice++) {
    const values = logits.slice(slice * width, (slice + 1) * width);
    if (values.length === 0) continue;
    best[slice] = Math.max(...values);
    index[slice] = slice * width + values.indexOf(Math.max(...values));
    expSum[slice] = values.reduce((sum, value) => sum + Math.exp(value - Math.max(...values)), 0);
  }
  return { best, index, expSum };
}

const logits = Array.from({ length: 300 }, (_, i) => Math.fround(Math.sin(i * 12.9898) * 5));

describe("chooseGreedy", () => {
  it("finds the greatest logit and its log-probability", () => {
    const { id, logProb } = chooseGreedy(partials(logits));
    expect(id).toBe(logits.indexOf(Math.max(...logits)));
    const total = logits.reduce((sum, value) => sum + Math.exp(value), 0);
    expect(logProb).toBeCloseTo(Math.log(Math.exp(logits[id]!) / total), 5);
  });

  it("takes the lowest id on ties", () => {
    const tied = logits.with(250, 9).with(17, 9).with(18, 9);
    expect(chooseGreedy(partials(tied)).id).toBe(17);
  });

  it("passes over empty slices", () => {
    expect(chooseGreedy(partials([1, 2]))).toEqual({
      id: 1,
      logProb: expect.closeTo(-0.31326, 4) as number,
    });
  });
});

describe("argmax", () => {
  it("takes the lowest id on ties, and refuses when nothing is allowed", () => {
    expect(argmax(Float32Array.of(1, 3, 3))).toBe(1);
    expect(() => argmax(Float32Array.of(-Infinity, -Infinity))).toThrow(InvalidRequestError);
  });
});

describe("uniform", () => {
  it("is reproducible, and differs with each of its numbers", () => {
    expect(uniform(1, 2, 3)).toBe(uniform(1, 2, 3));
    const draws = [
      uniform(1, 2, 3),
      uniform(2, 2, 3),
      uniform(1, 3, 3),
      uniform(1, 2, 4),
      uniform(3, 2, 1),
    ];
    expect(new Set(draws).size).toBe(5);
  });

  it("spreads evenly over [0, 1)", () => {
    const counts = new Array<number>(10).fill(0);
    for (let counter = 0; counter < 10_000; counter++)
      counts[Math.floor(uniform(7, 0, counter) * 10)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});

describe("sample", () => {
  const three = Float32Array.of(Math.log(0.5), Math.log(0.3), Math.log(0.2), -Infinity);
  const shares = (temperature: number, topP: number): number[] => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 1000; i++) counts[sample(three, temperature, topP, (i + 0.5) / 1000)]!++;
    return counts.map((count) => count / 1000);
  };

  it("draws in proportion to the probabilities", () => {
    expect(shares(1, 1)).toEqual([0.5, 0.3, 0.2, 0]);
  });

  it("sharpens with a low temperature", () => {
    const total = 0.25 + 0.09 + 0.04;
    expect(shares(0.5, 1)).toEqual(
      [0.25, 0.09, 0.04, 0].map((weight) => expect.closeTo(weight / total, 2) as number),
    );
  });

  it("keeps the fewest tokens that reach topP", () => {
    expect(shares(1, 0.5)).toEqual([1, 0, 0, 0]);
    expect(shares(1, 0.6)).toEqual([0.625, 0.375, 0, 0]);
  });

  it.each([
    [0, 1],
    [-1, 1],
    [1, 0],
    [1, 1.5],
    [NaN, 1],
  ])("refuses temperature %d with topP %d", (temperature, topP) => {
    expect(() => sample(three, temperature, topP, 0.5)).toThrow(InvalidRequestError);
  });
});
