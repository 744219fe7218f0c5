// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, it } from "vitest";

import { App } from "../../src/page/app.tsx";
import { checkNote } from "../../src/scribe/checks/index.ts";
import { composeNote, SHOWN_KEYS, type ShownKey } from "../../src/scribe/sections.ts";
import { VISIT } from "../note/fixtures.ts";
import { makeNote, readyStage, type Stage } from "./fakes.ts";

beforeEach(() => void (document.body.innerHTML = "<div id='app'></div>"));

const NOTE = {
  subjective: "Medications:\n- Takes lisinopril 40 mg daily.\n- Takes metformin 500 mg.",
  objective: "BP 142/88.",
  assessment: "Return visit booked.",
};

/** A page with a visit, and a model and checks that answer at once. */
async function pageWith(sections: Partial<Record<ShownKey, string>> | null): Promise<Stage> {
  const on = await readyStage();
  on.client().judge = ({ transcript, statements }) => {
    const checked = checkNote(transcript, statements);
    const standing = statements.filter(({ apart }) => !apart);
    return { ...checked, omissions: checkNote(transcript, standing).omissions };
  };
  await act(async () => {
    render(<App session={on.session} />, document.getElementById("app")!);
    on.session.type(VISIT);
  });
  if (sections) await write(on, sections);
  return on;
}

async function write(on: Stage, sections: Partial<Record<ShownKey, string>>): Promise<void> {
  const parts = SHOWN_KEYS.map((shown) => ({ shown, text: sections[shown] ?? "" }));
  const composed = composeNote(parts);
  const note = {
    ...makeNote("", "done"),
    ...composed,
    sections: composed.sections.map((section) => ({ ...section, state: "done" as const })),
  };
  await act(async () => {
    on.session.generate();
    on.client().notes.at(-1)!.reply({ ok: true, value: note });
    await on.settle();
  });
}

const lines = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".line")];

function line(words: string): HTMLElement {
  const found = lines().filter((one) => one.querySelector(".words")?.textContent?.includes(words));
  expect(found.length, `lines with ${words}`).toBe(1);
  return found[0]!;
}

function button(name: string, within: ParentNode = document): HTMLButtonElement {
  const found = [...within.querySelectorAll("button")].filter(
    (one) => (one.getAttribute("aria-label") ?? one.textContent?.trim()) === name,
  );
  expect(found.length, `buttons named ${name}`).toBe(1);
  return found[0]!;
}

const described = (element: HTMLElement): string =>
  document.getElementById(element.getAttribute("aria-describedby")!)!.textContent ?? "";

const editor = (): HTMLTextAreaElement =>
  document.querySelector<HTMLTextAreaElement>(".line-editor")!;

const key = (element: Element, name: string, more: KeyboardEventInit = {}) =>
  element.dispatchEvent(
    new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more }),
  );

async function press(on: Stage, what: () => void): Promise<void> {
  await act(async () => {
    what();
    await on.settle();
  });
  await act(() => new Promise<void>((done) => setTimeout(done, 40))); // the focus moves with the next frame
}

describe("a note that was checked", () => {
  it("tells for each line what the checks found, in words", async () => {
    await pageWith(NOTE);
    const metformin = line("metformin");
    expect(metformin.dataset).toMatchObject({ support: "supported", turns: "3" });
    expect(described(metformin)).toContain("Found in the visit");
    expect(metformin.closest("li")?.querySelector(".marker")?.textContent).toBe("•");
    const expected = line("Return visit booked");
    expect(expected.dataset).toMatchObject({ support: "unchecked" });
    expect(expected.querySelector(".source")).toBeNull();
    const text = document.querySelector("[aria-live=polite].sr-only")?.textContent;
    expect(text).toBe("1 line is not found in the visit.");
    expect(document.body.textContent).not.toMatch(/verified/i);
  });

  it("keeps an unsupported line below the text until it is put in", async () => {
    const on = await pageWith(NOTE);
    const apart = line("40 mg");
    expect(apart.closest(".apart")).not.toBeNull();
    expect(apart.dataset).toMatchObject({ support: "unsupported", place: "apart" });
    expect(described(apart)).toContain("40 mg");
    expect(on.session.editor.text.value).not.toContain("lisinopril");
    expect(document.querySelector(".lines h4")?.textContent).toBe("Medications");
    await press(on, () => button("Put in: Takes lisinopril 40 mg daily.").click());
    expect(document.querySelector(".apart")).toBeNull();
    expect(on.session.editor.text.value).toContain("Medications:\n- Takes lisinopril 40 mg daily.");
    expect(line("40 mg").dataset).toMatchObject({ support: "unsupported", place: "note" });
    expect(on.session.editor.open.value).toEqual([]);
  });

  it("lists what was said and is missing, and takes it over", async () => {
    const on = await pageWith(NOTE);
    const omissions = document.querySelector(".omissions")!;
    expect(omissions.textContent).toContain("penicillin");
    await press(on, () => button("Insert 'penicillin' into Subjective", omissions).click());
    expect(line("penicillin").dataset.support).toBe("supported");
    expect(document.querySelector(".omissions")?.textContent ?? "").not.toContain("penicillin");
  });
});

