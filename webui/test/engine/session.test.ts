import { describe, expect, it, vi } from "vitest";
import {
  AbortedError,
  InvalidRequestError,
  StaleError,
  TooLongError,
} from "../../src/engine/errors.ts";
import { Session } from "../../src/engine/session.ts";
import type { Sequence } from "../../src/engine/types.ts";
import {
  contextOf,
  logProbOf,
  ToyExecutor,
  toyContinuation,
  toyLogits,
  TOY_LIMITS,
  VOCAB,
} from "./support/toy-model.ts";

const ids = (count: number, seed = 1): number[] =>
  Array.from({ length: count }, (_, i) => (i * 31 + seed * 7) % VOCAB);

function start(rowMultiple = 4): { session: Session; executor: ToyExecutor } {
  const executor = new ToyExecutor(rowMultiple);
  return { executor, session: new Session(executor, { name: "toy", testModel: true }) };
}

async function generate(
  session: Session,
  sequences: readonly Sequence[],
  count: number,
): Promise<void> {
  for (let i = 0; i < count; i++) await session.step(sequences);
}

describe.each([1, 4])("with rows in multiples of %i", (rowMultiple) => {
  it("decodes sequences of unequal suffixes as separate runs without a cache would", async () => {
    const { session } = start(rowMultiple);
    const prompt = ids(37);
    const suffixes = [ids(1, 2), ids(5, 3), ids(2, 4), ids(9, 5), ids(3, 6)];
    const sequences = await session.fork(await session.prefill(prompt), suffixes, {
      maxNewTokens: 4,
    });
    await generate(session, sequences, 4);
    for (const [index, suffix] of suffixes.entries()) {
      expect(sequences[index]!.ids).toEqual([
        ...suffix,
        ...toyContinuation([...prompt, ...suffix], 4),
      ]);
    }
  });

  it("steps any subset, and a single sequence by its own function", async () => {
    const { session, executor } = start(rowMultiple);
    const prompt = ids(20);
    const [a, b, c] = await session.fork(await session.prefill(prompt), [[1], [2, 3], [4]], {
      maxNewTokens: 6,
    });
    await session.step([c!, a!]);
    await session.step([b!]);
    expect(executor.calls.at(-1)).toMatchObject({ function: "decode", symbols: [20] });
    await session.step([b!, c!]);
    await session.step([a!, b!, c!]);
    expect(a!.ids.slice(1)).toEqual(toyContinuation([...prompt, 1], 2));
    expect(b!.ids.slice(2)).toEqual(toyContinuation([...prompt, 2, 3], 3));
    expect(c!.ids.slice(1)).toEqual(toyContinuation([...prompt, 4], 3));
  });
});

it("runs a half-empty batch one by one, and a fuller one together", async () => {
  const { session, executor } = start(4);
  const sequences = await session.fork(await session.prefill(ids(8)), [[1], [2], [3]], {
    maxNewTokens: 4,
  });
  executor.calls.length = 0;
  await session.step(sequences.slice(1));
  await session.step(sequences);
  const expected = [
    ["decode", [8]],
    ["decode", [8]],
    ["batch", [4, 8]],
  ];
  expect(executor.calls.map((call) => [call.function, call.symbols])).toEqual(expected);
});

