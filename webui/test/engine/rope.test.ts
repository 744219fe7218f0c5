import { expect, it } from "vitest";
import { ropeTable } from "../../src/engine/rope.ts";

it("tabulates cos and sin of position times frequency", () => {
  const source = { kind: "rope", frequencies: [1, 0.1, 0.01], length: 50 } as const;
  const cos = ropeTable({ ...source, part: "cos" });
  const sin = ropeTable({ ...source, part: "sin" });
  expect(cos).toHaveLength(150);
  expect(cos[0]).toBe(1);
  expect(cos[49 * 3 + 1]).toBe(Math.fround(Math.cos(4.9)));
  expect(sin[7 * 3]).toBe(Math.fround(Math.sin(7)));
  expect(sin[7 * 3 + 2]).toBe(Math.fround(Math.sin(0.07)));
});
