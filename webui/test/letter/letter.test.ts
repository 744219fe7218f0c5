import { describe, expect, it } from "vitest";

import { composeLetter, letterText } from "../../src/letter/letter.ts";
import { toSecondPerson } from "../../src/letter/second-person.ts";
import { texts } from "../../src/page/texts.ts";
import { documentOf, VISIT } from "../style/support.ts";

const topics = (letter: ReturnType<typeof composeLetter>): Record<string, string[]> =>
  Object.fromEntries(
    letter.parts.map(({ topic, lines }) => [topic, lines.map(({ text }) => text)]),
  );

describe("composeLetter", () => {
  it("puts the note's lines where a patient looks for them", () => {
    expect(topics(composeLetter(VISIT, "summary"))).toEqual({
      reason: ["Mr. Lee presents with left knee pain for two weeks."],
      vitals: ["Blood pressure is 132/84, heart rate 72."],
      results: ["An x-ray shows no fracture.", "A1c is 7.9%."],
      findings: [
        "Left knee sprain, mild.",
        "Hypertension, controlled.",
        "Type 2 diabetes mellitus, not at goal.",
      ],
      medications: ["Continue lisinopril 10 mg daily.", "Start metformin 500 mg twice daily."],
      tests: ["Recheck A1c in three months."],
      instructions: ["Rest and ice for the knee."],
      followup: ["Return in two weeks."],
    });
  });

  it("says nothing that the note does not say", () => {
    const lines = new Set(VISIT.lines.map(({ text }) => toSecondPerson(text)));
    for (const kind of ["letter", "summary"] as const) {
      const letter = composeLetter(VISIT, kind);
      const frame = new Set([
        texts.letter.words.greeting,
        texts.letter.words.opening,
        texts.letter.words.closing,
        ...Object.values(texts.letter.words.headings),
      ]);
      for (const line of letterText(letter, texts.letter.words).split("\n")) {
        const words = line.replace(/^- /, "");
        expect(line === "" || frame.has(line) || lines.has(words), line).toBe(true);
      }
    }
  });

  it("leaves out what is marked or set apart, and counts what is marked", () => {
    const check = {
      verdict: "unsupported" as const,
      severity: "minor" as const,
      kind: null,
      reason: null,
      turns: [],
      contradicting: [],
    };
    const lines = VISIT.lines.map((line) => {
      if (line.text.startsWith("Start metformin")) return { ...line, check };
      if (line.text.startsWith("Continue")) return { ...line, check, kept: true };
      return line.text.startsWith("Return") ? { ...line, place: "apart" as const } : line;
    });
    const letter = composeLetter({ ...VISIT, lines }, "letter");
    expect(letter.left).toBe(1);
    expect(topics(letter).medications).toEqual(["Continue lisinopril 10 mg daily."]);
    expect(topics(letter).followup).toBeUndefined();
  });

  it("is empty for a note without anything for the patient", () => {
    expect(composeLetter(documentOf({ subjective: "Denies fever." }), "letter").parts).toEqual([]);
  });
});

describe("toSecondPerson", () => {
  it.each([
    ["The patient should rest.", "You should rest."],
    ["Patient is doing well.", "You are doing well."],
    ["The patient will return if the patient has fever.", "You will return if you have fever."],
    ["Advised the patient to quit smoking.", "Advised you to quit smoking."],
    ["The patient's blood pressure is high.", "Your blood pressure is high."],
    ["Patient juggles often.", "Patient juggles often."],
    ["She takes aspirin.", "She takes aspirin."],
    ["Continue lisinopril 10 mg daily.", "Continue lisinopril 10 mg daily."],
    ["Patient constructor", "Patient constructor"],
  ])("%s → %s", (line, expected) => expect(toSecondPerson(line)).toBe(expected));
});