describe("prefill", () => {
  it("reads in chunks and reports progress", async () => {
    const { session, executor } = start();
    const onProgress = vi.fn();
    const prefix = await session.prefill(ids(37), { onProgress });
    expect(prefix.ids).toEqual(ids(37));
    expect(onProgress.mock.calls).toEqual([
      [0, 37],
      [16, 37],
      [32, 37],
      [37, 37],
    ]);
    expect(executor.calls.map((call) => call.symbols)).toEqual([
      [16, 0],
      [16, 16],
      [8, 32],
    ]);
  });

  it("reuses the common beginning, and only that", async () => {
    const { session, executor } = start();
    await session.prefill(ids(40));
    executor.calls.length = 0;
    const other = [...ids(30), ...ids(20, 9)];
    const onProgress = vi.fn();
    const prefix = await session.prefill(other, { onProgress });
    expect(onProgress.mock.calls[0]).toEqual([30, 50]);
    expect(executor.calls[0]!.symbols).toEqual([16, 30]);
    const [sequence] = await session.fork(prefix, [[5]], { maxNewTokens: 3 });
    await generate(session, [sequence!], 3);
    expect(sequence!.ids.slice(1)).toEqual(toyContinuation([...other, 5], 3));
  });

  it("computes nothing for what stands in the cache, and keeps the sequences then", async () => {
    const { session, executor } = start();
    const prefix = await session.prefill(ids(40));
    const [sequence] = await session.fork(prefix, [[5]], { maxNewTokens: 3 });
    executor.calls.length = 0;
    const shorter = await session.prefill(ids(24));
    expect(executor.calls).toEqual([]);
    await generate(session, [sequence!], 1);
    const [other] = await session.fork(shorter, [[6]], { maxNewTokens: 2 });
    await generate(session, [other!], 2);
    expect(other!.ids.slice(1)).toEqual(toyContinuation([...ids(24), 6], 2));
    expect(() => session.rewind(sequence!, 1)).toThrow(StaleError);
  });

  it("ends the sequences once it computes anything", async () => {
    const { session } = start();
    const [sequence] = await session.fork(await session.prefill(ids(20)), [[5]], {
      maxNewTokens: 3,
    });
    await session.prefill(ids(21));
    await expect(session.step([sequence!])).rejects.toThrow(StaleError);
  });

  it("does not reuse rows that sequences have overwritten", async () => {
    const { session } = start();
    await session.prefill(ids(40));
    const shorter = await session.prefill(ids(20));
    const sequences = await session.fork(shorter, [[6]], { maxNewTokens: 30 });
    await generate(session, sequences, 30); // writes rows 24 to 53
    const prefix = await session.prefill(ids(40));
    const [sequence] = await session.fork(prefix, [[7]], { maxNewTokens: 2 });
    await generate(session, [sequence!], 2);
    expect(sequence!.ids.slice(1)).toEqual(toyContinuation([...ids(40), 7], 2));
  });

  it("gives the logits of the positions asked for, of cached ones too", async () => {
    const { session } = start();
    const prompt = ids(35);
    await session.prefill(prompt);
    const got = new Map<number, Float32Array>();
    const logitsAt = [3, 16, 34];
    await session.prefill(prompt, {
      logitsAt,
      onLogits: (position, logits) => got.set(position, logits),
    });
    expect([...got.keys()]).toEqual(logitsAt);
    for (const [position, logits] of got) {
      expect(logits).toEqual(toyLogits(contextOf(prompt.slice(0, position + 1))));
    }
    await expect(session.prefill(prompt, { logitsAt: [35] })).rejects.toThrow(InvalidRequestError);
  });

  it("stops between chunks when aborted, and resumes from there", async () => {
    const { session, executor } = start();
    const controller = new AbortController();
    executor.before = () => {
      if (executor.calls.length === 1) controller.abort();
    };
    const aborted = session.prefill(ids(60), { signal: controller.signal });
    await expect(aborted).rejects.toThrow(AbortedError);
    expect(executor.calls).toHaveLength(2);
    executor.before = () => undefined;
    const onProgress = vi.fn();
    const prefix = await session.prefill(ids(60), { onProgress });
    expect(onProgress.mock.calls[0]).toEqual([32, 60]);
    const [sequence] = await session.fork(prefix, [[1]], { maxNewTokens: 1 });
    await session.step([sequence!]);
    expect(sequence!.ids.slice(1)).toEqual(toyContinuation([...ids(60), 1], 1));
  });

  it("forgets a chunk whose call failed", async () => {
    const { session, executor } = start();
    await session.prefill(ids(20));
    executor.before = () => {
      throw new Error("lost");
    };
    await expect(session.prefill([...ids(16), ...ids(16, 3)])).rejects.toThrow("lost");
    executor.before = () => undefined;
    const onProgress = vi.fn();
    await session.prefill(ids(20), { onProgress });
    expect(onProgress.mock.calls[0]![0]).toBeLessThanOrEqual(16);
  });

  it("says how many tokens fit", async () => {
    const { session } = start();
    const tooLong = session.prefill(ids(TOY_LIMITS.prefix + 3));
    await expect(tooLong).rejects.toMatchObject({ code: "too-long", tokens: 67, fit: 64 });
    await expect(session.prefill([])).rejects.toThrow(InvalidRequestError);
    await expect(session.prefill([VOCAB])).rejects.toThrow(/no token/);
  });
});

