import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { EmptyTranscript, InstructionTooLong, TranscriptTooLong } from "../../src/scribe/errors.ts";
import { parsePrompt, roundDown } from "../../src/scribe/prompt.ts";
import { fixtures, promptJson } from "./fixtures.ts";

const { tokenizer, encoder } = fixtures();
const ROOM = { prefixTokens: 512, poolRows: 1024, sequences: 16, positions: 2048 };

describe("PromptEncoder.encode", () => {
  it("tokenizes each part by itself and looks control tokens up by name", () => {
    const { prefix, sections, stop } = encoder.encode("the pain");
    expect(prefix).toEqual([
      tokenizer.control("<|im_start|>"),
      ...tokenizer.encode("user\nVisit:\n"),
      ...tokenizer.encode("the pain"),
      tokenizer.control("<|im_end|>"),
    ]);
    expect(sections.map(({ key }) => key)).toEqual([
      "subjective",
      "objective",
      "assessment",
      "plan",
    ]);
    expect(sections[3]?.ids).toEqual([
      tokenizer.control("<|im_start|>"),
      ...tokenizer.encode("plan\n"),
    ]);
    expect(stop).toEqual([tokenizer.control("<|im_end|>"), tokenizer.control("<|endoftext|>")]);
  });

  it("lets nothing in a transcript become a control token", () => {
    const plain = encoder.encode("x").prefix.filter((id) => id < 4).length;
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom("<|im_end|>", "<|eot_id|>", "<|im_start|>assistant\n", "<|endoftext|>"),
        (text, control) => {
          const { prefix } = encoder.encode(`a${text}${control}${text}`);
          expect(prefix.filter((id) => id < 4).length).toBe(plain);
        },
      ),
    );
  });

  it("gives the same ids for every kind of line end", () => {
    expect(encoder.encode("a\r\nb\n").prefix).toEqual(encoder.encode("a\nb").prefix);
  });

  it("refuses a transcript without words", () => {
    expect(() => encoder.encode(" \n\t")).toThrow(EmptyTranscript);
  });

  it("says how many words of a too long one fit", () => {
    const visit = Array.from({ length: 900 }, (_, i) => `w${i % 10}`).join(" ");
    const error = (() => {
      try {
        encoder.encode(visit, ROOM);
      } catch (caught) {
        return caught;
      }
      return undefined;
    })();
    expect(error).toBeInstanceOf(TranscriptTooLong);
    const { words, fittingWords } = (error as TranscriptTooLong).detail;
    expect(words).toBe(900);
    expect(fittingWords).toBeGreaterThan(100);
    expect((error as Error).message).toContain(`about ${fittingWords} fit`);
    // The promise holds for a text of the same kind.
    const shorter = visit.split(" ").slice(0, fittingWords).join(" ");
    expect(encoder.encode(shorter, ROOM).prefix.length).toBeLessThanOrEqual(512);
  });
});

describe("PromptEncoder.encode for some sections", () => {
  const chat = fixtures({
    ...promptJson(),
    sections: [
      {
        key: "plan",
        title: "Plan",
        prompt: [
          { text: "Write the plan." },
          { control: "<|im_end|>" },
          { text: "\n" },
          { control: "<|im_start|>" },
          { text: "Plan:\n" },
        ],
        limit: 24,
      },
    ],
  }).encoder;

  it("has those alone, with their prompts as ever", () => {
    const all = encoder.encode("x");
    const some = encoder.encode("x", undefined, { sections: ["plan", "objective"] });
    expect(some.prefix).toEqual(all.prefix);
    expect(some.sections).toEqual([all.sections[1], all.sections[3]]);
    expect(encoder.encode("x", ROOM, {}).sections).toEqual(all.sections);
    expect(encoder.encode("x", ROOM, { instruction: "  \n" }).sections).toEqual(all.sections);
  });

  it("puts the instruction behind the words that ask for the section", () => {
    const plain = chat.encode("x").sections[0]!.ids;
    const { ids } = chat.encode("x", undefined, { instruction: "One\nline  only" }).sections[0]!;
    const request = tokenizer.encode("Write the plan.");
    const rest = plain.slice(request.length);
    expect(ids.slice(0, request.length)).toEqual(request);
    expect(ids.slice(-rest.length)).toEqual(rest);
    const wish = tokenizer.decode(ids.slice(request.length, -rest.length));
    expect(wish).toBe(" The doctor's wish for this part: One line only");
  });

  it("lets nothing in an instruction become a control token", () => {
    const controls = (ids: number[]): number => ids.filter((id) => id < 4).length;
    const plain = controls(chat.encode("x").sections[0]!.ids);
    fc.assert(
      fc.property(
        fc.string({ maxLength: 100 }),
        fc.constantFrom("<|im_end|>", "<|eot_id|>", "<|im_start|>assistant\n", "<|endoftext|>"),
        (text, control) => {
          const instruction = `${text}${control}${text}`;
          const { sections } = chat.encode("x", undefined, { instruction });
          expect(controls(sections[0]!.ids)).toBe(plain);
        },
      ),
    );
  });

  it("refuses an instruction as long as a letter", () => {
    const instruction = "word ".repeat(80);
    expect(() => encoder.encode("x", ROOM, { instruction })).toThrow(InstructionTooLong);
  });

  it("leaves more room for the transcript where fewer sections are written", () => {
    const room = { ...ROOM, poolRows: 300 };
    const one = encoder.maxPrefixTokens(room, { sections: ["plan"] });
    expect(one).toBeGreaterThan(encoder.maxPrefixTokens(room));
  });
});

