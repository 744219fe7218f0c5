import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EngineInfo } from "../../src/engine/index.ts";
import type { EngineReply, Generated } from "../../src/node/engine-commands.ts";
import { MODEL_FOLDER, MODEL_IS_BUILT, withModel } from "./support/built-model.ts";

const CLI = new URL("../../src/node/engine-cli.ts", import.meta.url).pathname;

/** Runs the command with these requests; all lines that it answers, and its exit code. */
async function run(
  options: readonly string[],
  requests: readonly unknown[],
): Promise<{ replies: EngineReply[]; code: number }> {
  const child = spawn(process.execPath, [CLI, ...options], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(""));
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  const code = await new Promise<number>((resolve) => child.on("close", resolve));
  return {
    code,
    replies: output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as EngineReply),
  };
}

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "logits-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe.skipIf(!MODEL_IS_BUILT)(withModel("the engine's command"), () => {
  it("answers requests one after the other", async () => {
    const out = join(folder, "logits.bin");
    const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const { replies, code } = await run(
      ["--model", MODEL_FOLDER, "--threads", "1"],
      [
        { op: "generate", ids, suffixes: [[10], [11, 12]], maxNewTokens: 3 },
        { op: "logits", ids, at: [0, 8], force: [10, 11], out },
        {
          op: "generate",
          ids,
          suffixes: [[10]],
          maxNewTokens: 9,
          stop: Array.from({ length: 49152 }, (_, id) => id),
        },
        { op: "sing" },
        { op: "generate", ids: [], suffixes: [[1]], maxNewTokens: 1 },
      ],
    );
    expect(code).toBe(0);
    const [info, generated, logits, stopped, unknown, empty] = replies;
    const { vocab, threads } = info as EngineInfo;
    expect(threads).toBe(1);
    const { sequences, steps } = generated as Generated;
    expect(steps).toBe(3);
    expect(sequences.map(({ ids: made }) => made.length)).toEqual([3, 3]);
    expect(sequences[0]!.logProbs.every((value) => value < 0)).toBe(true);
    expect(logits).toEqual({ rows: 4, vocab });
    const file = await readFile(out);
    const rows = new Float32Array(
      file.buffer.slice(file.byteOffset, file.byteOffset + file.length),
    );
    expect(rows).toHaveLength(4 * vocab);
    const third = rows.subarray(2 * vocab, 3 * vocab); // after the prompt and 10
    expect(third.indexOf(Math.max(...third))).toBe(sequences[0]!.ids[0]);
    expect((stopped as Generated).steps).toBe(1);
    expect(unknown).toMatchObject({ error: { code: "invalid-request" } });
    expect(empty).toMatchObject({
      error: { code: "invalid-request", message: expect.stringContaining("empty") as string },
    });
  }, 60_000);
});

it("says what is wrong with its model folder", async () => {
  const { replies, code } = await run(["--model", folder], []);
  expect(code).toBe(1);
  expect(replies).toEqual([
    {
      error: { code: "missing-file", message: expect.stringContaining("manifest.json") as string },
    },
  ]);
});
