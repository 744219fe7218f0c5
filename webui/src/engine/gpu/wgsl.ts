/** The few facts about a kernel that the executor reads out of its WGSL. */

/** Threads of a workgroup in x, y, z. */
export function workgroupSize(wgsl: string): readonly [number, number, number] {
  const match = /@workgroup_size\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?(?:,\s*(\d+)\s*)?,?\s*\)/.exec(wgsl);
  const size = (group: number): number => Number(match?.[group] ?? 1);
  return [size(1), size(2), size(3)];
}

const SCALAR_BYTES: Readonly<Record<string, number>> = { f32: 4, i32: 4, u32: 4, bool: 4, f16: 2 };

/** Bytes of workgroup memory: its arrays of scalars and vectors, three-component vectors padded. */
export function workgroupBytes(wgsl: string): number {
  let bytes = 0;
  const arrays =
    /var<workgroup>\s+\w+\s*:\s*array<\s*(?:vec([234])<\s*(\w+)\s*>|(\w+))\s*,\s*(\d+)u?\s*>/g;
  for (const [, lanes, vectorOf, scalar, length] of wgsl.matchAll(arrays)) {
    const width = lanes === "3" ? 4 : Number(lanes ?? 1);
    bytes += Number(length) * width * (SCALAR_BYTES[vectorOf ?? scalar!] ?? 4);
  }
  return bytes;
}

/**
 * Type of each storage binding of group 0. Pipelines get explicit layouts from it, since an
 * automatic layout leaves out what a kernel declares without using.
 */
export function storageTypes(wgsl: string, count: number): GPUBufferBindingType[] {
  const types = Array.from({ length: count }, (): GPUBufferBindingType => "storage");
  const declarations = /@group\(0\)\s*@binding\((\d+)\)\s*var<storage(?:\s*,\s*(\w+))?>/g;
  for (const [, binding, access] of wgsl.matchAll(declarations)) {
    const index = Number(binding);
    if (index < count && access !== "read_write") types[index] = "read-only-storage";
  }
  return types;
}
