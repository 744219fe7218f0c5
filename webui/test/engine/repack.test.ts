import { describe, expect, it } from "vitest";
import { FormatRefusedError } from "../../src/engine/errors.ts";
import { repack, repackedBytes } from "../../src/engine/repack.ts";
import type { StoredRows } from "../../src/engine/repack.ts";
import { bytesOf, randomBytes } from "./support/weights.ts";

const N = 192;
const K = 96;

/** Repacks in row ranges, as records split by rows arrive. */
function repacked(
  layout: string,
  stored: Omit<StoredRows, "rows" | "format"> & { format?: string },
  pieces = [N],
): Uint8Array {
  const target = new Uint8Array(repackedBytes(layout, N, stored.width));
  const rowBytes = stored.bytes.length / N;
  let firstRow = 0;
  for (const rows of pieces) {
    const bytes = stored.bytes.subarray(firstRow * rowBytes, (firstRow + rows) * rowBytes);
    repack(layout, { format: "raw", ...stored, bytes, rows }, target, { firstRow, totalRows: N });
    firstRow += rows;
  }
  expect(firstRow).toBe(N);
  return target;
}

const q4 = { bytes: randomBytes((N * K) / 2), dtype: "uint32", width: K / 8 };
const q8 = { bytes: randomBytes(N * K), dtype: "int8", width: K };
const f16 = {
  bytes: randomBytes((N * K) / 16).map((b, i) => (i % 2 ? b & 0x3f : b)),
  dtype: "float16",
  width: K / 32,
};
const f32 = {
  bytes: bytesOf(Float32Array.from({ length: (N * K) / 32 }, (_, i) => i / 7)),
  dtype: "float32",
  width: K / 32,
};

/** 4-bit value of row n, element k. */
const nibble = (n: number, k: number): number =>
  (q4.bytes[(n * K + k) >> 1]! >> (4 * (k & 1))) & 15;
const int8 = (n: number, k: number): number => q8.bytes[n * K + k]!;
const halfBits = new Uint16Array(f16.bytes.slice().buffer);
const half = (n: number, g: number): number => halfBits[n * (K / 32) + g]!;
const singles32 = new Float32Array(f32.bytes.slice().buffer);
const single = (n: number, g: number): number => singles32[n * (K / 32) + g]!;

/** Number of differing pairs; one assertion per element would take seconds. */
class Mismatches {
  count = 0;

  compare(actual: number | undefined, expected: number): void {
    if (actual !== expected) this.count++;
  }
}

