/** The CPU engine on a compiled model: the two-layer test model with its random weights. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadEngine } from "../../src/engine/index.ts";
import type { Engine, Sequence } from "../../src/engine/index.ts";
import { openFolder } from "../../src/node/folder-source.ts";
import { nodeHost } from "../../src/node/host.ts";
import { MODEL_FOLDER, MODEL_IS_BUILT, withModel } from "./support/built-model.ts";

const PROMPT = Array.from({ length: 300 }, (_, i) => 1000 + ((i * 7919) % 40_000));
const SUFFIXES = [
  [11],
  [12, 13, 14, 15, 16],
  [17, 18],
  Array.from({ length: 21 }, (_, i) => 500 + i),
];

describe.skipIf(!MODEL_IS_BUILT)(withModel("a compiled model"), () => {
  let one: Engine;
  let two: Engine;

  beforeAll(async () => {
    const load = async (threads: number): Promise<Engine> =>
      loadEngine(await openFolder(MODEL_FOLDER), { engine: "cpu", threads, host: nodeHost() });
    [one, two] = await Promise.all([load(1), load(2)]);
  }, 60_000);
  afterAll(() => Promise.all([one, two].map((engine) => engine?.dispose())));

  /** Next-token logits after some prompt positions, then along `force` behind it. */
  async function rows(
    engine: Engine,
    prompt: readonly number[],
    at: readonly number[],
    force: readonly number[],
  ): Promise<Float32Array[]> {
    const logits: Float32Array[] = [];
    const prefix = await engine.prefill(prompt, {
      logitsAt: at,
      onLogits: (_, row) => logits.push(row),
    });
    const [sequence] = await engine.fork(prefix, [[force[0]!]], { maxNewTokens: force.length });
    for (const next of [...force.slice(1), 0]) {
      await engine.step([sequence!], { force: [next], onLogits: (_, row) => logits.push(row) });
    }
    return logits;
  }

  async function generate(
    engine: Engine,
    sequences: readonly Sequence[],
    count: number,
  ): Promise<number[][]> {
    for (let i = 0; i < count; i++) await engine.step(sequences);
    return sequences.map((sequence) => sequence.ids.slice(-count));
  }

  it("gives bit-equal logits with one and two threads", async () => {
    const at = [0, 15, 127, 128, 255, 299];
    const [a, b] = await Promise.all(
      [one, two].map((engine) => rows(engine, PROMPT, at, [5, 6, 7])),
    );
    expect(a).toHaveLength(9);
    for (const [index, row] of a!.entries())
      expect(Buffer.from(row.buffer).equals(Buffer.from(b![index]!.buffer))).toBe(true);
    expect(
      a!.every((row) => row.every(Number.isFinite) && row.some((value) => value !== row[0])),
    ).toBe(true);
  });

  it("gives bit-equal logits when the beginning is reused", async () => {
    const fresh = await rows(one, PROMPT, [299], [5]);
    await one.prefill([...PROMPT.slice(0, 77), ...PROMPT.slice(0, 50)]);
    const reused = await rows(one, PROMPT, [299], [5]);
    for (const [index, row] of fresh.entries()) expect(reused[index]).toEqual(row);
  });

  it("decodes a batch of four as four separate runs", async () => {
    const prefix = await two.prefill(PROMPT);
    const batch = await generate(two, await two.fork(prefix, SUFFIXES, { maxNewTokens: 12 }), 12);
    for (const [index, suffix] of SUFFIXES.entries()) {
      const [alone] = await generate(
        two,
        await two.fork(prefix, [suffix], { maxNewTokens: 12 }),
        12,
      );
      expect(alone).toEqual(batch[index]);
    }
  });

  it("feeds a suffix at once as it would token by token", async () => {
    const prefix = await two.prefill(PROMPT);
    const last = async (
      suffix: readonly number[],
      force: readonly number[],
    ): Promise<Float32Array> => {
      const [sequence] = await two.fork(prefix, [suffix], { maxNewTokens: 30 });
      let row = new Float32Array();
      for (const next of [...force, 0]) {
        await two.step([sequence!], {
          force: [next],
          onLogits: (_, logits) => (row = Float32Array.from(logits)),
        });
      }
      return row;
    };
    const suffix = SUFFIXES[3]!;
    expect(await last(suffix, [])).toEqual(await last(suffix.slice(0, 1), suffix.slice(1)));
  });

  it("decodes the same again after going back", async () => {
    const sequences = await two.fork(await two.prefill(PROMPT), SUFFIXES, { maxNewTokens: 12 });
    const first = await generate(two, sequences, 10);
    for (const [index, suffix] of SUFFIXES.entries())
      two.rewind(sequences[index]!, suffix.length + 2);
    await generate(two, sequences, 8);
    expect(sequences.map((sequence) => sequence.ids.slice(-10))).toEqual(first);
  });

  it("gives log-probabilities that agree with its logits", async () => {
    const sequences = await two.fork(await two.prefill(PROMPT), SUFFIXES, { maxNewTokens: 2 });
    const logits: Float32Array[] = [];
    const tokens = await two.step(sequences, { onLogits: (_, row) => logits.push(row) });
    for (const [index, { id, logProb }] of tokens.entries()) {
      const row = logits[index]!;
      const top = Math.max(...row);
      expect(row[id]).toBe(top);
      const sum = row.reduce((total, value) => total + Math.exp(value - top), 0);
      expect(logProb).toBeCloseTo(-Math.log(sum), 4);
    }
  });
});