describe("fork", () => {
  it("refuses more than pool and positions hold, and says how much fits", async () => {
    const { session } = start();
    const prefix = await session.prefill(ids(33)); // regions start at row 40, 88 rows are left
    await expect(session.fork(prefix, [[1], [2], [3]], { maxNewTokens: 32 })).rejects.toMatchObject(
      {
        code: "too-long",
        tokens: 160,
        fit: 128,
      },
    );
    await expect(session.fork(prefix, [[1]], { maxNewTokens: 67 })).rejects.toMatchObject({
      fit: 100,
    });
    await expect(session.fork(prefix, [[1], [2]], { maxNewTokens: 39 })).resolves.toHaveLength(2);
  });

  it("refuses a prefix that is no longer in the cache, and empty suffixes", async () => {
    const { session } = start();
    const old = await session.prefill(ids(20));
    const prefix = await session.prefill(ids(20, 3));
    await expect(session.fork(old, [[1]], { maxNewTokens: 1 })).rejects.toThrow(StaleError);
    await expect(session.fork(prefix, [[1], []], { maxNewTokens: 1 })).rejects.toThrow(
      InvalidRequestError,
    );
    await expect(session.fork(prefix, [], { maxNewTokens: 1 })).rejects.toThrow(
      InvalidRequestError,
    );
  });

  it("ends the sequences of the fork before", async () => {
    const { session } = start();
    const prefix = await session.prefill(ids(20));
    const [old] = await session.fork(prefix, [[1]], { maxNewTokens: 4 });
    await session.fork(prefix, [[1]], { maxNewTokens: 4 });
    await expect(session.step([old!])).rejects.toThrow(StaleError);
  });
});

describe("step", () => {
  it("gives the log-probability of each token", async () => {
    const { session } = start();
    const prompt = ids(10);
    const sequences = await session.fork(await session.prefill(prompt), [[1], [2]], {
      maxNewTokens: 2,
    });
    const tokens = await session.step(sequences);
    for (const [index, token] of tokens.entries()) {
      const logits = toyLogits(contextOf([...prompt, index + 1]));
      expect(token.sequence).toBe(sequences[index]);
      expect(token.logProb).toBeCloseTo(logProbOf(logits, token.id), 5);
    }
  });

  it("takes forced tokens, with their own log-probabilities", async () => {
    const { session } = start();
    const prompt = ids(10);
    const [sequence] = await session.fork(await session.prefill(prompt), [[1]], {
      maxNewTokens: 3,
    });
    const rows: Float32Array[] = [];
    const onLogits = (_: number, logits: Float32Array): number => rows.push(logits);
    const [token] = await session.step([sequence!], { force: [42], onLogits });
    expect(token).toMatchObject({ id: 42 });
    expect(token!.logProb).toBeCloseTo(logProbOf(rows[0]!, 42), 5);
    await session.step([sequence!], { force: [43], onLogits });
    expect(sequence!.ids).toEqual([1, 42, 43]);
    expect(rows[1]).toEqual(toyLogits(contextOf([...prompt, 1, 42])));
    await expect(session.step([sequence!], { force: [1, 2] })).rejects.toThrow(InvalidRequestError);
  });

  it("asks for logits only where they are needed", async () => {
    const { session, executor } = start();
    const [sequence] = await session.fork(await session.prefill(ids(10)), [[1]], {
      maxNewTokens: 3,
    });
    await session.step([sequence!]);
    expect(executor.calls.at(-1)!.logits).toBe(false);
    await session.step([sequence!], { greedy: false });
    expect(executor.calls.at(-1)!.logits).toBe(true);
  });

  it("honours a mask and reports the unmasked logits", async () => {
    const { session } = start();
    const prompt = ids(10);
    const [sequence] = await session.fork(await session.prefill(prompt), [[1]], {
      maxNewTokens: 3,
    });
    const logits = toyLogits(contextOf([...prompt, 1]));
    let seen: Float32Array | null = null;
    const [token] = await session.step([sequence!], {
      mask: (of, values) => {
        expect(of).toBe(sequence);
        values.fill(-Infinity);
        values[7] = 0;
      },
      onLogits: (_, values) => (seen = values),
    });
    expect(token!.id).toBe(7);
    expect(token!.logProb).toBeCloseTo(logProbOf(logits, 7), 5);
    expect(seen).toEqual(logits);
    const forbidding = session.step([sequence!], {
      mask: (_, values) => void values.fill(-Infinity),
    });
    await expect(forbidding).rejects.toThrow(/forbids every token/);
    expect(sequence!.length).toBe(2);
  });

  it("repeats seeded sampling after going back, and draws differently per sequence", async () => {
    const { session } = start();
    const sequences = await session.fork(await session.prefill(ids(10)), [[1], [1]], {
      maxNewTokens: 9,
    });
    const draw = async (seed: number): Promise<number[][]> => {
      for (const sequence of sequences) session.rewind(sequence, 1);
      for (let i = 0; i < 8; i++)
        await session.step(sequences, { greedy: false, temperature: 2, seed });
      return sequences.map((sequence) => [...sequence.ids]);
    };
    const first = await draw(11);
    expect(await draw(11)).toEqual(first);
    expect(await draw(12)).not.toEqual(first);
    expect(first[0]).not.toEqual(first[1]);
    const impossible = session.step(sequences, { greedy: false, temperature: 0 });
    await expect(impossible).rejects.toThrow(InvalidRequestError);
  });

  it("ends at maxNewTokens", async () => {
    const { session } = start();
    const [sequence] = await session.fork(await session.prefill(ids(10)), [[1, 2]], {
      maxNewTokens: 2,
    });
    await generate(session, [sequence!], 2);
    await expect(session.step([sequence!])).rejects.toThrow(TooLongError);
    await expect(session.step([])).rejects.toThrow(InvalidRequestError);
    await expect(session.step([sequence!, sequence!])).rejects.toThrow(InvalidRequestError);
  });

  it("stops when aborted", async () => {
    const { session, executor } = start();
    const [sequence] = await session.fork(await session.prefill(ids(10)), [[1, 2]], {
      maxNewTokens: 2,
    });
    const count = executor.calls.length;
    await expect(session.step([sequence!], { signal: AbortSignal.abort() })).rejects.toThrow(
      AbortedError,
    );
    expect(executor.calls).toHaveLength(count);
  });
});

