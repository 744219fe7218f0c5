import { describe, expect, it } from "vitest";

import { EmptyTranscript, TranscriptTooLong } from "../../src/scribe/errors.ts";
import { writeNote, type Note } from "../../src/scribe/note.ts";
import { fixtures, promptJson, ScriptedEngine } from "./fixtures.ts";

const { tokenizer, encoder } = fixtures();
const STOP = tokenizer.control("<|im_end|>");
const say = (text: string): number[] => [...tokenizer.encode(text), STOP];
const TEXTS = ["Knee pain.", "Swelling é.", "Sprain.", "Rest, ice."];

describe("writeNote", () => {
  it("reads the transcript once and decodes four sections as one batch", async () => {
    const engine = new ScriptedEngine(TEXTS.map(say));
    const note = await writeNote(engine, tokenizer, encoder, "[patient] my knee hurts");
    expect(engine.prefills).toEqual([encoder.encode("[patient] my knee hurts").prefix]);
    expect(engine.forks[0]?.suffixes).toEqual(encoder.encode("x").sections.map(({ ids }) => ids));
    expect(engine.batches[0]).toEqual([0, 1, 2, 3]);
    expect(note.sections.map(({ title, text, state }) => [title, text, state])).toEqual([
      ["Subjective", "Knee pain.", "done"],
      ["Objective", "Swelling é.", "done"],
      ["Assessment", "Sprain.", "done"],
      ["Plan", "Rest, ice.", "done"],
    ]);
    expect(note.text).toBe(
      "SUBJECTIVE\n\nKnee pain.\n\nOBJECTIVE\n\nSwelling é.\n\nASSESSMENT\n\nSprain.\n\nPLAN\n\nRest, ice.",
    );
  });

  it("drops a section from the batch once it has ended", async () => {
    const engine = new ScriptedEngine([say("a"), say("abc"), say("a"), say("abcdef")]);
    await writeNote(engine, tokenizer, encoder, "visit");
    expect(engine.batches.map((batch) => batch.join(""))).toEqual([
      "0123",
      "0123",
      "13",
      "13",
      "3",
      "3",
      "3",
    ]);
  });

  it("streams: the text grows step by step in all sections", async () => {
    const engine = new ScriptedEngine(TEXTS.map(say));
    const seen: Note[] = [];
    const phases: string[] = [];
    await writeNote(engine, tokenizer, encoder, "visit", {
      onNote: (note) => seen.push(note),
      onProgress: ({ phase }) => phases.push(phase),
    });
    expect(phases).toEqual(["reading", "writing"]);
    expect(seen[0]?.sections.map(({ text }) => text)).toEqual(["K", "S", "S", "R"]);
    expect(seen[0]?.sections[0]?.state).toBe("writing");
    const lengths = seen.map(({ text }) => text.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });

  it("ends a section at its limit and says so", async () => {
    const engine = new ScriptedEngine([say("x".repeat(40)), say("b"), say("c"), say("d")]);
    const note = await writeNote(engine, tokenizer, encoder, "visit");
    expect(note.sections[0]).toMatchObject({ text: "x".repeat(24), state: "limit" });
    expect(note.sections[1]?.state).toBe("done");
    expect(note.figures.newTokens).toBe(27);
  });

  it("keeps what was written when it is stopped", async () => {
    const engine = new ScriptedEngine(TEXTS.map(say));
    const controller = new AbortController();
    engine.beforeStep = (step) => {
      if (step === 3) controller.abort();
    };
    const note = await writeNote(engine, tokenizer, encoder, "visit", {
      signal: controller.signal,
    });
    expect(note.sections.map(({ text, state }) => [text, state])).toEqual([
      ["Kne", "stopped"],
      ["Swe", "stopped"],
      ["Spr", "stopped"],
      ["Res", "stopped"],
    ]);
  });

  it("is a stopped, empty note when it is stopped while reading", async () => {
    const controller = new AbortController();
    controller.abort();
    const note = await writeNote(new ScriptedEngine([]), tokenizer, encoder, "visit", {
      signal: controller.signal,
    });
    expect(note.text).toBe("");
    expect(new Set(note.sections.map(({ state }) => state))).toEqual(new Set(["stopped"]));
  });

  it("lets other failures through", async () => {
    const engine = new ScriptedEngine(TEXTS.map(say));
    engine.beforeStep = () => {
      throw new Error("The graphics device was lost.");
    };
    await expect(writeNote(engine, tokenizer, encoder, "visit")).rejects.toThrow(/device was lost/);
    await expect(writeNote(engine, tokenizer, encoder, "  ")).rejects.toThrow(EmptyTranscript);
    const long = "pain ".repeat(600);
    await expect(writeNote(engine, tokenizer, encoder, long)).rejects.toThrow(TranscriptTooLong);
  });

  it("forbids a stop token before a section's least length, and masks no longer than that", async () => {
    const prompt = promptJson();
    (prompt.sections as Record<string, unknown>[])[1]!.min_tokens = 2;
    const set = fixtures(prompt);
    const engine = new ScriptedEngine([say("abc"), [STOP, STOP, STOP], say("a"), say("a")]);
    const note = await writeNote(engine, set.tokenizer, set.encoder, "visit");
    expect(note.decoded[1]).toMatchObject({ tokens: 2, state: "done" });
    expect(engine.masked.length).toBe(8); // two steps of four sequences
  });

  it("keeps a section out of a loop, and masks only where one begins", async () => {
    const set = fixtures({ ...promptJson(), no_repeat: 4 });
    const engine = new ScriptedEngine([say("xyzxyzxyz"), say("abcabd"), say("a"), say("a")]);
    const note = await writeNote(engine, set.tokenizer, set.encoder, "visit");
    // The scripted engine's second choice stands where the chain 'xyzx' would have recurred.
    expect(note.decoded[0]!.text.startsWith("xyzxyz")).toBe(true);
    expect(note.decoded[0]!.text.slice(0, 7)).not.toBe("xyzxyzx");
    expect(note.decoded[1]!.text).toBe("abcabd");
    const free = new ScriptedEngine([say("xyzxyzxyz"), say("abcabd"), say("a"), say("a")]);
    const loop = await writeNote(free, tokenizer, encoder, "visit");
    expect(loop.decoded[0]!.text).toBe("xyzxyzxyz");
    expect(free.masked).toEqual([]);
  });

  it("writes exactly as many tokens as asked when stop tokens are ignored", async () => {
    const engine = new ScriptedEngine(TEXTS.map(say));
    const note = await writeNote(engine, tokenizer, encoder, "visit", {
      ignoreStop: true,
      limit: 20,
    });
    expect(note.decoded.map(({ tokens }) => tokens)).toEqual([20, 20, 20, 20]);
    expect(engine.forks[0]?.maxNewTokens).toBe(20);
  });

  it("shows sequences of one section under each other", async () => {
    const prompt = promptJson();
    const sections = prompt.sections as Record<string, unknown>[];
    sections[2] = { ...sections[2], key: "results", shown: "objective" };
    const set = fixtures(prompt);
    const note = await writeNote(
      new ScriptedEngine(TEXTS.map(say)),
      set.tokenizer,
      set.encoder,
      "visit",
    );
    expect(note.sections.map(({ text }) => text)).toEqual([
      "Knee pain.",
      "Swelling é.\n\nSprain.",
      "",
      "Rest, ice.",
    ]);
    expect(note.text).not.toContain("ASSESSMENT");
  });
});
