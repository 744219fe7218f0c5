/** Assembles small kernel modules for tests: exactly the parts that the CPU executor relies on. */

const I32 = 0x7f;

/** Unsigned LEB128. */
function u(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return bytes;
}

const vector = (items: readonly number[][]): number[] => [...u(items.length), ...items.flat()];
const section = (id: number, content: number[]): number[] => [id, ...u(content.length), ...content];
const text = (value: string): number[] => [
  ...u(value.length),
  ...[...value].map((c) => c.charCodeAt(0)),
];

export const get = (local: number): number[] => [0x20, local];
export const set = (local: number): number[] => [0x21, local];
export const constant = (value: number): number[] => [0x41, ...u(value)]; // < 64: no sign handling
export const add = [0x6a];
export const subtract = [0x6b];
export const multiply = [0x6c];
export const equal = [0x46];
export const load = [0x28, 0x02, 0x00];
export const store = [0x36, 0x02, 0x00];
export const toFloat = [0xb2];
export const storeFloat = [0x38, 0x02, 0x00];
export const unreachable = [0x00];
export const when = (condition: number[], then: number[]): number[] => [
  ...condition,
  0x04,
  0x40,
  ...then,
  0x0b,
];
export const forever = [0x03, 0x40, 0x0c, 0x00, 0x0b];

/** base + 4 · index */
export const word = (base: number[], index: number[]): number[] => [
  ...base,
  ...index,
  ...constant(4),
  ...multiply,
  ...add,
];

/** for (i = tid; i < n; i += nt) body */
export function shared(i: number, n: number[], tid: number, nt: number, body: number[]): number[] {
  const test = [...get(i), ...n, 0x4e, 0x0d, 0x01];
  const next = [...get(i), ...get(nt), ...add, ...set(i), 0x0c, 0x00];
  return [...get(tid), ...set(i), 0x02, 0x40, 0x03, 0x40, ...test, ...body, ...next, 0x0b, 0x0b];
}

export interface Kernel {
  /** i32 parameters, thread id and count included */
  readonly parameters: number;
  readonly locals?: number;
  readonly body: number[];
}

/** A module that imports `env.memory` and exports the kernels and `__stack_pointer`. */
export function kernelModule(
  kernels: Readonly<Record<string, Kernel>>,
  memory: { pages: number; shared: boolean },
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(kernels);
  const types = entries.map(([, { parameters }]) => [
    0x60,
    ...vector(Array.from({ length: parameters }, () => [I32])),
    0,
  ]);
  const limits = [memory.shared ? 0x03 : 0x01, ...u(memory.pages), ...u(memory.pages)];
  const code = entries.map(([, { locals = 0, body }]) => {
    const content = [...vector(locals > 0 ? [[...u(locals), I32]] : []), ...body, 0x0b];
    return [...u(content.length), ...content];
  });
  const exports = entries.map(([name], index) => [...text(name), 0x00, ...u(index)]);
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([[...text("env"), ...text("memory"), 0x02, ...limits]])),
    ...section(3, vector(entries.map((_, index) => u(index)))),
    ...section(6, vector([[I32, 0x01, ...constant(0), 0x0b]])),
    ...section(7, vector([...exports, [...text("__stack_pointer"), 0x03, 0x00]])),
    ...section(10, vector(code)),
  ]);
}
