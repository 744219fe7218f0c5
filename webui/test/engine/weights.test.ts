import { describe, expect, it } from "vitest";
import { AbortedError, FormatRefusedError } from "../../src/engine/errors.ts";
import type { Plan, PlanBuffer } from "../../src/engine/plan.ts";
import { parseTensorCache } from "../../src/engine/tensor-cache.ts";
import { loadWeights } from "../../src/engine/weights.ts";
import type { WeightTarget } from "../../src/engine/weights.ts";
import { bytesOf, container, randomBytes } from "./support/weights.ts";
import type { StoredTensor } from "./support/weights.ts";

const table = randomBytes(192 * 32);
const norm = Float32Array.from({ length: 32 }, (_, i) => i);
const piece = (index: number, low: number, high: number): StoredTensor => ({
  name: `model.embed_tokens.q_weight.rows${index}`,
  shape: [high - low, 32],
  dtype: "int8",
  bytes: table.subarray(low * 32, high * 32),
});
const normRecord = {
  name: "model.norm.weight",
  shape: [32],
  dtype: "float32",
  bytes: bytesOf(norm),
};
const other = {
  name: "model.unused.weight",
  shape: [8],
  dtype: "float32",
  bytes: new Uint8Array(32),
};
const files = container([
  [piece(0, 0, 64), normRecord],
  [other],
  [piece(1, 64, 128), piece(2, 128, 192)],
]);

const weight = (name: string, bytes: number, source: PlanBuffer["source"]): PlanBuffer => ({
  name,
  bytes,
  kind: "weight",
  dtype: "",
  ...(source && { source }),
});
const tableSource = { tensor: "model.embed_tokens", part: "q_weight", layout: "q8.cols" };
const plan = {
  buffers: [
    weight("low", 96 * 32, { ...tableSource, rows: [0, 96] }),
    weight("high", 96 * 32, { ...tableSource, rows: [96, 192] }),
    weight("norm", 128, { tensor: "model.norm", part: "weight", layout: "raw" }),
    { name: "hidden", bytes: 4, kind: "state", dtype: "float32" },
  ],
} as unknown as Plan;

class Memory implements WeightTarget {
  readonly buffers = new Map<string, Uint8Array>();
  readonly log: string[] = [];

  open(buffer: PlanBuffer): Uint8Array {
    this.log.push(`open ${buffer.name}`);
    const memory = new Uint8Array(buffer.bytes);
    this.buffers.set(buffer.name, memory);
    return memory;
  }

  close(buffer: PlanBuffer): void {
    this.log.push(`close ${buffer.name}`);
  }
}

const reader = (from = files) => {
  const reads: string[] = [];
  const read = async (path: string): Promise<Uint8Array<ArrayBuffer>> => {
    reads.push(path);
    return from.get(path)!;
  };
  return { read, reads };
};

describe("loadWeights", () => {
  it("joins tensors stored in rows and cuts them where a plan does", async () => {
    const memory = new Memory();
    const { read, reads } = reader();
    await loadWeights(plan, read, memory);
    for (const [name, low] of [
      ["low", 0],
      ["high", 96],
    ] as const) {
      const columns = memory.buffers.get(name)!;
      for (let row = 0; row < 96; row++) {
        for (let k = 0; k < 32; k++) {
          expect(columns[((k >> 2) * 96 + row) * 4 + (k & 3)]).toBe(table[(low + row) * 32 + k]);
        }
      }
    }
    expect(new Float32Array(memory.buffers.get("norm")!.buffer)).toEqual(norm);
    expect(memory.log).toEqual([
      "open low",
      "open norm",
      "close norm",
      "close low",
      "open high",
      "close high",
    ]);
    expect(reads).toEqual(["tensor-cache.json", "params_shard_0.bin", "params_shard_2.bin"]);
  });

  it("holds one shard and the next at most", async () => {
    let held = 0;
    let most = 0;
    const read = async (path: string): Promise<Uint8Array<ArrayBuffer>> => {
      if (path.endsWith(".bin")) most = Math.max(most, ++held);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return files.get(path)!;
    };
    const memory = new Memory();
    memory.close = ({ name }) => {
      if (name === "norm") held--; // the first shard's last record
    };
    await loadWeights(plan, read, memory);
    expect(most).toBeLessThanOrEqual(2);
  });

  it("refuses a container that does not fit the plan", async () => {
    const without = container([[piece(0, 0, 64), piece(1, 64, 192)]]);
    await expect(loadWeights(plan, reader(without).read, new Memory())).rejects.toThrow(
      /no tensor model\.norm\.weight/,
    );
    const short = container([[piece(0, 0, 64), piece(1, 64, 128), normRecord]]);
    await expect(loadWeights(plan, reader(short).read, new Memory())).rejects.toThrow(
      /128 rows of 32, .* buffer high/,
    );
    const gap = container([[piece(0, 0, 64), piece(2, 64, 192), normRecord]]);
    await expect(loadWeights(plan, reader(gap).read, new Memory())).rejects.toThrow(
      /rows1 is missing/,
    );
  });

  it("passes on what reading raises, and stops when aborted", async () => {
    const failing = async (path: string): Promise<Uint8Array<ArrayBuffer>> => {
      if (path === "params_shard_2.bin") throw new Error("interrupted");
      return files.get(path)!;
    };
    await expect(loadWeights(plan, failing, new Memory())).rejects.toThrow("interrupted");
    await expect(
      loadWeights(plan, reader().read, new Memory(), AbortSignal.abort()),
    ).rejects.toThrow(AbortedError);
  });
});

describe("parseTensorCache", () => {
  const index = (
    change: (document: { records: Record<string, unknown>[] }) => void,
  ): Uint8Array => {
    const document = JSON.parse(new TextDecoder().decode(files.get("tensor-cache.json"))) as {
      records: Record<string, unknown>[];
    };
    change(document);
    return new TextEncoder().encode(JSON.stringify(document));
  };

  it("knows the rows of every record", () => {
    const [first, , third] = parseTensorCache(files.get("tensor-cache.json")!);
    expect(first!.records[0]).toMatchObject({
      tensor: "model.embed_tokens",
      part: "q_weight",
      firstRow: 0,
      rows: 64,
      width: 32,
    });
    expect(first!.records[1]).toMatchObject({
      tensor: "model.norm",
      part: "weight",
      rows: 32,
      width: 1,
    });
    expect(third!.records[1]).toMatchObject({ firstRow: 128, byteOffset: 64 * 32 });
  });

  it.each([
    [(document: { records: unknown }) => (document.records = 1)],
    [(document: { records: Record<string, unknown>[] }) => (document.records[0]!.nbytes = 10)],
    [(document: { records: Record<string, unknown>[] }) => (document.records[0]!.format = "npz")],
    [
      (document: { records: Record<string, unknown>[] }) =>
        (document.records[0]!.records = [{ name: "x.y" }]),
    ],
  ])("refuses a damaged index", (change) => {
    expect(() => parseTensorCache(index(change))).toThrow(FormatRefusedError);
  });
});
