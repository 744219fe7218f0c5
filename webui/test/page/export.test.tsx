// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, it } from "vitest";

import { App } from "../../src/page/app.tsx";
import { Exporter, type ExportHost } from "../../src/page/exporter.ts";
import { listenForPrint } from "../../src/page/print.tsx";
import type { CheckedNote, CheckedStatement } from "../../src/scribe/checks/types.ts";
import type { CheckRequest } from "../../src/worker-api.ts";
import { readyStage, type Stage } from "./fakes.ts";

beforeEach(() => {
  document.body.innerHTML = "<div id='app'></div>";
  sessionStorage.clear();
});

interface Copied {
  text: string;
  html: string | undefined;
}

interface ExportStage extends Stage {
  copied: Copied[];
  saved: { name: string; content: BlobPart }[];
  audited: string[];
  /** Whether the clipboard may be written without another click. */
  active: { now: boolean };
  prints: () => number;
}

/** Statements with 'wrong' in them are not in the visit. */
function judge({ statements }: CheckRequest): CheckedNote {
  const judged = statements.map(({ text, section }): CheckedStatement => {
    const wrong = text.includes("wrong");
    return {
      text,
      section,
      start: 0,
      end: 0,
      verdict: wrong ? "unsupported" : "supported",
      severity: wrong ? "minor" : null,
      kind: null,
      reason: wrong ? "'wrong' is not in the transcript" : null,
      turns: wrong ? [] : [0],
      contradicting: wrong ? [1] : [],
      claims: [],
    };
  });
  return { statements: judged, omissions: [] };
}

async function exportStage(...lines: string[]): Promise<ExportStage> {
  const copied: Copied[] = [];
  const saved: ExportStage["saved"] = [];
  const audited: string[] = [];
  const active = { now: true };
  let prints = 0;
  const on = await readyStage("", {
    copyText: async (text, html) => {
      copied.push({ text, html });
      return true;
    },
  });
  const host: ExportHost = {
    save: (name, _type, content) => void saved.push({ name, content }),
    print: () => void (prints += 1),
    mayCopy: () => active.now,
  };
  const { session } = on;
  Object.assign(session, { exporter: new Exporter(session, host) });
  session.audit = (event, detail) => void audited.push(`${event} ${detail ?? ""}`.trim());
  on.client().judge = judge;
  session.type("[doctor] Hello.\n[patient] My knee hurts.");
  await act(() => render(<App session={session} />, document.getElementById("app")!));
  await act(async () => {
    for (const line of lines) session.editor.add("plan", line);
    await on.settle();
  });
  audited.length = 0;
  return { ...on, copied, saved, audited, active, prints: () => prints };
}

const dialog = (): HTMLDialogElement => document.querySelector("dialog.export")!;

async function press(on: Stage, name: string, within: Element = document.body): Promise<void> {
  const found = [...within.querySelectorAll("button")].filter(
    (button) => (button.getAttribute("aria-label") ?? button.textContent).trim() === name,
  );
  expect(found.length, `buttons named ${name}`).toBe(1);
  await act(async () => {
    found[0]!.click();
    await on.settle();
  });
}

describe("copying", () => {
  it("copies the whole note as plain and rich text, with what is known of its review", async () => {
    const on = await exportStage("Rest.", "Ice <b>.");
    await press(on, "Copy note");
    expect(on.copied[0]!.text).toMatch(/^PLAN\n\nRest\.\nIce <b>\.\n\nDraft, not reviewed/);
    expect(on.copied[0]!.html).toContain("<p>Rest.<br/>Ice &lt;b&gt;.</p>");
    expect(on.session.status.value).toContain("on the clipboard");
    expect(on.audited).toEqual(["exported copy"]);
    expect(dialog().open).toBe(false);
  });

  it("copies one section, asking about its own marked lines alone", async () => {
    const on = await exportStage("It is wrong.");
    on.session.editor.add("assessment", "Sprain.");
    await act(on.settle);
    await press(on, "Copy Assessment");
    expect(on.copied[0]!.text).toMatch(/^Sprain\.\n\nDraft/);
    await press(on, "Copy Plan");
    expect(dialog().open).toBe(true);
    expect(on.copied.length).toBe(1);
  });
});

