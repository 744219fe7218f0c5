import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { TranscriptTooLong } from "../../src/scribe/errors.ts";
import { measureVisit, splitVisit, writeVisit } from "../../src/scribe/long-visit.ts";
import { mergeTexts } from "../../src/scribe/merge.ts";
import { writeNote, type Note, type NoteProgress } from "../../src/scribe/note.ts";
import { splitTurns } from "../../src/scribe/transcript.ts";
import { fixtures, ScriptedEngine } from "./fixtures.ts";

const { tokenizer, encoder } = fixtures();
const STOP = tokenizer.control("<|im_end|>");
const say = (text: string): number[] => [...tokenizer.encode(text), STOP];
const ROOM = { prefixTokens: 512, poolRows: 1024, sequences: 16, positions: 2048 };

const turn = (i: number): string =>
  i % 2 ? `[patient] it hurts here ${i}` : `[doctor] where does it hurt ${i}?`;
const visit = (turns: number): string =>
  Array.from({ length: turns }, (_, i) => turn(i)).join("\n");

/** Writes other texts for each part. */
class PartsEngine extends ScriptedEngine {
  readonly #parts: string[][];
  #current: ScriptedEngine | null = null;
  beforePart: (part: number) => void = () => undefined;

  constructor(parts: string[][]) {
    super([]);
    this.#parts = parts;
  }
  override async prefill(
    ...[ids, options]: Parameters<ScriptedEngine["prefill"]>
  ): ReturnType<ScriptedEngine["prefill"]> {
    this.beforePart(this.prefills.length);
    const prefix = await super.prefill(ids, options);
    this.#current = new ScriptedEngine((this.#parts[this.prefills.length - 1] ?? []).map(say));
    return prefix;
  }
  override fork(...args: Parameters<ScriptedEngine["fork"]>): ReturnType<ScriptedEngine["fork"]> {
    return this.#current!.fork(...args);
  }
  override step(...args: Parameters<ScriptedEngine["step"]>): ReturnType<ScriptedEngine["step"]> {
    return this.#current!.step(...args);
  }
}

