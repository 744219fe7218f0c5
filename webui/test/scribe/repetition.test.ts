import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { RepetitionGuard } from "../../src/scribe/repetition.ts";

describe("RepetitionGuard", () => {
  it("forbids what completes a chain that stood there, and nothing before that", () => {
    const guard = new RepetitionGuard(3);
    for (const id of [1, 2, 3, 1]) guard.push(id);
    expect([...guard.forbidden()]).toEqual([]);
    guard.push(2);
    expect([...guard.forbidden()]).toEqual([3]);
    for (const id of [4, 1, 2]) guard.push(id);
    expect([...guard.forbidden()]).toEqual([3, 4]);
  });

  it("lets no chain recur when what it forbids is not written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.array(fc.nat(3)), (length, wishes) => {
        const guard = new RepetitionGuard(length);
        const written: number[] = [];
        for (const id of wishes) {
          if (guard.forbidden().has(id)) continue;
          guard.push(id);
          written.push(id);
        }
        const chains = written
          .map((_, at) => written.slice(at, at + length))
          .filter((chain) => chain.length === length)
          .map((chain) => chain.join());
        expect(new Set(chains).size).toBe(chains.length);
      }),
    );
  });

  it("never forbids what is free", () => {
    const guard = new RepetitionGuard(3, (id) => id === 3);
    for (const id of [1, 2, 3, 1, 2, 4, 1, 2]) guard.push(id);
    expect([...guard.forbidden()]).toEqual([4]);
  });
});
