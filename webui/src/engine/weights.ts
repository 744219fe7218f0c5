/**
 * Streams the weight shards into the executor's buffers, one shard at a time: each record is
 * repacked straight to where the kernels read it, so that nothing but the shard at hand (and the
 * next one, on its way) is held beside the buffers.
 */
import { FormatRefusedError, throwIfAborted } from "./errors.ts";
import type { Plan, PlanBuffer, WeightSource } from "./plan.ts";
import { repack, repackedBytes } from "./repack.ts";
import { parseTensorCache, TENSOR_CACHE } from "./tensor-cache.ts";
import type { Shard, TensorRecord } from "./tensor-cache.ts";

/** Where repacked weights go. A buffer is opened with its first rows and closed with its last. */
export interface WeightTarget {
  /** the buffer's memory, 4-byte aligned */
  open(buffer: PlanBuffer): Uint8Array;
  close(buffer: PlanBuffer): void | Promise<void>;
}

export type ReadFile = (path: string) => Promise<Uint8Array<ArrayBuffer>>;

interface PendingBuffer {
  readonly buffer: PlanBuffer;
  readonly source: WeightSource;
  /** rows of the stored tensor that the buffer holds */
  readonly low: number;
  readonly high: number;
  rowsLeft: number;
  memory: Uint8Array | null;
}

const keyOf = (source: Pick<WeightSource, "tensor" | "part">): string =>
  `${source.tensor}.${source.part}`;

/** The plan's weight buffers by tensor, checked against the index of what is stored. */
function pendingBuffers(plan: Plan, shards: readonly Shard[]): Map<string, PendingBuffer[]> {
  const stored = new Map<string, { rows: number; width: number }>();
  for (const record of shards.flatMap((shard) => shard.records)) {
    const key = keyOf(record);
    const rows = Math.max(stored.get(key)?.rows ?? 0, record.firstRow + record.rows);
    stored.set(key, { rows, width: record.width });
  }
  const pending = new Map<string, PendingBuffer[]>();
  for (const buffer of plan.buffers) {
    if (buffer.kind !== "weight" || buffer.source === undefined) continue;
    const { source } = buffer;
    const tensor = stored.get(keyOf(source));
    if (tensor === undefined)
      throw new FormatRefusedError(TENSOR_CACHE, `it has no tensor ${keyOf(source)}`);
    const [low, high] = source.rows ?? [0, tensor.rows];
    const expected = repackedBytes(source.layout, high - low, tensor.width);
    if (high > tensor.rows || expected !== buffer.bytes) {
      const problem = `${keyOf(source)} has ${tensor.rows} rows of ${tensor.width}, which do not fill buffer ${buffer.name}`;
      throw new FormatRefusedError(TENSOR_CACHE, problem);
    }
    const list = pending.get(keyOf(source)) ?? [];
    list.push({ buffer, source, low, high, rowsLeft: high - low, memory: null });
    pending.set(keyOf(source), list);
  }
  return pending;
}

/** The part of `record` that lies in the buffer, repacked into it. */
async function place(
  record: TensorRecord,
  bytes: Uint8Array,
  pending: PendingBuffer,
  target: WeightTarget,
): Promise<void> {
  const low = Math.max(record.firstRow, pending.low);
  const high = Math.min(record.firstRow + record.rows, pending.high);
  if (low >= high) return;
  const rowBytes = record.bytes / record.rows;
  const rows = {
    bytes: bytes.subarray((low - record.firstRow) * rowBytes, (high - record.firstRow) * rowBytes),
    dtype: record.dtype,
    format: record.format,
    rows: high - low,
    width: record.width,
  };
  pending.memory ??= target.open(pending.buffer);
  const placement = { firstRow: low - pending.low, totalRows: pending.high - pending.low };
  repack(pending.source.layout, rows, pending.memory, placement);
  pending.rowsLeft -= high - low;
  if (pending.rowsLeft > 0) return;
  pending.memory = null;
  await target.close(pending.buffer);
}

/**
 * Fills all weight buffers of `plan` through `read`. Raises what `read` raises, FormatRefusedError
 * where the index and the plan do not fit each other, AbortedError.
 */
export async function loadWeights(
  plan: Plan,
  read: ReadFile,
  target: WeightTarget,
  signal?: AbortSignal,
): Promise<void> {
  const shards = parseTensorCache(await read(TENSOR_CACHE));
  const pending = pendingBuffers(plan, shards);
  const wanted = shards.filter((shard) =>
    shard.records.some((record) => pending.has(keyOf(record))),
  );
  let next = wanted[0] === undefined ? null : read(wanted[0].path);
  for (const [index, shard] of wanted.entries()) {
    const bytes = await next!;
    throwIfAborted(signal);
    if (bytes.length !== shard.bytes) {
      throw new FormatRefusedError(
        TENSOR_CACHE,
        `${shard.path} has ${bytes.length} bytes instead of ${shard.bytes}`,
      );
    }
    const following = wanted[index + 1];
    next = following === undefined ? null : read(following.path);
    next?.catch(() => undefined); // its failure is met above, in its own turn
    for (const record of shard.records) {
      const view = bytes.subarray(record.byteOffset, record.byteOffset + record.bytes);
      for (const buffer of pending.get(keyOf(record)) ?? [])
        await place(record, view, buffer, target);
    }
  }
  const missing = [...pending.values()].flat().find((entry) => entry.rowsLeft !== 0);
  if (missing !== undefined)
    throw new FormatRefusedError(TENSOR_CACHE, `rows of ${keyOf(missing.source)} are missing`);
}
