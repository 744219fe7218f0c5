/** A small set of stored tensors in MLC's container. */

export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly bytes: Uint8Array;
  readonly format?: string;
}

export const bytesOf = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();

/** Packs `shards` (lists of tensors) as files: the index and the shards by path. */
export function container(
  shards: readonly (readonly StoredTensor[])[],
): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const records = shards.map((tensors, index) => {
    const dataPath = `params_shard_${index}.bin`;
    const nbytes = tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const content = new Uint8Array(nbytes);
    let byteOffset = 0;
    const list = tensors.map(({ name, shape, dtype, bytes, format = "raw" }) => {
      content.set(bytes, byteOffset);
      const record = { name, shape, dtype, format, nbytes: bytes.length, byteOffset };
      byteOffset += bytes.length;
      return record;
    });
    files.set(dataPath, content);
    return { dataPath, format: "raw-shard", nbytes, records: list, md5sum: "" };
  });
  files.set(
    "tensor-cache.json",
    new TextEncoder().encode(JSON.stringify({ metadata: {}, records })),
  );
  return files;
}

/** Reproducible bytes. */
export function randomBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}