describe("PromptEncoder.maxPrefixTokens", () => {
  it("leaves every section its whole limit within the pool of rows", () => {
    const sections = encoder.encode("x").sections;
    const rows = sections.reduce((sum, { ids }) => sum + Math.ceil((ids.length + 24) / 8) * 8, 0);
    expect(encoder.maxPrefixTokens({ ...ROOM, poolRows: rows + 100 })).toBe(96);
    expect(encoder.maxPrefixTokens(ROOM)).toBe(512);
    expect(encoder.maxPrefixTokens({ ...ROOM, positions: 60 })).toBe(60 - 36);
    expect(encoder.maxPrefixTokens({ ...ROOM, poolRows: 8 })).toBe(0);
  });
});

describe("PromptEncoder.cut", () => {
  const visit = Array.from({ length: 80 }, (_, i) => `[doctor] this is turn number ${i} .`).join(
    "\n",
  );

  it("keeps whole turns that fit with the prompt around them", () => {
    for (const keep of ["start", "end"] as const) {
      const piece = encoder.cut(visit, keep, ROOM);
      expect(piece).toMatch(/^\[doctor\].*\.$/s);
      expect(keep === "start" ? visit.startsWith(piece) : visit.endsWith(piece)).toBe(true);
      const { tokens, maxTokens } = encoder.measure(piece, ROOM);
      expect(tokens).toBeLessThanOrEqual(maxTokens);
      expect(tokens).toBeGreaterThan(maxTokens - 40);
    }
  });
});

describe("PromptEncoder.target", () => {
  it("is the section's text and one stop token", () => {
    expect(encoder.target("the pain")).toEqual([
      ...tokenizer.encode("the pain"),
      tokenizer.control("<|im_end|>"),
    ]);
  });
});

describe("parsePrompt", () => {
  const broken: [string, Record<string, unknown>, RegExp][] = [
    ["another format", { format: 2 }, /format is 2/],
    ["no transcript", { prefix: [{ text: "a" }] }, /transcript exactly once/],
    ["two transcripts", { prefix: [{ transcript: true }, { transcript: true }] }, /exactly once/],
    ["a chain of one token", { no_repeat: 1 }, /no_repeat must be 2/],
    ["a chain of no length", { no_repeat: "no" }, /no_repeat/],
    ["no stop token", { stop: [] }, /stop token/],
    ["no sections", { sections: [] }, /section/],
    ["an unknown part", { prefix: [{ image: 1 }] }, /neither text/],
    [
      "a place that is not shown",
      { sections: [{ key: "exam", title: "E", prompt: [{ text: "e" }], limit: 3 }] },
      /exam does not say/,
    ],
    [
      "a limit that is no number",
      { sections: [{ key: "plan", title: "P", prompt: [{ text: "e" }], limit: "3" }] },
      /limit/,
    ],
    [
      "a least length above the limit",
      { sections: [{ key: "plan", title: "P", prompt: [{ text: "e" }], limit: 3, min_tokens: 4 }] },
      /no text can meet/,
    ],
  ];
  it.each(broken)("refuses %s", (_name, change, sentence) => {
    expect(() => parsePrompt({ ...promptJson(), ...change })).toThrow(sentence);
  });

  it("takes sections that are shown under another one", () => {
    const sections = [
      { key: "exam", title: "Exam", shown: "objective", prompt: [{ text: "e" }], limit: 3 },
    ];
    expect(parsePrompt({ ...promptJson(), sections }).sections[0]?.shown).toBe("objective");
  });
});

it("rounds what fits down to two leading digits", () => {
  expect([3199, 987, 45, 7, 0].map(roundDown)).toEqual([3100, 980, 45, 7, 0]);
});
