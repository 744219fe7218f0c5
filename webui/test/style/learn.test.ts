import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { layout, layoutText, learnStyle } from "../../src/style/index.ts";
import { idsOf, VISIT } from "./support.ts";

const BULLETS = `CC: cough
HPI:
- Cough for 3 days
- No fever
VITALS:
- BP 120/80, HR 70
A/P:
- Bronchitis
- Fluids`;

const PROSE = `Chief complaint
Headache.

History of present illness
The patient has had a headache since Monday. It is dull.

Vital signs
The blood pressure is 120/80 and the heart rate is 60.

Fun facts:
He likes boats.

Assessment
Tension headache.

Plan
Ibuprofen as needed. Return if worse.`;

describe("learnStyle", () => {
  it("learns lists, capitals, headings in their order and short vital signs", () => {
    const learned = learnStyle([BULLETS, BULLETS])!;
    expect(learned.headings).toEqual(["CC", "HPI", "VITALS", "A/P"]);
    expect(learned.style).toMatchObject({ form: "bullets", capitals: true, shortVitals: true });
    const text = layoutText(layout(VISIT, learned.style));
    expect(text).toContain("VITALS\n\n- BP 132/84, HR 72.");
    expect(text).toMatch(/A\/P\n\nLeft knee sprain, mild\.\n- Rest and ice/);
  });

  it("learns paragraphs, and says which headings it cannot fill", () => {
    const learned = learnStyle([PROSE])!;
    expect(learned.style).toMatchObject({
      form: "paragraphs",
      capitals: false,
      shortVitals: false,
    });
    expect(learned.headings.at(-1)).toBe("Plan");
    expect(learned.unknown).toEqual(["Fun facts"]);
    const laid = layout(VISIT, learned.style);
    expect([...idsOf(laid)].sort()).toEqual(VISIT.lines.map(({ id }) => id).sort());
  });

  it("joins the headings of several notes", () => {
    const learned = learnStyle(["HPI:\nx y\nPlan:\nz", "HPI:\nx\nExam:\ny\nPlan:\nz"])!;
    expect(learned.headings).toEqual(["HPI", "Exam", "Plan"]);
  });

  it("learns nothing from nothing", () => {
    expect(learnStyle([])).toBeNull();
    expect(learnStyle(["", " \n "])).toBeNull();
    expect(learnStyle(["Just a sentence."])!.style.headings).toHaveLength(4);
  });

  it("reads 10,000 texts of any kind without failing", () => {
    const line = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom("PLAN:", "- a", "1. b", "BP 120/80", "HPI", "Exam: ok", "<b>", "\r\n", "::"),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const learned = learnStyle([lines.join("\n")]);
        if (learned) expect(learned.style.headings.length).toBeGreaterThan(0);
      }),
      { numRuns: 10_000 },
    );
  });
});
