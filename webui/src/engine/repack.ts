/**
 * From the stored row-major tensors to the order in which the kernels read them.
 *
 * Every layout is a transposition of a matrix of elements [rows, width], where an element is a word
 * of eight 4-bit values, a word of four int8 values, or one scale:
 *  - `*.tile8` (WebAssembly): tiles of eight rows, [rows/8][width][8];
 *  - `*.cols` (WebGPU): [width][rows].
 * `q4.tile8` also spreads the nibbles of each word, so that a 128-bit load followed by one mask or
 * shift gives bytes: byte q holds value q in its low half and value 4 + q in its high half.
 * Rows may arrive in ranges (records are split by rows); a range is a multiple of eight rows.
 */
import { FormatRefusedError } from "./errors.ts";
import { widenBrainFloats, widenHalves } from "./float16.ts";
import { TENSOR_CACHE } from "./tensor-cache.ts";

export interface StoredRows {
  /** rows · width elements of `dtype`, or of bfloat16 where `format` says so */
  readonly bytes: Uint8Array;
  readonly dtype: string;
  readonly format: string;
  readonly rows: number;
  /** stored elements of one row */
  readonly width: number;
}

/** Where a range of rows goes: rows `firstRow`… of a buffer that holds `totalRows`. */
export interface Placement {
  readonly firstRow: number;
  readonly totalRows: number;
}

type Elements = Uint32Array | Uint16Array | Float32Array;

/** Layout → what one row of `width` stored elements becomes. */
const LAYOUTS: Readonly<
  Record<string, { dtypes: readonly string[]; rowBytes(width: number): number }>
> = {
  "q4.tile8": { dtypes: ["uint32"], rowBytes: (width) => 4 * width },
  "q4.cols": { dtypes: ["uint32"], rowBytes: (width) => 4 * width },
  "q8.tile8": { dtypes: ["int8"], rowBytes: (width) => width },
  "q8.cols": { dtypes: ["int8"], rowBytes: (width) => width },
  "f16.tile8": { dtypes: ["float16"], rowBytes: (width) => 2 * width },
  "f16.cols": { dtypes: ["float16"], rowBytes: (width) => 2 * width },
  "f32.tile8": { dtypes: ["float32", "float16"], rowBytes: (width) => 4 * width },
  "f32.cols": { dtypes: ["float32", "float16"], rowBytes: (width) => 4 * width },
  raw: { dtypes: ["float32", "float16"], rowBytes: (width) => 4 * width },
};

const layoutNamed = (layout: string): (typeof LAYOUTS)[string] => {
  const known = Object.hasOwn(LAYOUTS, layout) ? LAYOUTS[layout] : undefined;
  if (known === undefined)
    throw new FormatRefusedError("The plan", `it uses the unknown layout '${layout}'`);
  return known;
};

/** Bytes that `rows` rows of `width` stored elements take in `layout`. Raises FormatRefusedError. */
export function repackedBytes(layout: string, rows: number, width: number): number {
  return rows * layoutNamed(layout).rowBytes(width);
}

/** Whether the layout wants whole tiles of eight rows. */
export function isTiled(layout: string): boolean {
  return layout.endsWith(".tile8");
}

/**
 * Writes `stored` in `layout` to its place in `target`, the whole buffer (4-byte aligned). Raises
 * FormatRefusedError where the stored type does not fit the layout.
 */
export function repack(
  layout: string,
  stored: StoredRows,
  target: Uint8Array,
  placement: Placement,
): void {
  const { dtypes } = layoutNamed(layout);
  if (!dtypes.includes(stored.dtype)) {
    throw new FormatRefusedError(
      TENSOR_CACHE,
      `weights of type ${stored.dtype} do not fit the layout ${layout}`,
    );
  }
  const { rows } = stored;
  if (isTiled(layout) && (rows % 8 !== 0 || placement.firstRow % 8 !== 0)) {
    throw new FormatRefusedError(
      TENSOR_CACHE,
      `a tensor for ${layout} is not split at multiples of eight rows`,
    );
  }
  const source = elements(layout, stored);
  const width = source.length / rows;
  const out = viewLike(source, target);
  if (layout === "raw") {
    out.set(source, placement.firstRow * width);
  } else if (layout === "q4.tile8") {
    spreadTiles(source as Uint32Array, out as Uint32Array, rows, width, placement.firstRow);
  } else if (isTiled(layout)) {
    tiles(source, out, rows, width, placement.firstRow);
  } else {
    columns(source, out, rows, width, placement);
  }
}

/** The stored rows as the elements that are moved: words, half-precision bits or float32. */
function elements(layout: string, stored: StoredRows): Elements {
  const aligned = stored.bytes.byteOffset % 4 === 0 ? stored.bytes : stored.bytes.slice();
  const { buffer, byteOffset, length } = aligned;
  if (layout.startsWith("q")) return new Uint32Array(buffer, byteOffset, length / 4);
  if (layout.startsWith("f16")) return new Uint16Array(buffer, byteOffset, length / 2);
  if (stored.dtype === "float32" && stored.format === "raw")
    return new Float32Array(buffer, byteOffset, length / 4);
  const bits = new Uint16Array(buffer, byteOffset, length / 2);
  const wide = new Float32Array(bits.length);
  if (stored.format === "f32-to-bf16") widenBrainFloats(bits, wide);
  else widenHalves(bits, wide);
  return wide;
}

function viewLike(source: Elements, target: Uint8Array): Elements {
  const { buffer, byteOffset, length } = target;
  if (source instanceof Uint32Array) return new Uint32Array(buffer, byteOffset, length / 4);
  if (source instanceof Uint16Array) return new Uint16Array(buffer, byteOffset, length / 2);
  return new Float32Array(buffer, byteOffset, length / 4);
}

/** Nibbles 0…3 of a 16-bit value to the low halves of four bytes. */
function spread(half: number): number {
  const pairs = (half | (half << 8)) & 0x00ff00ff;
  return (pairs | (pairs << 4)) & 0x0f0f0f0f;
}

function spreadTiles(
  source: Uint32Array,
  out: Uint32Array,
  rows: number,
  width: number,
  firstRow: number,
): void {
  for (let row = 0; row < rows; row++) {
    const at = firstRow + row;
    let to = (at >> 3) * 8 * width + (at & 7);
    const end = (row + 1) * width;
    for (let from = row * width; from < end; from++, to += 8) {
      const word = source[from]!;
      out[to] = spread(word & 0xffff) | (spread(word >>> 16) << 4);
    }
  }
}

function tiles(
  source: Elements,
  out: Elements,
  rows: number,
  width: number,
  firstRow: number,
): void {
  for (let row = 0; row < rows; row++) {
    const at = firstRow + row;
    let to = (at >> 3) * 8 * width + (at & 7);
    const end = (row + 1) * width;
    for (let from = row * width; from < end; from++, to += 8) out[to] = source[from]!;
  }
}

/** In blocks of rows, so that writes run along cache lines although columns lie far apart. */
function columns(
  source: Elements,
  out: Elements,
  rows: number,
  width: number,
  placement: Placement,
): void {
  const { firstRow, totalRows } = placement;
  const block = 32;
  for (let low = 0; low < rows; low += block) {
    const high = Math.min(low + block, rows);
    for (let column = 0; column < width; column++) {
      const to = column * totalRows + firstRow;
      for (let row = low; row < high; row++) out[to + row] = source[row * width + column]!;
    }
  }
}
