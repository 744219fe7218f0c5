import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { composeDocument } from "../../src/note/text.ts";
import {
  layout,
  layoutText,
  parseTemplate,
  PLACEHOLDERS,
  PRESETS,
  presetStyle,
  sectionTexts,
  type NoteStyle,
} from "../../src/style/index.ts";
import { documentOf, idsOf, VISIT } from "./support.ts";

const style = (id: string, change: Partial<NoteStyle> = {}): NoteStyle => ({
  ...presetStyle(id)!,
  ...change,
});
const textOf = (id: string, change: Partial<NoteStyle> = {}): Record<string, string> =>
  Object.fromEntries(
    sectionTexts(layout(VISIT, style(id, change))).map(({ title, text }) => [title, text]),
  );

describe("layout", () => {
  it.each(PRESETS.map(({ id }) => id))("has every line once and unchanged: %s", (id) => {
    const sections = layout(VISIT, style(id));
    expect([...idsOf(sections)].sort()).toEqual(VISIT.lines.map((line) => line.id).sort());
    for (const line of VISIT.lines) expect(layoutText(sections)).toContain(line.text);
    const titles = sections.map(({ heading }) => heading);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("keeps the note's own form where it is asked to", () => {
    const written = sectionTexts(layout(VISIT, style("written")));
    const own = composeDocument(VISIT).sections;
    expect(written.map(({ key }) => key)).toEqual(own.map(({ key }) => key));
    expect(written[2]?.text).toBe(own[2]?.text);
    expect(written[3]?.text).toBe(own[3]?.text);
  });

  it("makes paragraphs and bullets", () => {
    expect(textOf("paragraphs").Plan).toBe(
      "Rest and ice for the knee. Continue lisinopril 10 mg daily. Start metformin 500 mg twice daily. Recheck A1c in three months. Return in two weeks.",
    );
    expect(textOf("bullets").Objective).toBe(
      "- Blood pressure is 132/84, heart rate 72.\n- The left knee is swollen.\n- An x-ray shows no fracture.\n- A1c is 7.9%.",
    );
    expect(textOf("bullets").Subjective).toContain("\n\nSocial history:\n- He smokes");
  });

  it("puts each line of the plan under the problem that it is for", () => {
    expect(textOf("problems")["Assessment and plan"]).toBe(
      [
        "Left knee sprain, mild.\n- Rest and ice for the knee.",
        "Hypertension, controlled.\n- Continue lisinopril 10 mg daily.",
        "Type 2 diabetes mellitus, not at goal.\n- Start metformin 500 mg twice daily.\n- Recheck A1c in three months.",
        "Other:\n- Return in two weeks.",
      ].join("\n\n"),
    );
  });

  it("follows the headings of a plan that has them", () => {
    const note = documentOf({
      assessment: "Gout: no flare.\nAsthma: mild.",
      plan: "Asthma:\n- Albuterol as needed.\nGout:\n- No change.",
    });
    const [section] = sectionTexts(layout(note, style("problems")));
    expect(section?.text).toBe(
      "Gout: no flare.\n- No change.\n\nAsthma: mild.\n- Albuterol as needed.",
    );
  });

  it("gives a line that fits two problems to neither", () => {
    const note = documentOf({
      assessment: "- Left knee sprain.\n- Right knee sprain.",
      plan: "- Knee brace.",
    });
    expect(sectionTexts(layout(note, style("problems")))[0]?.text).toContain(
      "Other:\n- Knee brace.",
    );
  });

  it("sorts a specialty's headings by what lines are about", () => {
    const note = textOf("consultation");
    expect(note["Reason for consultation"]).toBe(
      "Mr. Lee presents with left knee pain for two weeks.",
    );
    expect(note.Medications).toBe("He takes lisinopril 10 mg daily.");
    expect(note.Allergies).toBe("Allergic to penicillin.");
    expect(note["Social history"]).toContain("He smokes ten cigarettes a day.");
    expect(note.Results).toBe("An x-ray shows no fracture. A1c is 7.9%.");
  });

  it("leaves out lines that are set apart, and headings without lines", () => {
    const lines = VISIT.lines.map((line) =>
      line.section === "objective" ? { ...line, place: "apart" as const } : line,
    );
    const sections = layout({ ...VISIT, lines }, style("emergency"));
    expect(sections.map(({ heading }) => heading)).not.toContain("Results");
    expect(layoutText(sections)).not.toContain("x-ray shows");
  });

  it("shortens vital signs in the layout alone, and only before a number", () => {
    const { Objective } = textOf("paragraphs", { shortVitals: true });
    expect(Objective).toMatch(/^BP 132\/84, HR 72\./);
    const note = documentOf({ plan: "Watch the blood pressure." });
    const sections = layout(note, style("paragraphs", { shortVitals: true }));
    expect(layoutText(sections)).toContain("Watch the blood pressure.");
  });

  it("writes headings in capitals", () => {
    expect(Object.keys(textOf("paragraphs", { capitals: true }))).toContain("ASSESSMENT");
  });

  it("loses no line of any note in any style", () => {
    const words = fc.constantFrom(
      "Gout is stable.",
      "- Take 5 mg daily.",
      "PLAN:",
      "Vitals:",
      "1. Asthma.",
      "Denies pain.",
      "",
      "Follow up soon. Call if worse.",
    );
    const text = fc.array(words, { maxLength: 6 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(
        fc.record({ subjective: text, objective: text, assessment: text, plan: text }),
        fc.constantFrom(...PRESETS),
        (texts, preset) => {
          const note = documentOf(texts);
          const ids = idsOf(layout(note, preset.style));
          expect([...ids].sort()).toEqual(note.lines.map(({ id }) => id).sort());
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("templates", () => {
  const styled = (source: string): string => {
    const { template, errors } = parseTemplate(source);
    expect(errors).toBeNull();
    return layoutText(layout(VISIT, style("paragraphs", { template })));
  };

  it("puts lines in the placeholders' places, and adds what no placeholder takes", () => {
    const text = styled(
      "CLINIC NOTE\n\nMeds: {{medications}} (reviewed)\n{{ Plan : bullets }}\n-- end --",
    );
    expect(text).toMatch(
      /^CLINIC NOTE\n\nMeds: He takes lisinopril 10 mg daily\. \(reviewed\)\n- Rest and ice for the knee\.\n- Continue/,
    );
    expect(text).toContain("- Return in two weeks.\n-- end --\n\nSubjective\n\n");
    for (const line of VISIT.lines) expect(text).toContain(line.text);
  });

  it("leaves a placeholder's place empty where the note says nothing", () => {
    expect(styled("Mood: {{mental}}\n{{plan}}")).toMatch(/^Mood:\nRest and ice/);
  });

  it("knows problems", () => {
    expect(styled("{{problems}}")).toContain("Hypertension, controlled.\n- Continue lisinopril");
  });

  it.each([
    ["a {{plan", 1, "unclosed", "plan"],
    ["a\nb {{pl\nan}}", 2, "unclosed", "pl"],
    ["{{}}", 1, "empty", ""],
    ["x\n\n{{diagnoses}}", 3, "unknown", "diagnoses"],
    ["{{plan}}\n{{PLAN}}", 2, "twice", "plan"],
    ["{{plan: table}}", 1, "form", "table"],
    ["no placeholder", 1, "none", ""],
  ])("says what is wrong in %j, and where", (source, line, code, name) => {
    expect(parseTemplate(source)).toEqual({ template: null, errors: [{ line, code, name }] });
  });

  it("refuses a template as long as a book", () => {
    expect(parseTemplate("x".repeat(20_001)).errors?.[0]?.code).toBe("too-long");
  });

  it("reads 10,000 texts of any kind without failing, and keeps the words of those it takes", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("{{", "}}", "{", "}", ":", "\n", "\r\n", "\uD800", "<script>", "{{{", "}}}"),
      fc.constantFrom(...PLACEHOLDERS).map((name) => `{{${name}}}`),
      fc.constantFrom("plan", "bullets", "constructor", "__proto__"),
    );
    let taken = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const source = pieces.join("");
        const { template, errors } = parseTemplate(source);
        if (template === null) {
          expect(errors.length).toBeGreaterThan(0);
          const last = source.split(/\r\n?|[\n\u2028\u2029]/).length;
          for (const { line } of errors) expect(line >= 1 && line <= last).toBe(true);
        } else {
          taken += 1;
          const words = template.parts.map((part) => ("text" in part ? part.text : "")).join("");
          const rest = source
            .toWellFormed()
            .replace(/\r\n?|[\u2028\u2029]/g, "\n")
            .replace(/\{\{[^\n]*?\}\}/g, "");
          expect(words.length).toBe(rest.length);
        }
      }),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});
