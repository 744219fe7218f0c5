import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openFolder } from "../../src/node/folder-source.ts";

let folder = "";
const shard = new Uint8Array([1, 2, 3]);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "model-"));
  const sha256 = createHash("sha256").update(shard).digest("hex");
  const files = [{ path: "shard.bin", bytes: 3, sha256 }];
  const manifest = { format: 1, name: "m", title: "M", test_model: true, files, weights_bytes: 3 };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  await writeFile(join(folder, "shard.bin"), shard);
});
afterEach(() => rm(folder, { recursive: true }));

it("reads and verifies files", async () => {
  const source = await openFolder(folder);
  expect(await source.file("shard.bin")).toEqual(shard);
  await writeFile(join(folder, "shard.bin"), new Uint8Array([1, 2, 4]));
  await expect(source.file("shard.bin")).rejects.toMatchObject({ code: "hash-mismatch" });
  await rm(join(folder, "shard.bin"));
  await expect(source.file("shard.bin")).rejects.toMatchObject({ code: "missing-file" });
  await expect(source.file("shard.bin", { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "aborted",
  });
});

it("wants a manifest", async () => {
  await rm(join(folder, "manifest.json"));
  await expect(openFolder(folder)).rejects.toMatchObject({
    code: "missing-file",
    path: "manifest.json",
  });
});
