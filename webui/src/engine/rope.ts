/** Tables of rotary position embeddings, computed in float64 as the model's build does. */
import type { ConstantSource } from "./plan.ts";

/** cos or sin of position · frequency: float32 [length, frequencies]. */
export function ropeTable({
  frequencies,
  length,
  part,
}: ConstantSource): Float32Array<ArrayBuffer> {
  const width = frequencies.length;
  const table = new Float32Array(length * width);
  const wave = part === "cos" ? Math.cos : Math.sin;
  for (const [column, frequency] of frequencies.entries()) {
    for (let position = 0; position < length; position++) {
      table[position * width + column] = wave(position * frequency);
    }
  }
  return table;
}
