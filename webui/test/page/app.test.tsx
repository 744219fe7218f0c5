// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { App } from "../../src/page/app.tsx";
import { listenForKeys } from "../../src/page/keys.ts";
import { renderShell } from "../../src/page/shell.tsx";
import { makeNote, readyStage, stage, type Stage } from "./fakes.ts";

beforeEach(() => void (document.body.innerHTML = "<div id='app'></div>"));

const app = (): HTMLElement => document.getElementById("app")!;

async function show(on: Stage): Promise<Stage> {
  await act(() => render(<App session={on.session} />, app()));
  return on;
}

function button(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll("button")].filter(
    ({ textContent }) => textContent?.trim() === name,
  );
  expect(found.length, `buttons named ${name}`).toBe(1);
  return found[0]!;
}

/** A region by its accessible name. */
function region(name: string): HTMLElement {
  const found = [...document.querySelectorAll<HTMLElement>("section[aria-labelledby]")].filter(
    (section) =>
      document.getElementById(section.getAttribute("aria-labelledby")!)?.textContent === name,
  );
  expect(found.length, `regions named ${name}`).toBe(1);
  return found[0]!;
}

const status = (): string => document.querySelector("[role=status]")!.textContent;
const alertText = (): string => document.querySelector("[role=alert]")!.textContent;

async function type(text: string): Promise<void> {
  const area = document.querySelector<HTMLTextAreaElement>("#transcript")!;
  await act(() => {
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

describe("the static page", () => {
  it("holds headings, regions, the text box and the buttons before any script runs", () => {
    document.body.innerHTML = renderShell().html;
    for (const name of ["Visit", "Note", "Subjective", "Objective", "Assessment", "Plan"])
      region(name);
    for (const name of ["Generate note", "Stop", "Copy note"]) button(name);
    expect(document.querySelector("label[for=transcript]")?.textContent).toBe("Transcript");
    expect(document.querySelector("h1")?.textContent).toBe("Visit scribe");
    expect(document.body.textContent).toContain("review and correct the whole note");
    expect(document.querySelector("[role=status]")).not.toBeNull();
    expect(document.querySelector("[role=alert]")?.childElementCount).toBe(0);
  });

  it("needs neither inline script nor inline style, which the policy forbids", () => {
    const { html } = renderShell();
    expect(html).not.toMatch(/<script|<style|\sstyle=|\son\w+=/i);
  });

  it("is what the app renders first, so that taking over moves nothing", async () => {
    await show(stage());
    const rendered = document.createElement("div");
    rendered.innerHTML = renderShell().html;
    const skeleton = (root: Element): string[] =>
      [...root.querySelectorAll("*")].map(
        ({ tagName, className, id }) => `${tagName}#${id}.${String(className)}`,
      );
    expect(skeleton(app())).toEqual(skeleton(rendered));
  });
});

describe("the page", () => {
  it("writes a note as a clinician would ask for it", async () => {
    const { client, settle } = await show(await readyStage());
    expect(status()).toContain("Ready");
    expect(status()).toContain("CPU, 2 threads");
    expect(status()).toContain("Small model");
    expect(button("Stop").disabled).toBe(true);
    await type("[patient] my knee hurts");
    await act(() => button("Generate note").click());
    const { update, reply } = client().notes[0]!;
    expect(button("Generate note").disabled).toBe(true);
    await act(() => update({ note: makeNote("Knee pa", "writing") }));
    expect(region("Plan").textContent).toContain("Knee pa");
    expect(region("Plan").textContent).toContain("writing");
    expect(region("Plan").getAttribute("aria-busy")).toBe("true");
    await act(() => button("Stop").click());
    expect(client().stops).toBe(1);
    await act(async () => {
      reply({ ok: true, value: makeNote("Knee pain.", "stopped") });
      await settle();
    });
    expect(region("Subjective").textContent).toContain("stopped");
    expect(button("Copy note").disabled).toBe(false);
  });

  it("shows markup in a transcript and in a note as text", async () => {
    const { client, settle } = await show(await readyStage());
    await type("<img src=x onerror=alert(1)>");
    await act(() => button("Generate note").click());
    await act(async () => {
      client().notes[0]!.reply({ ok: true, value: makeNote("<b>bold</b>", "done") });
      await settle();
    });
    expect(region("Plan").querySelector("b, img")).toBeNull();
    expect(region("Plan").textContent).toContain("<b>bold</b>");
  });

  it("shows an error in the alert region with the buttons that help", async () => {
    const { client, session, settle } = await show(await readyStage());
    await type("long");
    await act(() => button("Generate note").click());
    const message = "This transcript has 9,000 words, and about 3,100 fit.";
    await act(async () => {
      client().notes[0]!.reply({ ok: false, failure: { code: "transcript-too-long", message } });
      await settle();
    });
    expect(alertText()).toContain(message);
    await act(async () => {
      button("Keep the start").click();
      await settle();
    });
    expect(session.transcript.value).toBe("the end");
    expect(alertText()).toBe("");
    button("Bring back the earlier text");
  });

  it("offers models only where there are several, and marks a test model", async () => {
    const { client, session, settle } = await show(await readyStage());
    expect(document.querySelector(".badge")).toBeNull();
    const select = [...document.querySelectorAll("select")].find(({ value }) => value === "small")!;
    await act(async () => {
      select.value = "random";
      select.dispatchEvent(new Event("change", { bubbles: true }));
      await settle();
    });
    expect(session.modelName.value).toBe("random");
    expect(client().loads[1]?.request.model).toContain("/models/random/");
    expect(status()).toContain("Test model");
  });

  it("says what is done with the model: downloading, then reading", async () => {
    const on = await show(stage());
    await act(async () => {
      void on.session.open();
      await on.settle();
    });
    const { progress } = on.client().loads[0]!;
    await act(() => progress({ phase: "downloading", bytesDone: 30e6, bytesTotal: 90e6 }));
    expect(document.querySelector("#progress-text")?.textContent).toBe(
      "Downloading the model: 30 MB of 90 MB",
    );
    expect(
      document.querySelector<HTMLProgressElement>(".progress-line progress")?.value,
    ).toBeCloseTo(1 / 3);
    await act(() => progress({ phase: "reading", bytesDone: 45e6, bytesTotal: 90e6 }));
    expect(document.querySelector("#progress-text")?.textContent).toContain(
      "Reading the model from this device",
    );
    expect(status()).not.toContain("Downloading");
  });
});

describe("the keyboard", () => {
  const press = (key: string, more: KeyboardEventInit = {}): boolean =>
    document.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true, ...more }));

  it("generates with Ctrl+Enter and stops with Escape", async () => {
    const { session, client } = await show(await readyStage());
    const stop = vi.spyOn(session, "stop");
    listenForKeys(session);
    await type("visit");
    press("Enter");
    press("Escape");
    expect(client().notes.length).toBe(0);
    expect(stop).not.toHaveBeenCalled();
    await act(() => void press("Enter", { ctrlKey: true }));
    expect(client().notes.length).toBe(1);
    await act(() => void press("Escape"));
    expect(client().stops).toBe(1);
  });
});
