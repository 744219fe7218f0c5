/** What this WebAssembly implementation can do, found out with modules of a few bytes. */

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const FUNCTION_SECTION = [0x03, 0x02, 0x01, 0x00];
const V128_CONST = [0xfd, 0x0c];
const repeated = (byte: number): number[] => Array.from({ length: 16 }, () => byte);

/** () → i32: lane 0 of a splat */
const SIMD_MODULE = new Uint8Array([
  ...HEADER,
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f],
  ...FUNCTION_SECTION,
  ...[0x0a, 0x0b, 0x01, 0x09, 0x00, 0x41, 0x00, 0xfd, 0x11, 0xfd, 0x1b, 0x00, 0x0b],
]);

/** f: () → i32: lane 0 of i32x4.relaxed_dot_i8x16_i7x16_add_s(16 × −3, 16 × 5, 4 × 100…) */
const RELAXED_DOT_BODY = [
  0x00,
  ...[...V128_CONST, ...repeated(0xfd)],
  ...[...V128_CONST, ...repeated(0x05)],
  ...[...V128_CONST, ...repeated(0x01)],
  ...[0xfd, 0x93, 0x02],
  ...[0xfd, 0x1b, 0x00],
  0x0b,
];
const RELAXED_DOT_MODULE = new Uint8Array([
  ...HEADER,
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f],
  ...FUNCTION_SECTION,
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
  ...[0x0a, RELAXED_DOT_BODY.length + 2, 0x01, RELAXED_DOT_BODY.length, ...RELAXED_DOT_BODY],
]);
const RELAXED_DOT_EXPECTED = 0x01010101 + 4 * -3 * 5;

export function hasWasmSimd(): boolean {
  return typeof WebAssembly !== "undefined" && WebAssembly.validate(SIMD_MODULE);
}

/**
 * Why the int8 kernels cannot be used here, or null: relaxed SIMD may be missing, and an
 * implementation is known that gives wrong sums for its dot product.
 */
export function relaxedDotProblem(): string | null {
  if (!WebAssembly.validate(RELAXED_DOT_MODULE)) return "this browser has no relaxed SIMD";
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(RELAXED_DOT_MODULE));
  const sum = (exports.f as () => number)();
  return sum === RELAXED_DOT_EXPECTED ? null : "this browser's relaxed SIMD gives wrong sums";
}
