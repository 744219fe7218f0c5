/**
 * `tensor-cache.json`, MLC's index of weight shards: which records lie in which shard, and which
 * rows of which tensor each one holds.
 */
import { FormatRefusedError } from "./errors.ts";
import { parseJson, requireObject } from "./manifest.ts";

export const TENSOR_CACHE = "tensor-cache.json";

/** The weights and their index: nearly all bytes of a model folder, and what progress counts. */
export const isWeightFile = (path: string): boolean =>
  path === TENSOR_CACHE || path.endsWith(".bin");

/** One stored piece of a tensor: its rows `firstRow` to `firstRow + rows`. */
export interface TensorRecord {
  /** e.g. `model.layers.0.self_attn.qkv_proj` */
  readonly tensor: string;
  /** e.g. `q_weight` */
  readonly part: string;
  readonly firstRow: number;
  readonly rows: number;
  /** stored elements of one row (1 for a vector, whose rows are its elements) */
  readonly width: number;
  readonly dtype: string;
  /** `raw`, or `f32-to-bf16` for float32 stored as its upper half */
  readonly format: string;
  readonly byteOffset: number;
  readonly bytes: number;
}

export interface Shard {
  readonly path: string;
  readonly bytes: number;
  readonly records: readonly TensorRecord[];
}

const ROW_PART = /\.rows(\d+)$/;

interface StoredRecord {
  name: string;
  shape: number[];
  dtype: string;
  format: string;
  nbytes: number;
  byteOffset: number;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

function parseRecord(value: unknown, shardBytes: number): StoredRecord {
  const record = requireObject(value, TENSOR_CACHE, "a record") as Partial<StoredRecord>;
  const { name, shape, dtype, format, nbytes, byteOffset } = record;
  const complete =
    typeof name === "string" &&
    name.includes(".") &&
    Array.isArray(shape) &&
    shape.length >= 1 &&
    shape.every(isCount) &&
    typeof dtype === "string" &&
    typeof format === "string" &&
    isCount(nbytes) &&
    isCount(byteOffset);
  if (!complete)
    throw new FormatRefusedError(TENSOR_CACHE, `the record ${String(name)} is incomplete`);
  if (byteOffset + nbytes > shardBytes) {
    throw new FormatRefusedError(TENSOR_CACHE, `the record ${name} reaches beyond its shard`);
  }
  return { name, shape, dtype, format, nbytes, byteOffset };
}

/** Row ranges of tensors stored in pieces `NAME.rows0`, `NAME.rows1`, …, by the piece's name. */
function firstRows(records: readonly StoredRecord[]): Map<string, number> {
  const pieces = new Map<string, StoredRecord[]>();
  for (const record of records) {
    const match = ROW_PART.exec(record.name);
    if (match === null) continue;
    const whole = record.name.slice(0, match.index);
    const list = pieces.get(whole) ?? [];
    list[Number(match[1])] = record;
    pieces.set(whole, list);
  }
  const first = new Map<string, number>();
  for (const [whole, list] of pieces) {
    let row = 0;
    for (let index = 0; index < list.length; index++) {
      const record = list[index];
      if (record === undefined)
        throw new FormatRefusedError(TENSOR_CACHE, `${whole}.rows${index} is missing`);
      first.set(record.name, row);
      row += record.shape[0]!;
    }
  }
  return first;
}

/** Reads the index. Raises FormatRefusedError. */
export function parseTensorCache(bytes: Uint8Array): Shard[] {
  const index = requireObject(parseJson(bytes, TENSOR_CACHE), TENSOR_CACHE, "its content");
  if (!Array.isArray(index.records))
    throw new FormatRefusedError(TENSOR_CACHE, "it lists no shards");
  const shards = (index.records as unknown[]).map((value) => {
    const shard = requireObject(value, TENSOR_CACHE, "a shard");
    const { dataPath, nbytes, records, format } = shard;
    if (
      typeof dataPath !== "string" ||
      !isCount(nbytes) ||
      !Array.isArray(records) ||
      format !== "raw-shard"
    ) {
      throw new FormatRefusedError(TENSOR_CACHE, "a shard is incomplete");
    }
    return {
      path: dataPath,
      bytes: nbytes,
      stored: records.map((record) => parseRecord(record, nbytes)),
    };
  });
  const first = firstRows(shards.flatMap((shard) => shard.stored));
  return shards.map(({ path, bytes, stored }) => ({
    path,
    bytes,
    records: stored.map((record) => describe(record, first.get(record.name) ?? 0)),
  }));
}

function describe(record: StoredRecord, firstRow: number): TensorRecord {
  const name = record.name.replace(ROW_PART, "");
  const dot = name.lastIndexOf(".");
  const [rows, ...rest] = record.shape as [number, ...number[]];
  return {
    tensor: name.slice(0, dot),
    part: name.slice(dot + 1),
    firstRow,
    rows,
    width: rest.reduce((product, size) => product * size, 1),
    dtype: record.dtype,
    format: record.format,
    byteOffset: record.byteOffset,
    bytes: record.nbytes,
  };
}
