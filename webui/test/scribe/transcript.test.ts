import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  countWords,
  cutTranscript,
  normalizeTranscript,
  renameSpeakers,
  splitTurns,
} from "../../src/scribe/transcript.ts";

describe("normalizeTranscript", () => {
  it("makes every line end one, and trims lines and the whole", () => {
    expect(normalizeTranscript("\uFEFF\r\n[doctor] hi  \r[patient] hello\t\r\n\u2028well \n")).toBe(
      "[doctor] hi\n[patient] hello\n\nwell",
    );
  });

  it("changes nothing the second time, and leaves no broken surrogate", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = normalizeTranscript(text);
        expect(normalizeTranscript(once)).toBe(once);
        expect(once.isWellFormed()).toBe(true);
        expect(once).not.toContain("\r");
      }),
    );
    expect(normalizeTranscript("a\ud800b")).toBe("a\ufffdb");
  });
});

describe("countWords", () => {
  it("counts runs with a letter or a digit, not lone punctuation", () => {
    expect(countWords("so , it's 120 over 80 -- okay ? número ñ")).toBe(8);
    expect(countWords(" \n ... ")).toBe(0);
  });
});

describe("splitTurns", () => {
  it("knows bracketed and plain labels and joins lines without one", () => {
    const text = "[doctor] how are you ?\nany pain ?\n\nPatient: no .\nDr. Smith: good";
    const turns = splitTurns(text);
    expect(turns.map(({ speaker }) => speaker)).toEqual(["doctor", "patient", "dr. smith"]);
    expect(turns[0]?.text).toBe("how are you ?\nany pain ?");
    expect(text.slice(turns[1]?.start, turns[1]?.end)).toBe("Patient: no .");
  });

  it("takes a time or a ratio for no speaker", () => {
    expect(splitTurns("[doctor] see you\n10:30 tomorrow").length).toBe(1);
  });

  it("makes every line a turn where no line names a speaker", () => {
    expect(splitTurns("one\ntwo\n\nthree").map(({ text }) => text)).toEqual([
      "one",
      "two",
      "three",
    ]);
  });
});

describe("renameSpeakers", () => {
  it("changes labels in both forms and nothing else", () => {
    const text = "[Doctor]  hi\nstill\nPatient: no .\n\nsee doctor: x";
    const swapped: Record<string, string> = { doctor: "patient", patient: "doctor" };
    expect(renameSpeakers(text, (speaker) => swapped[speaker] ?? speaker)).toBe(
      "[patient] hi\nstill\n[doctor] no .\n\nsee doctor: x",
    );
    expect(renameSpeakers(text, (speaker) => speaker)).toBe(text);
  });
});

describe("cutTranscript", () => {
  const visit = "[doctor] one two\n[patient] three four\n[doctor] five six";

  it("keeps whole turns from the wanted side", () => {
    const fits = (piece: string): boolean => piece.length <= 40;
    expect(cutTranscript(visit, "start", fits)).toBe("[doctor] one two\n[patient] three four");
    expect(cutTranscript(visit, "end", fits)).toBe("[patient] three four\n[doctor] five six");
  });

  it("cuts within a turn where none fits whole", () => {
    const one = "[doctor] First sentence here. Second one there. Third.";
    const fits = (piece: string): boolean => piece.length <= 30;
    expect(cutTranscript(one, "start", fits)).toBe("[doctor] First sentence here.");
    expect(cutTranscript(one, "end", fits)).toBe("Second one there. Third.");
    expect(cutTranscript("x".repeat(50), "end", fits)).toBe("x".repeat(30));
  });

  it("gives the text itself when it fits and nothing when nothing can", () => {
    expect(cutTranscript(visit, "end", () => true)).toBe(visit);
    expect(cutTranscript(visit, "end", (piece) => piece === "")).toBe("");
  });

  it("finds the longest piece of turns", () => {
    const turns = fc.array(fc.string({ unit: fc.constantFrom("a", "b", " ", "."), minLength: 1 }));
    fc.assert(
      fc.property(turns, fc.integer({ min: 1, max: 60 }), fc.boolean(), (texts, most, start) => {
        const text = normalizeTranscript(texts.map((line) => `[doctor] x${line}`).join("\n"));
        const piece = cutTranscript(text, start ? "start" : "end", ({ length }) => length <= most);
        expect(piece.length).toBeLessThanOrEqual(most);
        expect(start ? text.startsWith(piece) : text.endsWith(piece)).toBe(true);
      }),
    );
  });
});
