import fc from "fast-check";
import { describe, expect, it } from "vitest";

import * as edits from "../../src/note/edits.ts";
import * as history from "../../src/note/history.ts";
import { groupOf, omissionLine } from "../../src/note/omissions.ts";
import { isIntact, signable, signatureFor } from "../../src/note/signing.ts";
import { noteText, sectionText } from "../../src/note/text.ts";
import type { NoteDocument } from "../../src/note/types.ts";
import { SHOWN_KEYS } from "../../src/scribe/sections.ts";
import { splitTurns } from "../../src/scribe/transcript.ts";
import { checkedAgainst, counter, documentOf, idOf, VISIT } from "./fixtures.ts";

const text = (plan: string) => {
  const newId = counter();
  const document = documentOf({ plan }, newId);
  const after = (next: NoteDocument) => sectionText(next, "plan");
  return { document, newId, after, id: (words: string) => idOf(document, words) };
};

describe("editing a line", () => {
  it("keeps its place and layout, and marks it as edited and unchecked", () => {
    const { document, newId, after, id } = text("- Rest.\n- Ice.");
    const next = edits.editLine(document, id("Rest"), "  Rest for two days. ", newId);
    expect(after(next)).toBe("- Rest for two days.\n- Ice.");
    expect(next.lines[0]).toMatchObject({ id: id("Rest"), edited: true, check: null });
    expect(document.lines[0]?.text).toBe("Rest.");
    expect(edits.editLine(document, id("Rest"), "Rest.", newId)).toBe(document);
  });

  it("makes a line of each statement, and the first keeps the id", () => {
    const { document, newId, after, id } = text("- Rest.\n- Ice.");
    const next = edits.editLine(
      document,
      id("Rest"),
      "- Rest. Call if worse.\nALLERGIES\nNone.",
      newId,
    );
    expect(next.lines.map((line) => line.text)).toEqual([
      "Rest.",
      "Call if worse.",
      "None.",
      "Ice.",
    ]);
    expect(next.lines[0]?.id).toBe(id("Rest"));
    expect(after(next)).toBe("- Rest. Call if worse.\nALLERGIES\nNone.\n- Ice.");
  });

  it("removes it when nothing is left", () => {
    const { document, newId, after, id } = text("- Rest.\n- Ice.");
    expect(after(edits.editLine(document, id("Rest"), "  ", newId))).toBe("- Ice.");
  });
});

describe("removing a line", () => {
  it.each([
    ["A one. B two. C three.", "A one", "B two. C three."],
    ["A one. B two. C three.", "B two", "A one. C three."],
    ["Exam:\n- A one.\n- B two.", "A one", "Exam:\n- B two."],
    ["- A one. B two.\n- C three.", "A one", "- B two.\n- C three."],
    [
      "A one.\n\nEXAMINATION\n\nB two.\n\nOrders:\nC three.",
      "B two",
      "A one.\n\nOrders:\nC three.",
    ],
    ["A one.\n\nB two. C three.", "B two", "A one.\n\nC three."],
    ["1. A one.\n2. B two.\n3. C three.", "A one", "1. B two.\n2. C three."],
    ["1. A one. More.\n2. B two.\n3. C three.", "B two", "1. A one. More.\n2. C three."],
    ["3. A one.\n7. B two.\n9. C three.", "B two", "3. A one.\n9. C three."],
  ])("of %j without %j leaves %j", (plan, gone, left) => {
    const { document, after, id } = text(plan);
    expect(after(edits.removeLine(document, id(gone)))).toBe(left);
  });
});

describe("adding", () => {
  it.each([
    ["", "Rest.", "Rest."],
    ["Rest.", "Ice.", "Rest.\nIce."],
    ["- Rest.", "- Ice.", "- Rest.\n- Ice."],
    ["1. Rest.\n2. Ice.", "Heat.", "1. Rest.\n2. Ice.\n3. Heat."],
    ["Rest.", "Orders:\n- MRI.", "Rest.\nOrders:\n- MRI."],
  ])("to %j the text %j gives %j", (plan, added, whole) => {
    const { document, newId, after } = text(plan);
    expect(after(edits.addLines(document, "plan", added, "typed", newId))).toBe(whole);
  });
});

describe("a line set apart", () => {
  const wrong = "Takes lisinopril 40 mg daily. Takes metformin 500 mg.";

  it("is put in where it stood, and counts as decided", () => {
    const document = checkedAgainst(VISIT, documentOf({ subjective: wrong }));
    const id = idOf(document, "40 mg");
    const next = edits.putInLine(document, id);
    expect(sectionText(next, "subjective")).toBe(wrong);
    expect(next.lines[0]?.kept).toBe(true);
    expect(edits.putInLine(next, id)).toBe(next);
  });

  it("comes in with a corrected text", () => {
    const document = checkedAgainst(VISIT, documentOf({ subjective: wrong }));
    const next = edits.editLine(
      document,
      idOf(document, "40 mg"),
      "Lisinopril 20 mg daily.",
      counter(),
    );
    expect(sectionText(next, "subjective")).toMatch(/^Lisinopril 20 mg daily\. Takes/);
    expect(checkedAgainst(VISIT, next).lines[0]?.check?.verdict).toBe("supported");
  });
});

