import { describe, expect, it } from "vitest";
import { FormatRefusedError } from "../../src/engine/errors.ts";
import { compileScalar, evaluate } from "../../src/engine/scalar.ts";
import type { ScalarExpression } from "../../src/engine/scalar.ts";

const value = (expression: ScalarExpression, n = 0, pos = 0): number =>
  evaluate(compileScalar(expression, ["n", "pos"], "plan"), [n, pos]);

describe("scalar expressions", () => {
  it.each<[ScalarExpression, number]>([
    [7, 7],
    ["pos", 5],
    [["+", "n", "pos"], 8],
    [["-", "n", "pos"], -2],
    [["*", "n", 4], 12],
    [["//", ["-", "n", "pos"], 4], -1],
    [["%", ["-", "n", "pos"], 4], 2],
    [["min", "n", "pos"], 3],
    [["max", "n", "pos"], 5],
    [["<", "n", "pos"], 1],
    [["<=", "n", 3], 1],
    [[">", "n", 3], 0],
    [[">=", "n", 4], 0],
    [["==", "n", 3], 1],
    [[">>", ["+", "n", 4], 1], 3],
    [["<<", "n", 2], 12],
    [["?", [">", "n", "pos"], 1, ["*", "pos", 2]], 10],
  ])("%j", (expression, expected) => {
    expect(value(expression, 3, 5)).toBe(expected);
  });

  it("folds constants", () => {
    expect(compileScalar(["+", 2, ["*", 3, 4]], [], "plan")).toBe(14);
  });

  it.each([["m"], [["^", 1, 2]], [["+", 1]], [["toString", 1, 2]], [null], [1.5]])(
    "refuses %j",
    (expression) => {
      expect(() => compileScalar(expression, ["n"], "plan.wasm.json")).toThrow(FormatRefusedError);
    },
  );
});
