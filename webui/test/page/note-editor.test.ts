import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it } from "vitest";

import { NoteEditor } from "../../src/page/note-editor.ts";
import { checkNote } from "../../src/scribe/checks/index.ts";
import type { CheckedNote } from "../../src/scribe/checks/types.ts";
import type { CheckRequest } from "../../src/worker-api.ts";
import { VISIT } from "../note/fixtures.ts";

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

const SECTIONS = [
  { key: "subjective", text: "Takes lisinopril 20 mg daily.", state: "done" },
] as const;

let asked: { request: CheckRequest; answer: (checked: CheckedNote | null) => void }[];
let told: string[];

beforeEach(() => {
  asked = [];
  told = [];
});

function editorOf(transcript = signal(VISIT)) {
  const editor = new NoteEditor({
    transcript,
    check: (request) => new Promise((answer) => asked.push({ request, answer })),
    changed: (what) => told.push(what),
  });
  return { editor, transcript };
}

async function answer(index: number): Promise<void> {
  const { request, answer: give } = asked[index]!;
  give(checkNote(request.transcript, request.statements));
  await settle();
}

async function written() {
  const made = editorOf();
  const taken = made.editor.take(SECTIONS);
  await answer(0);
  await taken;
  return made;
}

const verdicts = (editor: NoteEditor) =>
  editor.document.value?.lines.map(({ check }) => check?.verdict);

describe("the editor's checks", () => {
  it("answer for the note as it stands: one question at a time, stale answers dropped", async () => {
    const { editor } = await written();
    const id = editor.document.value!.lines[0]!.id;
    editor.edit(id, "Takes lisinopril 30 mg daily.");
    editor.edit(id, "Takes lisinopril 40 mg daily.");
    editor.add("plan", "Continue metformin.");
    expect(asked.length).toBe(2);
    expect(editor.checking.value).toBe("running");
    await answer(1);
    expect(verdicts(editor)).toEqual([undefined, undefined]);
    expect(asked.length).toBe(3);
    await answer(2);
    expect(verdicts(editor)).toEqual(["unsupported", "supported"]);
    expect(editor.checking.value).toBe("idle");
    expect(asked.length).toBe(3);
    expect(told).toEqual(["edited", "edited", "edited"]);
  });

  it("run again for another transcript, and once they can be had", async () => {
    const { editor, transcript } = await written();
    editor.recheckIfStale();
    expect(asked.length).toBe(1);
    transcript.value = VISIT.replace("20 mg", "10 mg");
    editor.recheckIfStale();
    asked[1]!.answer(null);
    await settle();
    expect(editor.checking.value).toBe("failed");
    expect(verdicts(editor)).toEqual(["supported"]);
    editor.recheckIfStale();
    await answer(2);
    expect(verdicts(editor)).toEqual(["unsupported"]);
    expect(editor.document.value?.lines[0]?.place).toBe("note");
  });

  it("answer nothing for a visit that was left", async () => {
    const { editor } = editorOf();
    let current = true;
    const taken = editor.take(SECTIONS, () => current);
    current = false;
    await answer(0);
    await taken;
    expect(editor.document.value).toBeNull();
    editor.add("plan", "Rest.");
    editor.reset();
    await answer(1);
    expect(editor.document.value).toBeNull();
    expect(editor.checking.value).toBe("idle");
  });

  it("leave a note unchecked, and there, when they fail", async () => {
    const { editor } = editorOf();
    const taken = editor.take(SECTIONS);
    asked[0]!.answer(null);
    await taken;
    expect(verdicts(editor)).toEqual([undefined]);
    expect(editor.missing.value).toBeNull();
    expect(editor.checking.value).toBe("failed");
  });
});

describe("signing", () => {
  it("waits for checks and decisions, locks, and survives undo", async () => {
    const { editor } = await written();
    const id = editor.document.value!.lines[0]!.id;
    editor.edit(id, "Takes lisinopril 40 mg daily.");
    expect(await editor.sign("Dr. Ada")).toBe(false);
    await answer(1);
    expect(await editor.sign("Dr. Ada")).toBe(false);
    editor.keep(id);
    await answer(2);
    expect(await editor.sign(" ")).toBe(false);
    expect(await editor.sign("Dr. Ada")).toBe(true);
    const signed = editor.document.value;
    editor.undo();
    editor.remove(id);
    editor.recheck();
    expect(editor.document.value).toBe(signed);
    expect(asked.length).toBe(3);
    editor.amend();
    expect(editor.document.value?.signature).toBeNull();
    editor.undo();
    expect(editor.document.value?.signature).toEqual(signed?.signature);
    expect(told.at(-1)).toBe("edited");
    expect(told).toContain("signed");
  });
});

describe("a stored note", () => {
  it("comes back as it was, with nothing to undo", async () => {
    const { editor } = await written();
    const stored = editor.document.value;
    const { editor: other } = editorOf();
    other.add("plan", "Rest.");
    other.reset(stored);
    expect(other.document.value).toBe(stored);
    expect(other.canUndo.value).toBe(false);
    expect(other.text.value).toBe("SUBJECTIVE\n\nTakes lisinopril 20 mg daily.");
  });
});