describe("omissions", () => {
  const turns = splitTurns(VISIT);

  it("go into the section where they belong, and off the list", () => {
    const document = checkedAgainst(VISIT, documentOf({ plan: "Rest." }));
    const groups = document.omissions.map(groupOf);
    expect(new Set(groups)).toEqual(new Set(["medications", "allergies", "results"]));
    let next = document;
    while (next.omissions[0]) {
      const line = omissionLine(next.omissions[0], turns);
      next = edits.insertOmission(next, 0, line, counter());
    }
    expect(noteText(next)).toMatch(/Allergy: penicillin\./);
    expect(sectionText(next, "subjective")).toMatch(/Lisinopril\./);
    expect(sectionText(next, "objective")).toContain("142/88");
    const checked = checkedAgainst(VISIT, next);
    expect(checked.omissions).toEqual([]);
    expect(checked.lines.filter(({ check }) => check?.verdict === "unsupported")).toEqual([]);
  });

  it("that only the clinician spoke of are plans", () => {
    const omission = { kind: "medication", text: "amoxicillin", turns: [4] } as const;
    expect(omissionLine({ ...omission, turns: [4] }, turns).section).toBe("plan");
    expect(omissionLine({ ...omission, turns: [3, 4] }, turns).section).toBe("subjective");
    expect(omissionLine({ ...omission, turns: [] }, turns).section).toBe("subjective");
  });
});

describe("a signed note", () => {
  it("is locked, and tells whether its text is the signed one", async () => {
    const { document, newId, id } = text("Rest. Ice.");
    expect(signable(document)).toBe(true);
    const signature = await signatureFor(document, " Dr. Ada ", new Date("2026-01-02T03:04:05Z"));
    expect(signature).toMatchObject({ name: "Dr. Ada", at: "2026-01-02T03:04:05.000Z" });
    expect(signature.digest).toMatch(/^[0-9a-f]{64}$/);
    const signed = { ...document, signature };
    expect(edits.editLine(signed, id("Rest"), "Run.", newId)).toBe(signed);
    expect(edits.removeLine(signed, id("Rest"))).toBe(signed);
    expect(edits.addLines(signed, "plan", "More.", "typed", newId)).toBe(signed);
    expect(edits.replaceSection(signed, "plan", "More.", newId)).toBe(signed);
    expect(edits.keepLine(signed, id("Rest"))).toBe(signed);
    expect(await isIntact(signed)).toBe(true);
    const lines = signed.lines.map((line) => ({ ...line, text: line.text.toUpperCase() }));
    expect(await isIntact({ ...signed, lines })).toBe(false);
  });

  it("needs a decision on each marked line first", () => {
    const document = documentOf({ subjective: "Takes lisinopril 40 mg daily." });
    const typed = { ...document, lines: document.lines.map((l) => ({ ...l, edited: true })) };
    const marked = checkedAgainst(VISIT, typed);
    expect(signable(marked)).toBe(false);
    expect(signable(edits.keepLine(marked, idOf(marked, "40")))).toBe(true);
  });
});

describe("undo and redo", () => {
  it("bring back every step, whatever was done", () => {
    const words = fc.constantFrom("Rest.", "A one. B two.", "- x", "", "Exam:", "1. Run.\n2. Go.");
    const step = fc.record({
      does: fc.constantFrom("edit", "remove", "keep", "putIn", "add", "replace"),
      at: fc.nat(20),
      section: fc.constantFrom(...SHOWN_KEYS),
      words,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const newId = counter();
        let now = history.begin(
          checkedAgainst(VISIT, documentOf({ subjective: "Takes lisinopril 40 mg. Well." }, newId)),
        );
        const seen = [now.present];
        for (const { does, at, section, words: given } of steps) {
          const { present } = now;
          const id = present.lines[at % Math.max(1, present.lines.length)]?.id ?? "";
          const next = {
            edit: () => edits.editLine(present, id, given, newId),
            remove: () => edits.removeLine(present, id),
            keep: () => edits.keepLine(present, id),
            putIn: () => edits.putInLine(present, id),
            add: () => edits.addLines(present, section, given, "typed", newId),
            replace: () => edits.replaceSection(present, section, given, newId),
          }[does]();
          const ids = next.lines.map((line) => line.id);
          expect(new Set(ids).size).toBe(ids.length);
          if (next === present) continue;
          now = history.record(now, next);
          seen.push(next);
        }
        const last = seen.length - 1;
        for (let i = last; i >= 0; i--, now = history.undo(now)) expect(now.present).toBe(seen[i]);
        for (let i = 0; i <= last; i++, now = history.redo(now)) expect(now.present).toBe(seen[i]);
      }),
      { numRuns: 300 },
    );
  });
});
