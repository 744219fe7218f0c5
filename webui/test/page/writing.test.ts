import { describe, expect, it } from "vitest";

import { composeExport } from "../../src/export/index.ts";
import { toMarkdown, toPlainText } from "../../src/export/text.ts";
import type { Note } from "../../src/scribe/note.ts";
import { texts } from "../../src/page/texts.ts";
import { makeNote, readyStage, type Stage } from "./fakes.ts";

/** A session with a note that a model has written. */
async function written(
  text = "The knee hurts. It is gout.",
  change: (note: Note) => Note = (note) => note,
): Promise<Stage> {
  const on = await readyStage();
  on.session.type("[doctor] hello");
  on.session.generate();
  on.client().notes[0]!.reply({ ok: true, value: change(makeNote(text, "done")) });
  await settled(on);
  return on;
}

async function settled(on: Stage): Promise<void> {
  for (let i = 0; i < 5; i++) await on.settle();
}

describe("a visit in parts", () => {
  it("keeps what the first part said while the next is read, and says which it is", async () => {
    const { session, client } = await readyStage();
    session.type("[doctor] hello");
    session.generate();
    const { update } = client().notes[0]!;
    update({ progress: { phase: "reading", done: 1, total: 9, part: 1, parts: 3 } });
    update({ note: makeNote("First.", "writing") });
    update({ progress: { phase: "reading", done: 1, total: 9, part: 2, parts: 3 } });
    expect(session.note.value?.text).toContain("First.");
    expect(session.status.value).toBe("Part 2 of 3: Reading the transcript");
    update({ progress: { phase: "writing", done: 0, total: 0, part: 2, parts: 3 } });
    expect(session.status.value).toBe("Part 2 of 3: Writing the note");
  });

  it("learns the steps of one part from a note of several", async () => {
    const on = await written("Gout.", (note) => ({
      ...note,
      parts: { total: 3, done: 3 },
      figures: { ...note.figures, steps: 300, prefixTokens: 900 },
    }));
    expect(on.session.note.value?.parts).toEqual({ total: 3, done: 3 });
    const one = on.session.pace.estimate(300, 1)!;
    expect(on.session.pace.estimate(900, 3)).toBeCloseTo(3 * one);
  });
});

describe("writing a section again", () => {
  it("asks for that section with the wish, and puts the result in its place, undoable", async () => {
    const on = await written();
    const before = on.session.editor.sections.value;
    void on.session.rewrite("plan", " shorter ");
    const { request, update, reply } = on.client().notes[1]!;
    expect(request).toMatchObject({ sections: ["plan"], instruction: " shorter " });
    expect(request.seed).toBeUndefined();
    expect(on.session.streaming.value).toBe(false);
    update({ note: makeNote("Rest", "writing") });
    expect(on.session.rewriting.value).toEqual({ section: "plan", text: "Rest" });
    expect(on.session.status.value).toBe("Writing Plan again");
    reply({ ok: true, value: makeNote("Rest the knee.", "done") });
    await settled(on);
    const after = on.session.editor.sections.value;
    expect(after.at(-1)?.text).toBe("Rest the knee.");
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(on.session.status.value).toMatch(/^Plan was written again/);
    on.session.editor.undo();
    expect(on.session.editor.sections.value).toEqual(before);
  });

  it("asks for other words each time", async () => {
    const on = await written();
    const seeds: (number | undefined)[] = [];
    for (const wish of ["", "", "shorter", "shorter"]) {
      void on.session.rewrite("plan", wish);
      const { request, reply } = on.client().notes.at(-1)!;
      seeds.push(request.seed);
      reply({ ok: true, value: makeNote("Rest.", "done") });
      await settled(on);
    }
    expect(seeds).toEqual([1, 2, undefined, 1]);
  });

  it.each([
    ["stopped", makeNote("Re", "stopped")],
    ["empty", makeNote("", "done")],
  ])("leaves the section as it was when the new text is %s", async (_why, note) => {
    const on = await written();
    const before = on.session.editor.document.value;
    void on.session.rewrite("plan");
    on.client().notes[1]!.reply({ ok: true, value: note });
    await settled(on);
    expect(on.session.editor.document.value).toBe(before);
    expect(on.session.status.value).toMatch(/stays as it was/);
  });

  it("leaves the section as it was when writing fails, and says why", async () => {
    const on = await written();
    const before = on.session.editor.document.value;
    void on.session.rewrite("plan", "x");
    const failure = { code: "instruction-too-long", message: "Shorten it." };
    on.client().notes[1]!.reply({ ok: false, failure });
    await settled(on);
    expect(on.session.editor.document.value).toBe(before);
    expect(on.session.alert.value?.message).toBe("Shorten it.");
    expect(on.session.rewriting.value).toBeNull();
    expect(on.session.busy.value).toBe(false);
  });

  it("does not reach into the next visit", async () => {
    const on = await written();
    void on.session.rewrite("plan");
    on.session.clear();
    on.client().notes[1]!.reply({ ok: true, value: makeNote("Rest.", "done") });
    await settled(on);
    expect(on.session.editor.document.value).toBeNull();
  });
});

describe("styles", () => {
  it("are what exports come out in, while FHIR and single sections keep the four", async () => {
    const { session } = await written();
    session.writing.choose("problems");
    const document = session.exporter.document()!;
    expect(document.sections.map(({ title }) => title)).toEqual([
      "Subjective",
      "Objective",
      "Assessment and plan",
    ]);
    expect(toPlainText(document)).toContain("ASSESSMENT AND PLAN\n\n");
  });

  it("take a template, or say what is wrong in it", async () => {
    const { session } = await written();
    const { writing } = session;
    writing.typeTemplate("A\n{{plans}}");
    writing.useTemplate();
    expect(writing.templateErrors.value).toEqual([{ line: 2, code: "unknown", name: "plans" }]);
    expect(writing.style.value).toBe("written");
    writing.typeTemplate("CLINIC\n{{plan}}");
    writing.useTemplate();
    expect(writing.style.value).toBe("own");
    const encounter = session.encounter();
    const styled = writing.styled(encounter.note!);
    const made = composeExport(encounter, texts.export.document, styled)!;
    expect(toMarkdown(made)).toContain("CLINIC");
    expect(toMarkdown(made)).not.toMatch(/^## *$/m);
  });

  it("learn from pasted notes", async () => {
    const { session } = await written();
    session.writing.learn();
    expect(session.writing.nothingLearned.value).toBe(true);
    session.writing.typeExamples("PLAN:\n- rest\n---\nHPI:\n- pain\nPLAN:\n- rest");
    session.writing.learn();
    expect(session.writing.learned.value?.headings).toEqual(["HPI", "PLAN"]);
    expect(session.writing.preview.value).toMatch(/PLAN\n\n- The knee hurts\./);
  });
});

describe("letters and codes", () => {
  it("are made from the note as it stands", async () => {
    const { session } = await written();
    const made = session.writing.letter("summary")!;
    expect(made.text).toContain("What we found\n- The knee hurts.\n- It is gout.");
    await session.writing.lookUp();
    const gout = session.editor.document.value!.lines.find(
      ({ section, text }) => section === "assessment" && text.includes("gout"),
    )!;
    expect(session.writing.codes.value).toMatchObject([{ code: "M10.9", line: gout.id }]);
  });

  it("have nothing to say without a note", async () => {
    const { session } = await readyStage();
    expect(session.writing.letter("letter")).toBeNull();
    await session.writing.lookUp();
    expect(session.writing.codes.value).toEqual([]);
  });
});