describe("the review before use", () => {
  it("goes through each marked line before the note is copied", async () => {
    const on = await exportStage("One wrong.", "Rest.", "Two wrong.", "Three wrong.");
    await press(on, "Copy note");
    expect(dialog().textContent).toContain("3 lines left");
    expect(dialog().textContent).toContain("'wrong' is not in the transcript");
    expect(dialog().textContent).toContain("My knee hurts.");
    expect(document.activeElement?.textContent).toContain("One wrong.");
    await press(on, "Keep as it is", dialog());
    expect(dialog().textContent).toContain("2 lines left");
    await press(on, "Remove", dialog());
    expect(dialog().textContent).toContain("1 line left");
    expect(on.copied).toEqual([]);
    await press(on, "Correct", dialog());
    const area = dialog().querySelector("textarea")!;
    area.value = "Still wrong.";
    await press(on, "Save the correction", dialog());
    expect(dialog().textContent, "a correction is checked too").toContain("Still wrong.");
    await press(on, "Correct", dialog());
    dialog().querySelector("textarea")!.value = "Right.";
    await press(on, "Save the correction", dialog());
    expect(dialog().open).toBe(false);
    expect(on.copied[0]!.text).toMatch(/^PLAN\n\nOne wrong\.\nRest\.\nRight\.\n\nDraft/);
  });

  it("waits for another click where the browser wants one", async () => {
    const on = await exportStage("One wrong.");
    on.active.now = false;
    await press(on, "Copy note");
    await press(on, "Keep as it is", dialog());
    expect(on.copied).toEqual([]);
    await press(on, "Copy now", dialog());
    expect(on.copied.length).toBe(1);
    expect(dialog().open).toBe(false);
  });

  it("exports nothing when it is closed", async () => {
    const on = await exportStage("One wrong.");
    await press(on, "Copy note");
    await press(on, "Close", dialog());
    await press(on, "Keep as it is");
    expect(on.copied).toEqual([]);
    expect(dialog().open).toBe(false);
  });

  it("keeps a line under correction that was not changed", async () => {
    const on = await exportStage("One wrong.");
    await press(on, "Copy note");
    await press(on, "Correct", dialog());
    await press(on, "Save the correction", dialog());
    expect(dialog().textContent).toContain("1 line left");
    expect(on.session.editor.document.value!.lines[0]!.edited).toBe(false);
  });
});

describe("files", () => {
  it.each([
    ["Plain text", ".txt"],
    ["Markdown", ".md"],
    ["FHIR R4 document", ".fhir.json"],
  ])("saves %s under a name that tells nothing of the patient", async (label, end) => {
    const on = await exportStage("Rest.");
    await press(on, "Export");
    const choice = [...dialog().querySelectorAll("button")].find(({ textContent }) =>
      textContent.startsWith(label),
    )!;
    await act(async () => {
      choice.click();
      await on.settle();
    });
    expect(on.saved[0]!.name).toMatch(/^visit-note-\d{4}-\d{2}-\d{2}\./);
    expect(on.saved[0]!.name.endsWith(end)).toBe(true);
    expect(on.saved[0]!.content).toContain("Rest.");
    expect(on.session.status.value).toContain(on.saved[0]!.name);
    expect(on.audited[0]).toMatch(/^exported (txt|md|fhir)$/);
    expect(dialog().open).toBe(false);
  });

  it("says in the menu how many lines are asked about first, and takes a title", async () => {
    const on = await exportStage("One wrong.", "Two wrong.");
    await press(on, "Export");
    expect(dialog().textContent).toContain("2 marked lines");
    expect(dialog().textContent).toContain("Draft, not reviewed");
    const title = dialog().querySelector("input")!;
    await act(() => {
      title.value = "Knee";
      title.dispatchEvent(new Event("input", { bubbles: true }));
    });
    expect(on.session.title.value).toBe("Knee");
  });
});

describe("printing", () => {
  it("prints the note alone, and not before each marked line is decided on", async () => {
    const on = await exportStage("Rest.", "One wrong.");
    listenForPrint(on.session);
    const sheet = (): string => document.querySelector(".print-sheet")?.textContent ?? "";
    dispatchEvent(new Event("beforeprint"));
    expect(sheet()).toContain("nobody has decided on");
    expect(sheet()).not.toContain("Rest.");
    dispatchEvent(new Event("afterprint"));
    expect(document.querySelector(".print-sheet")).toBeNull();
    await act(async () => {
      on.session.editor.keep(on.session.editor.open.value[0]!.id);
      await on.settle();
    });
    dispatchEvent(new Event("beforeprint"));
    expect(sheet()).toMatch(
      /^Draft, not reviewed.*Visit note.*Plan.*Rest\..*Reviewed and signed by/s,
    );
    dispatchEvent(new Event("afterprint"));
  });
});

describe("signing", () => {
  it("asks for a name, locks the note, and says in each export who signed and when", async () => {
    const on = await exportStage("One wrong.");
    await press(on, "Sign");
    await press(on, "Keep as it is", dialog());
    expect(document.activeElement?.textContent).toBe("Sign the note");
    await press(on, "Sign and lock", dialog());
    expect(dialog().querySelector("[role=alert]")!.textContent).toContain("Type your name");
    const name = dialog().querySelector("input")!;
    await act(() => {
      name.value = " Dr. A. Example ";
      name.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await press(on, "Sign and lock", dialog());
    await act(() => new Promise((resolve) => setTimeout(resolve, 50))); // its digest
    expect(dialog().open).toBe(false);
    expect(on.session.editor.document.value!.signature?.name).toBe("Dr. A. Example");
    expect(on.audited).toContain("signed");
    expect(sessionStorage.getItem("signer")).toBe("Dr. A. Example");
    await press(on, "Copy note");
    expect(on.copied[0]!.text).toMatch(
      /One wrong\.\n\nReviewed and signed by Dr\. A\. Example on /,
    );
  });
});
