import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { splitStatements } from "../../../src/scribe/checks/statements.ts";

const texts = (note: string): string[] => splitStatements(note).map(({ text }) => text);

describe("statements", () => {
  it("are sentences and list items under their heading", () => {
    const note =
      "CHIEF COMPLAINT\n\nCough.\n\nPLAN\n• Start Tylenol 500 mg b.i.d. for pain. Rest.\n1. Return in 2 weeks";
    expect(splitStatements(note).map(({ text, section }) => [section, text])).toEqual([
      ["CHIEF COMPLAINT", "Cough."],
      ["PLAN", "Start Tylenol 500 mg b.i.d. for pain."],
      ["PLAN", "Rest."],
      ["PLAN", "Return in 2 weeks"],
    ]);
  });

  it("do not end at titles, decimals and abbreviations", () => {
    expect(texts("She saw Dr. Moore on 3.5 mg q.d. at home.")).toHaveLength(1);
  });

  it("are no headings, and short diagnoses are no headings either", () => {
    expect(texts("Neck\nSupple.\nMedications:\nHypertension\nCOPD")).toEqual([
      "Supple.",
      "Hypertension",
      "COPD",
    ]);
  });

  it("stand at their offsets in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (note) => {
        let last = 0;
        for (const { text, start, end } of splitStatements(note)) {
          expect(note.slice(start, end)).toBe(text);
          expect(start).toBeGreaterThanOrEqual(last);
          last = end;
        }
      }),
      { numRuns: 500 },
    );
  });
});