describe("splitVisit", () => {
  it("leaves a transcript that fits as it is", () => {
    expect(splitVisit(encoder, visit(4), ROOM)).toEqual([visit(4)]);
    expect(measureVisit(encoder, visit(4), ROOM).parts).toBe(1);
    expect(measureVisit(encoder, " ", ROOM).parts).toBe(0);
  });

  it("cuts between turns, behind answers, into the fewest even parts, and loses none", () => {
    const long = visit(60);
    const parts = splitVisit(encoder, long, ROOM);
    const most = encoder.maxPrefixTokens(ROOM);
    expect(parts.length).toBe(measureVisit(encoder, long, ROOM).parts);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.join("\n")).toBe(long);
    const sizes = parts.map((part) => encoder.countTokens(part));
    for (const size of sizes) expect(size).toBeLessThanOrEqual(most);
    expect(Math.min(...sizes)).toBeGreaterThan(Math.max(...sizes) * 0.6);
    for (const part of parts) expect(part).toMatch(/^\[doctor\]/);
  });

  it("cuts a turn that is too long between sentences, and names its speaker again", () => {
    const long = `[patient] ${"It hurts a lot. ".repeat(120).trim()}\n[doctor] I see.`;
    const parts = splitVisit(encoder, long, ROOM);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part).toMatch(/^\[patient\]/);
    const words = parts.map((part) => part.replace(/\[\w+\]/g, "")).join(" ");
    expect(words.match(/It hurts a lot\./g)).toHaveLength(120);
    expect(splitTurns(parts.at(-1)!).at(-1)).toMatchObject({ speaker: "doctor", text: "I see." });
  });

  it("loses no word of any transcript, and every part fits", () => {
    const line = fc.tuple(
      fc.constantFrom("[doctor] ", "[patient] ", "Mother: ", ""),
      fc.array(fc.constantFrom("pain", "the", "5", "mg.", "why?", "é😀", "x".repeat(90)), {
        maxLength: 40,
      }),
    );
    const transcripts = fc.array(line, { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(transcripts, (lines) => {
        const text = lines.map(([who, words]) => who + words.join(" ")).join("\n");
        if (text.trim() === "") return;
        const parts = splitVisit(encoder, text, ROOM);
        const most = encoder.maxPrefixTokens(ROOM);
        const bare = (value: string): string => value.replace(/\[[a-z]+\]|Mother:|[\s\uFFFD]/g, "");
        expect(parts.map(bare).join("")).toBe(bare(text));
        for (const part of parts) expect(encoder.countTokens(part)).toBeLessThanOrEqual(most);
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a room in which nothing fits, and says 0 parts", () => {
    const room = { ...ROOM, prefixTokens: 20 };
    expect(() => splitVisit(encoder, visit(60), room)).toThrow(TranscriptTooLong);
    expect(measureVisit(encoder, visit(60), room).parts).toBe(0);
  });
});

describe("writeVisit", () => {
  const long = visit(40);
  const count = splitVisit(encoder, long, ROOM).length;
  const texts = Array.from({ length: count }, (_, i) => [
    "Knee hurts.",
    `BP 12${i}/80.`,
    "Sprain.",
    `Rest ${i}.`,
  ]);

  it("is writeNote for a visit that fits", async () => {
    const short = "[patient] my knee hurts";
    const scripts = ["Knee pain.", "None.", "Sprain.", "Rest."].map(say);
    const one = await writeVisit(new ScriptedEngine(scripts), tokenizer, encoder, short);
    const other = await writeNote(new ScriptedEngine(scripts), tokenizer, encoder, short);
    expect({ ...one, figures: null }).toEqual({ ...other, figures: null });
    expect(one.parts).toEqual({ total: 1, done: 1 });
  });

  it("writes part by part and joins their sections", async () => {
    const engine = new PartsEngine(texts);
    const notes: Note[] = [];
    const progress: NoteProgress[] = [];
    const note = await writeVisit(engine, tokenizer, encoder, long, {
      onNote: (each) => notes.push(each),
      onProgress: (each) => progress.push(each),
    });
    expect(engine.prefills).toHaveLength(count);
    expect(note.parts).toEqual({ total: count, done: count });
    expect(note.sections.map(({ text, state }) => [text, state])).toEqual([
      ["Knee hurts.", "done"],
      [texts.map((part) => part[1]).join("\n\n"), "done"],
      ["Sprain.", "done"],
      [texts.map((part) => part[3]).join("\n\n"), "done"],
    ]);
    expect(progress.map(({ phase, part }) => `${phase} ${part}`)).toEqual(
      texts.flatMap((_, i) => [`reading ${i + 1}`, `writing ${i + 1}`]),
    );
    expect(progress.every(({ parts }) => parts === count)).toBe(true);
    const early = notes.slice(0, -10).flatMap(({ sections }) => sections.map(({ state }) => state));
    expect(new Set(early)).toEqual(new Set(["writing"]));
    expect(note.figures.prefixTokens).toBe(engine.prefills.flat().length);
  });

  it("keeps the finished parts when it is stopped, and says how far it came", async () => {
    const controller = new AbortController();
    const engine = new PartsEngine(texts);
    engine.beforePart = (part) => {
      if (part === 1) controller.abort();
    };
    const note = await writeVisit(engine, tokenizer, encoder, long, { signal: controller.signal });
    expect(note.parts).toEqual({ total: count, done: 1 });
    expect(note.sections.map(({ text, state }) => [text, state])).toEqual([
      ["Knee hurts.", "stopped"],
      ["BP 120/80.", "stopped"],
      ["Sprain.", "stopped"],
      ["Rest 0.", "stopped"],
    ]);
  });

  it("lets other failures through", async () => {
    const engine = new PartsEngine(texts);
    engine.beforePart = (part) => {
      if (part === 1) throw new Error("The graphics device was lost.");
    };
    await expect(writeVisit(engine, tokenizer, encoder, long)).rejects.toThrow(/device was lost/);
  });
});

describe("mergeTexts", () => {
  it("keeps one text as it is", () => {
    const text = "1. Gout\n- colchicine 0.6 mg\n\n2. Hypertension\n- lisinopril";
    expect(mergeTexts([text], "plan")).toBe(text);
  });

  it("leaves out what was said in the same words, whatever frames them", () => {
    expect(
      mergeTexts(
        [
          "The patient reports knee pain for two weeks. Denies fever.",
          "Patient reports knee pain for 2 weeks. No swelling.",
        ],
        "subjective",
      ),
    ).toBe("The patient reports knee pain for two weeks. Denies fever.\n\nNo swelling.");
  });

  it.each([
    ["a number", "Take metformin 500 mg.", "Take metformin 1000 mg."],
    ["a negation", "She has chest pain.", "She has no chest pain."],
    ["a side", "Left knee pain.", "Right knee pain."],
    ["a time", "He had gout.", "He has gout."],
  ])("keeps what differs in %s", (_what, one, other) => {
    expect(mergeTexts([one, other], "subjective")).toBe(`${one}\n\n${other}`);
  });

  it("keeps a correction back to the first number", () => {
    const texts = ["- Metformin 500 mg", "- Metformin 1000 mg", "- Metformin 500 mg"];
    expect(mergeTexts(texts, "plan")).toBe(texts.join("\n"));
  });

  it("joins problems under the same heading, and counts on", () => {
    expect(
      mergeTexts(
        [
          "1. Type 2 diabetes\n- A1c is 8.2.\n- Start metformin.\n2. Gout\n- No flare.",
          "1. Hypertension\n- Controlled.\n2. Type 2 diabetes\n- A1c is 8.2.\n- Eye exam.",
        ],
        "assessment",
      ),
    ).toBe(
      "1. Type 2 diabetes\n- A1c is 8.2.\n- Start metformin.\n- Eye exam.\n2. Gout\n- No flare.\n3. Hypertension\n- Controlled.",
    );
    expect(
      mergeTexts(
        [
          "Hypertension: Continue lisinopril 10 mg.\nGout: Colchicine.",
          "Hypertension: Recheck in 2 weeks. Continue lisinopril 10 mg.",
        ],
        "plan",
      ),
    ).toBe("Hypertension: Continue lisinopril 10 mg. Recheck in 2 weeks.\nGout: Colchicine.");
  });

  it("does not take a statement under one problem for the same under another", () => {
    expect(mergeTexts(["Gout:\nContinue.", "Asthma:\nContinue."], "plan")).toBe(
      "Gout:\nContinue.\nAsthma:\nContinue.",
    );
  });

  it("drops no statement but repeated ones", () => {
    const statement = fc.constantFrom(
      "Take 5 mg.",
      "- Rest",
      "1. Gout",
      "Gout: Stable.",
      "PLAN:",
      "",
      "BP 120/80",
      "He said so. She did not.",
    );
    const texts = fc.array(
      fc.array(statement, { maxLength: 8 }).map((lines) => lines.join("\n")),
      { minLength: 1, maxLength: 4 },
    );
    const words = (text: string): string[] =>
      text.replace(/^\s*\(?\d+[.)]\s/gm, "").match(/[A-Za-z]+|\d+/g) ?? [];
    fc.assert(
      fc.property(texts, fc.constantFrom("plan", "objective"), (parts, shown) => {
        const merged = new Set(words(mergeTexts(parts, shown)));
        for (const word of parts.flatMap(words)) expect(merged).toContain(word);
      }),
      { numRuns: 1000 },
    );
  });
});