describe("evidence", () => {
  it("lights up the turns of a line under the pointer or with the focus", async () => {
    const on = await pageWith(NOTE);
    const lit = () =>
      [...document.querySelectorAll<HTMLElement>(".turn.lit")].map((t) => t.dataset.turn);
    expect(lit()).toEqual([]);
    await press(on, () => void line("metformin").dispatchEvent(new Event("pointerenter")));
    expect(lit()).toEqual(["3"]);
    await press(on, () => void line("metformin").dispatchEvent(new Event("pointerleave")));
    expect(lit()).toEqual([]);
    await press(on, () => line("BP 142").focus());
    expect(lit()).toEqual(["4"]);
  });

  it("stands beside the text box, which stays in the page and edits on", async () => {
    const on = await pageWith(NOTE);
    expect(document.querySelectorAll(".turn").length).toBe(5);
    const area = document.querySelector<HTMLTextAreaElement>("#transcript")!;
    expect(area.value).toBe(VISIT);
    await press(on, () => button("Edit", document.querySelector(".modes")!).click());
    expect(document.querySelector(".turn")).toBeNull();
    expect(document.activeElement).toBe(area);
    await press(on, () => line("metformin").click());
    expect(document.querySelectorAll(".turn").length).toBe(5);
  });
});

describe("editing", () => {
  async function edit(on: Stage, words: string, text: string, end: () => void): Promise<void> {
    await press(on, () => void key(line(words), "Enter"));
    expect(document.activeElement).toBe(editor());
    editor().value = text;
    await press(on, end);
  }
  const save = (): void => void key(editor(), "Enter", { ctrlKey: true });

  it("opens with Enter, saves with Ctrl+Enter and checks again", async () => {
    const on = await pageWith(NOTE);
    const notes = on.client().notes.length;
    await edit(on, "metformin", "Takes metformin 850 mg.", save);
    expect(editor()).toBeNull();
    expect(line("metformin").dataset.support).toBe("unsupported");
    expect(described(line("metformin"))).toContain("850 mg");
    expect(document.activeElement).toBe(line("metformin"));
    expect(on.client().notes.length).toBe(notes);
    expect(on.session.editor.open.value.length).toBe(1);
    await press(on, () => button("Keep as it is", line("metformin")).click());
    expect(on.session.editor.open.value.length).toBe(0);
    expect(described(line("metformin"))).toContain("Kept");
  });

  it("leaves a line as it was with Escape, and saves it when it is left", async () => {
    const on = await pageWith(NOTE);
    await edit(on, "metformin", "Nothing.", () => void key(editor(), "Escape"));
    expect(line("metformin").textContent).toContain("500 mg");
    await press(on, () => void line("metformin").dispatchEvent(new MouseEvent("dblclick")));
    editor().value = "Takes metformin 500 mg twice daily.";
    await press(on, () => editor().blur());
    expect(line("metformin").textContent).toContain("twice daily");
  });

  it("is undone and done again, by keys and by buttons", async () => {
    const on = await pageWith(NOTE);
    const pane = document.querySelector(".pane.note")!;
    await edit(on, "metformin", "Takes aspirin.", save);
    await press(on, () => void key(pane, "z", { ctrlKey: true }));
    expect(line("metformin").dataset.support).toBe("supported");
    await press(on, () => void key(pane, "Z", { ctrlKey: true, shiftKey: true }));
    line("aspirin");
    await press(on, () => button("Undo").click());
    line("metformin");
    await press(on, () => button("Redo").click());
    line("aspirin");
  });

  it("removes a line and gives the focus to the next one", async () => {
    const on = await pageWith(NOTE);
    await press(on, () => button("Remove", line("BP 142")).click());
    expect(on.session.editor.text.value).not.toContain("142");
    expect(document.activeElement).toBe(line("Return visit booked"));
  });

  it("adds a line, with no note there yet, and checks it", async () => {
    const on = await pageWith(null);
    await press(on, () => button("Add a line to Plan").click());
    editor().value = "Lisinopril 40 mg daily.";
    await press(on, save);
    expect(line("Lisinopril").dataset).toMatchObject({ support: "unsupported", place: "note" });
    expect(on.session.editor.text.value).toBe("PLAN\n\nLisinopril 40 mg daily.");
    expect(document.activeElement).toBe(button("Add a line to Plan"));
  });

  it("shows markup in a line and in the visit as text", async () => {
    const on = await pageWith(NOTE);
    await edit(on, "metformin", "<img src=x onerror=alert(1)> <b>bold</b>", save);
    await press(on, () => on.session.type(`${VISIT}\n[patient] <script>alert(1)</script>`));
    expect(document.querySelector("img, b, script")).toBeNull();
    line("<b>bold</b>");
    expect(document.querySelector(".turns")?.textContent).toContain("<script>");
  });
});

describe("another note", () => {
  it("takes the place of an edited one, says so, and gives it back", async () => {
    const on = await pageWith(NOTE);
    await press(on, () => on.session.editor.add("plan", "Return in two weeks."));
    await write(on, { plan: "Rest." });
    expect(line("Rest.").textContent).toContain("Rest.");
    expect(document.querySelector(".notice")?.textContent).toContain("you had worked on");
    await press(on, () => button("Bring back the earlier note").click());
    line("Return in two weeks.");
    expect(document.querySelector(".pane.note .notice")).toBeNull();
  });

  it("never takes the place of one when it was stopped before its first word", async () => {
    const on = await pageWith(NOTE);
    await act(async () => {
      on.session.generate();
      on.client()
        .notes.at(-1)!
        .reply({ ok: true, value: makeNote("", "stopped") });
      await on.settle();
    });
    line("metformin");
  });
});

describe("a signed note", () => {
  it("is locked until the signature is taken off by an own action", async () => {
    const on = await pageWith(NOTE);
    await press(on, () => void on.session.editor.sign("Dr. Ada"));
    expect(document.querySelector(".signed")?.textContent).toContain("Dr. Ada");
    expect(document.querySelector(".tools, .add-line")).toBeNull();
    await press(on, () => void key(line("metformin"), "Enter"));
    expect(editor()).toBeNull();
    await press(on, () => button("Take the signature off and change the note").click());
    expect(on.session.editor.document.value?.signature).toBeNull();
    expect(document.querySelectorAll(".add-line").length).toBe(4);
  });
});
