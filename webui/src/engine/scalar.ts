/** Scalar expressions of the execution plan: sizes and positions as functions of a call's symbols. */
import { FormatRefusedError } from "./errors.ts";

/** `12`, `"n"` or `["+", a, b]`; operators: see `BINARY`, and `["?", condition, then, otherwise]`. */
export type ScalarExpression = number | string | readonly [string, ...ScalarExpression[]];

/** A constant, or a function of the call's symbol values (in the order of `symbols`). */
export type Scalar = number | ((values: ArrayLike<number>) => number);

const floorDivide = (a: number, b: number): number => Math.floor(a / b);

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "//": floorDivide,
  "%": (a, b) => a - floorDivide(a, b) * b,
  min: Math.min,
  max: Math.max,
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
  "==": (a, b) => Number(a === b),
  ">>": (a, b) => a >> b,
  "<<": (a, b) => a * 2 ** b,
};

/** Evaluates a compiled scalar. */
export function evaluate(scalar: Scalar, values: ArrayLike<number>): number {
  return typeof scalar === "number" ? scalar : scalar(values);
}

/**
 * Compiles `expression` to a constant or a closure (a page under a strict CSP cannot compile source).
 * Raises FormatRefusedError, naming `file`, for an unknown symbol, operator or shape.
 */
export function compileScalar(
  expression: unknown,
  symbols: readonly string[],
  file: string,
): Scalar {
  if (typeof expression === "number") {
    if (!Number.isInteger(expression))
      throw new FormatRefusedError(file, `${expression} is no integer`);
    return expression;
  }
  if (typeof expression === "string") {
    const slot = symbols.indexOf(expression);
    if (slot < 0) throw new FormatRefusedError(file, `it uses the unknown symbol '${expression}'`);
    return (values) => values[slot]!;
  }
  if (!Array.isArray(expression)) throw new FormatRefusedError(file, "it has an unreadable scalar");
  const [operator, ...operands] = expression as unknown[];
  const parts = operands.map((operand) => compileScalar(operand, symbols, file));
  const compiled = combine(operator, parts, file);
  return parts.every((part) => typeof part === "number") ? evaluate(compiled, []) : compiled;
}

function combine(operator: unknown, parts: readonly Scalar[], file: string): Scalar {
  const [a, b, c] = parts;
  if (operator === "?" && parts.length === 3) {
    return (values) => (evaluate(a!, values) ? evaluate(b!, values) : evaluate(c!, values));
  }
  const apply =
    typeof operator === "string" && Object.hasOwn(BINARY, operator) ? BINARY[operator] : undefined;
  if (apply === undefined || parts.length !== 2) {
    throw new FormatRefusedError(file, `it uses the unknown operator '${String(operator)}'`);
  }
  if (typeof b === "number" && typeof a === "function") return (values) => apply(a(values), b);
  return (values) => apply(evaluate(a!, values), evaluate(b!, values));
}
