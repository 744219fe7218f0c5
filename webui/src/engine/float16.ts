/** IEEE half-precision and bfloat16 bits as float32 values. */

let halves: Float32Array | null = null;

/** Values of all 65,536 half-precision bit patterns. */
function halfTable(): Float32Array {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const sign = bits & 0x8000 ? -1 : 1;
    if (exponent === 31) table[bits] = fraction === 0 ? sign * Infinity : NaN;
    else if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

/** Writes the values of half-precision `bits` to `out`, which has the same length. */
export function widenHalves(bits: Uint16Array, out: Float32Array): void {
  halves ??= halfTable();
  for (let i = 0; i < bits.length; i++) out[i] = halves[bits[i]!]!;
}

/** Writes the values of bfloat16 `bits` to `out`, which has the same length. */
export function widenBrainFloats(bits: Uint16Array, out: Float32Array): void {
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
}
