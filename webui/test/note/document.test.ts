import { readdirSync, readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { linesApart, openLines, statementsOf } from "../../src/note/document.ts";
import { composeDocument, noteText, sectionText } from "../../src/note/text.ts";
import { checkNote } from "../../src/scribe/checks/index.ts";
import { composeNote, SHOWN_KEYS } from "../../src/scribe/sections.ts";
import { checkedAgainst, documentOf, VISIT } from "./fixtures.ts";

const NOTE = {
  subjective:
    "CHIEF COMPLAINT\n\nBlood pressure.\n\nMedications:\n- Lisinopril 20 mg daily. Well tolerated.\n- Metformin 500 mg.\n\nFAMILY HISTORY\n\nMother had diabetes.",
  objective: "BP 142/88.",
  assessment: "1. Hypertension, not at goal.\n2. Type 2 diabetes.",
  plan: "Follow-up:",
};

describe("a document made from a generated note", () => {
  it("has its statements as lines, and headings, bullets and gaps as their leads", () => {
    const { lines } = documentOf(NOTE);
    expect(lines.map(({ lead, text }) => [lead, text])).toEqual([
      ["CHIEF COMPLAINT\n\n", "Blood pressure."],
      ["\n\nMedications:\n- ", "Lisinopril 20 mg daily."],
      [" ", "Well tolerated."],
      ["\n- ", "Metformin 500 mg."],
      ["\n\nFAMILY HISTORY\n\n", "Mother had diabetes."],
      ["", "BP 142/88."],
      ["1. ", "Hypertension, not at goal."],
      ["\n2. ", "Type 2 diabetes."],
      ["", "Follow-up:"],
    ]);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
  });

  const composed = (texts: readonly string[]) =>
    composeNote(SHOWN_KEYS.map((shown, i) => ({ shown, text: texts[i] ?? "" })));

  it("has the text of the note, whatever that is", () => {
    const piece = fc.constantFrom(
      ...[
        "- ",
        "1. ",
        "\n",
        "\n\n",
        " ",
        "A:",
        "PLAN OF CARE",
        "He is 5. ",
        "No cough.",
        "--",
        "b",
      ],
    );
    const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 4, maxLength: 4 }), (sections) => {
        const note = composed(sections.map((pieces) => pieces.join("")));
        const document = documentOf(
          Object.fromEntries(note.sections.map(({ key, text: own }) => [key, own])),
        );
        expect(composeDocument(document)).toEqual(note);
      }),
      { numRuns: 2000 },
    );
  });

  it("gives the checks the statements and headings that they read from its text", () => {
    const samples = new URL("../../samples/", import.meta.url);
    const [file] = readdirSync(samples).filter((name) => name.endsWith(".txt"));
    const visits = [VISIT, readFileSync(new URL(file!, samples), "utf8")];
    const document = documentOf(NOTE);
    for (const visit of visits) {
      const whole = checkNote(visit, noteText(document));
      const lines = checkNote(visit, statementsOf(document));
      const bare = ({ statements, omissions }: typeof whole) => ({
        statements: statements.map((one) => ({ ...one, start: 0, end: 0 })),
        omissions,
      });
      expect(bare(lines)).toEqual(bare(whole));
    }
  });
});

describe("what the checks say", () => {
  const wrong = {
    subjective: "Takes lisinopril 40 mg daily. Takes metformin 500 mg. Feels well in general.",
    objective: "Vitals:\n- BP 142/88.",
  };

  it("links lines to their turns, and sets a generated line apart that the visit contradicts", () => {
    const document = checkedAgainst(VISIT, documentOf(wrong));
    const [dose, metformin] = document.lines;
    expect(dose).toMatchObject({ place: "apart", check: { verdict: "unsupported" } });
    expect(dose?.check?.reason).toContain("40 mg");
    expect(metformin?.check).toMatchObject({ verdict: "supported", turns: [3] });
    expect(noteText(document)).not.toContain("lisinopril");
    expect(sectionText(document, "subjective")).toMatch(/^Takes metformin/);
    expect(linesApart(document)).toEqual([dose]);
    expect(openLines(document)).toEqual([]);
  });

  it("moves no line that was checked before, or that the clinician wrote", () => {
    const document = documentOf({ subjective: "Takes lisinopril 20 mg daily." });
    const first = checkedAgainst(VISIT, document);
    const later = checkedAgainst(VISIT.replace("20 mg", "10 mg"), first);
    expect(later.lines[0]).toMatchObject({ place: "note", check: { verdict: "unsupported" } });
    expect(openLines(later).length).toBe(1);
    const typed = { ...document, lines: document.lines.map((l) => ({ ...l, edited: true })) };
    const own = checkedAgainst(VISIT.replace("20 mg", "10 mg"), typed);
    expect(own.lines[0]?.place).toBe("note");
  });

  it("never takes a heading alone for a statement", () => {
    const document = checkedAgainst(VISIT, documentOf({ plan: "Follow-up:" }));
    expect(statementsOf(document)).toEqual([]);
    expect(document.lines[0]?.check?.verdict).toBe("unchecked");
  });
});