describe("rewind", () => {
  it("gives the same tokens again", async () => {
    const { session } = start();
    const sequences = await session.fork(await session.prefill(ids(22)), [[1, 2], [3]], {
      maxNewTokens: 8,
    });
    await generate(session, sequences, 6);
    const before = sequences.map((sequence) => [...sequence.ids]);
    session.rewind(sequences[0]!, 3);
    session.rewind(sequences[1]!, 1);
    await session.step([sequences[1]!]);
    await generate(session, sequences, 5);
    expect(sequences.map((sequence) => [...sequence.ids])).toEqual(before);
    expect(() => session.rewind(sequences[0]!, 0)).toThrow(InvalidRequestError);
    expect(() => session.rewind(sequences[0]!, 99)).toThrow(InvalidRequestError);
  });

  it("lets another path be taken", async () => {
    const { session } = start();
    const [sequence] = await session.fork(await session.prefill(ids(22)), [[1, 2]], {
      maxNewTokens: 8,
    });
    await generate(session, [sequence!], 4);
    session.rewind(sequence!, 2);
    await session.step([sequence!], { force: [50] });
    await generate(session, [sequence!], 2);
    expect(sequence!.ids.slice(3)).toEqual(toyContinuation([...ids(22), 1, 2, 50], 2));
  });
});

describe("calls", () => {
  it("are carried out in order, whatever is awaited", async () => {
    const { session } = start();
    const prefix = await session.prefill(ids(10));
    const [sequence] = await session.fork(prefix, [[1]], { maxNewTokens: 4 });
    const steps = [session.step([sequence!]), session.step([sequence!]), session.step([sequence!])];
    expect(() => session.rewind(sequence!, 1)).toThrow(InvalidRequestError);
    await Promise.all(steps);
    expect(sequence!.ids.slice(1)).toEqual(toyContinuation([...ids(10), 1], 3));
  });

  it("end with dispose, a running one at its next chunk", async () => {
    const { session, executor } = start();
    const reading = session.prefill(ids(60));
    const failed = expect(reading).rejects.toThrow(AbortedError);
    await session.dispose();
    await failed;
    expect(executor.disposed).toBe(true);
    expect(executor.calls.length).toBeLessThan(4);
    await expect(session.prefill(ids(3))).rejects.toThrow(StaleError);
    await session.dispose();
  });
});

it("measures its speed, and reads the next prompt anew", async () => {
  const { session, executor } = start();
  const prompt = ids(20);
  const [before] = await session.fork(await session.prefill(prompt), [[1]], { maxNewTokens: 2 });
  const { readMilliseconds, stepMilliseconds } = await session.speed();
  expect(readMilliseconds).toBeGreaterThanOrEqual(0);
  expect(stepMilliseconds).toBeGreaterThanOrEqual(0);
  await expect(session.step([before!])).rejects.toThrow(StaleError);
  const [after] = await session.fork(await session.prefill(prompt), [[1]], { maxNewTokens: 2 });
  await generate(session, [after!], 2);
  expect(after!.ids.slice(1)).toEqual(toyContinuation([...prompt, 1], 2));
  executor.calls.length = 0;
  await expect(session.speed(AbortSignal.abort())).rejects.toThrow(AbortedError);
  expect(executor.calls).toEqual([]);
});

it("tells what it is", () => {
  expect(start().session.info).toEqual({
    kind: "CPU",
    threads: 1,
    kernels: "int16",
    modelName: "toy",
    testModel: true,
    memoryBytes: 12345,
    limits: { prefixTokens: 64, poolRows: 128, sequences: 8, positions: 100 },
    vocab: VOCAB,
  });
});