describe.each([[[N]], [[64, 128]], [[128, 64]]])("repacking rows in pieces of %j", (pieces) => {
  it("q4.tile8", () => {
    const wrong = new Mismatches();
    const words = new Uint32Array(repacked("q4.tile8", q4, pieces).buffer);
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < K; k++) {
        const [tile, column, group, j, e] = [n >> 3, n & 7, k >> 5, (k >> 3) & 3, k & 7];
        const word = words[((tile * (K / 32) + group) * 4 + j) * 8 + column]!;
        wrong.compare((word >>> (8 * (e & 3) + (e > 3 ? 4 : 0))) & 15, nibble(n, k));
      }
    }
    expect(wrong.count).toBe(0);
  });

  it("q4.cols", () => {
    const wrong = new Mismatches();
    const words = new Uint32Array(repacked("q4.cols", q4, pieces).buffer);
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < K; k++)
        wrong.compare((words[(k >> 3) * N + n]! >>> (4 * (k & 7))) & 15, nibble(n, k));
    }
    expect(wrong.count).toBe(0);
  });

  it("q8.tile8", () => {
    const wrong = new Mismatches();
    const bytes = repacked("q8.tile8", q8, pieces);
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < K; k++) {
        const [tile, column, group, j, e] = [n >> 3, n & 7, k >> 5, (k >> 2) & 7, k & 3];
        wrong.compare(
          bytes[(((tile * (K / 32) + group) * 8 + j) * 8 + column) * 4 + e],
          int8(n, k),
        );
      }
    }
    expect(wrong.count).toBe(0);
  });

  it("q8.cols", () => {
    const wrong = new Mismatches();
    const bytes = repacked("q8.cols", q8, pieces);
    for (let n = 0; n < N; n++) {
      for (let k = 0; k < K; k++)
        wrong.compare(bytes[((k >> 2) * N + n) * 4 + (k & 3)], int8(n, k));
    }
    expect(wrong.count).toBe(0);
  });

  it("f16.tile8 and f32.tile8", () => {
    const wrong = new Mismatches();
    const halves = new Uint16Array(repacked("f16.tile8", f16, pieces).buffer);
    const singles = new Float32Array(repacked("f32.tile8", f32, pieces).buffer);
    for (let n = 0; n < N; n++) {
      for (let g = 0; g < K / 32; g++) {
        const at = ((n >> 3) * (K / 32) + g) * 8 + (n & 7);
        wrong.compare(halves[at], half(n, g));
        wrong.compare(singles[at], single(n, g));
      }
    }
    expect(wrong.count).toBe(0);
  });

  it("f16.cols and f32.cols", () => {
    const wrong = new Mismatches();
    const halves = new Uint16Array(repacked("f16.cols", f16, pieces).buffer);
    const singles = new Float32Array(repacked("f32.cols", f32, pieces).buffer);
    for (let n = 0; n < N; n++) {
      for (let g = 0; g < K / 32; g++) {
        wrong.compare(halves[g * N + n], half(n, g));
        wrong.compare(singles[g * N + n], single(n, g));
      }
    }
    expect(wrong.count).toBe(0);
  });

  it("raw", () => {
    expect(repacked("raw", f32, pieces)).toEqual(f32.bytes);
  });
});

describe("conversions", () => {
  const one = { rows: 8, width: 1, format: "raw" };
  const values = [0, 1, -2.5, 2 ** -24, 65504, Infinity, -0.333251953125, 2 ** -14];

  it("widens half precision where float32 is wanted", () => {
    const bits = Uint16Array.from([0, 0x3c00, 0xc100, 0x0001, 0x7bff, 0x7c00, 0xb555, 0x0400]);
    const target = new Uint8Array(32);
    repack("raw", { ...one, bytes: bytesOf(bits), dtype: "float16" }, target, {
      firstRow: 0,
      totalRows: 8,
    });
    expect([...new Float32Array(target.buffer)]).toEqual(values);
  });

  it("widens bfloat16, MLC's way of storing float32", () => {
    const bits = Uint16Array.from([0x3f80, 0xc020, 0, 0x4000, 0x3e80, 0x7f80, 0x3f00, 0x4040]);
    const target = new Uint8Array(32);
    const stored = { ...one, bytes: bytesOf(bits), dtype: "float32", format: "f32-to-bf16" };
    repack("f32.tile8", stored, target, { firstRow: 0, totalRows: 8 });
    expect([...new Float32Array(target.buffer)]).toEqual([1, -2.5, 0, 2, 0.25, Infinity, 0.5, 3]);
  });

  it("reads records at any offset of a shard", () => {
    const shard = new Uint8Array(q4.bytes.length + 2);
    shard.set(q4.bytes, 2);
    expect(repacked("q4.tile8", { ...q4, bytes: shard.subarray(2) })).toEqual(
      repacked("q4.tile8", q4),
    );
  });

  it("refuses layouts, types and ranges that it does not know", () => {
    const place = { firstRow: 0, totalRows: 8 };
    const stored = { ...one, bytes: new Uint8Array(32), dtype: "float32" };
    const target = new Uint8Array(32);
    expect(() => repack("q2.tile8", stored, target, place)).toThrow(FormatRefusedError);
    expect(() => repack("q4.tile8", stored, target, place)).toThrow(/type float32/);
    expect(() => repack("f32.tile8", { ...stored, rows: 4 }, target, place)).toThrow(
      /multiples of eight/,
    );
    expect(() => repackedBytes("constructor", 1, 1)).toThrow(FormatRefusedError);
  });
});
