import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { answer, openScribe } from "../../src/node/scribe-cli.ts";
import { fixtures, promptJson, tokenizerJson } from "./fixtures.ts";

const { tokenizer, encoder } = fixtures();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "scribe-"));
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizerJson()));
  writeFileSync(join(folder, "prompt.json"), JSON.stringify(promptJson()));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ask = async (request: object): Promise<Record<string, unknown>> =>
  answer(await openScribe(folder), JSON.stringify(request));

describe("the scribe's command", () => {
  it("gives the ids that the page would use, and those a section's text should have", async () => {
    const { prefix, sections, stop } = encoder.encode("the pain");
    const reply = await ask({
      op: "ids",
      id: 7,
      transcript: "the pain",
      targets: { plan: "rest" },
    });
    expect(reply).toEqual({
      id: 7,
      prefix,
      sections: sections.map(({ key, ids, limit }) => ({
        key,
        ids,
        limit,
        ...(key === "plan" && { target: [...tokenizer.encode("rest"), stop[0]] }),
      })),
      stop,
    });
  });

  it("encodes, decodes and composes", async () => {
    const { ids } = (await ask({ op: "encode", text: "pain <|im_end|>" })) as { ids: number[] };
    expect(ids).toEqual(tokenizer.encode("pain <|im_end|>"));
    expect(await ask({ op: "decode", ids })).toEqual({ text: "pain <|im_end|>" });
    const composed = await ask({ op: "compose", sections: [{ shown: "plan", text: " Rest. \n" }] });
    expect(composed.text).toBe("PLAN\n\nRest.");
  });

  it("answers what it cannot do with a code and a sentence", async () => {
    expect(await ask({ op: "ids", id: "a", transcript: " " })).toMatchObject({
      id: "a",
      error: { code: "empty-transcript" },
    });
    expect(await ask({ op: "fly" })).toMatchObject({
      error: { message: 'There is no operation "fly".' },
    });
    expect(await ask({ op: "encode" })).toMatchObject({ error: { code: "bad-request" } });
    expect(await answer(await openScribe(folder), "{")).toMatchObject({
      error: { code: "unexpected" },
    });
  });

  it("runs in plain Node, a line for a line", () => {
    const script = join(import.meta.dirname, "../../src/node/scribe-cli.ts");
    const input = '{"op":"encode","text":"a"}\n\nnot json\n{"op":"encode","text":"b","id":2}\n';
    const lines = execFileSync(process.execPath, [script, folder], { input, encoding: "utf8" })
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toEqual([
      { ids: tokenizer.encode("a") },
      { error: expect.objectContaining({ code: "unexpected" }) as unknown },
      { id: 2, ids: tokenizer.encode("b") },
    ]);
  });

  it("names the file that a folder lacks", async () => {
    await expect(openScribe(join(folder, "nowhere"))).rejects.toThrow(/tokenizer\.json/);
  });
});
