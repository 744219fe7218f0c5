// @vitest-environment happy-dom
import type { Composition, Practitioner } from "fhir/r4";
import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, it } from "vitest";

import { readBlocks, type Block } from "../../src/export/blocks.ts";
import { clean } from "../../src/export/clean.ts";
import { composeExport, onlySection, type ExportDocument } from "../../src/export/document.ts";
import { toFhir } from "../../src/export/fhir.ts";
import { fileName } from "../../src/export/file-name.ts";
import { blocksToHtml, escapeHtml, toClipboardHtml } from "../../src/export/html.ts";
import { FILE_FORMATS, makeFile } from "../../src/export/index.ts";
import { escapeMarkdown, toClipboardText, toMarkdown, toPlainText } from "../../src/export/text.ts";
import { newUuid } from "../../src/note/identity.ts";
import type { Encounter } from "../../src/note/types.ts";
import { texts } from "../../src/page/texts.ts";
import {
  HOSTILE_ENCOUNTER,
  HOSTILE_LINES,
  HOSTILE_SIGNATURE,
  HOSTILE_TEXTS,
  makeEncounter,
  makeLine,
  PLAIN_LINES,
  SIGNATURE,
} from "./fixtures.ts";

const words = texts.export.document;
const now = new Date("2026-11-24T11:00:00.000Z");
const making = { now, newUuid };

function compose(encounter: Encounter = makeEncounter()): ExportDocument {
  const document = composeExport(encounter, words);
  if (!document) throw new Error("nothing to export");
  return document;
}

const signed = (): Encounter => makeEncounter(PLAIN_LINES, {}, SIGNATURE);

function elementOf(html: string): HTMLElement {
  const element = document.createElement("div");
  element.innerHTML = html;
  return element;
}

describe("the exported document", () => {
  it("holds the sections with text alone, and no line that was set apart", () => {
    const { sections, statement } = compose();
    expect(sections.map(({ key }) => key)).toEqual(["subjective", "assessment", "plan"]);
    expect(JSON.stringify(sections)).not.toContain("Gout");
    expect(statement).toMatch(/^Draft, not reviewed/);
  });

  it("says who reviewed a signed note and when", () => {
    expect(compose(signed()).statement).toMatch(/by Dr\. Ada Example on 24 November 2026/);
  });

  it("is none without a note or where the note holds no text", () => {
    expect(composeExport(makeEncounter([], { note: null }), words)).toBeNull();
    expect(composeExport(makeEncounter([]), words)).toBeNull();
    const apart = makeLine("plan", "", "Gone.", { place: "apart" });
    expect(composeExport(makeEncounter([apart]), words)).toBeNull();
    expect(composeExport(makeEncounter([makeLine("plan", "", "\u0000\u202e")]), words)).toBeNull();
  });

  it("gives one section by itself", () => {
    expect(toClipboardText(onlySection(compose(), "assessment")!)).toBe(
      `Osteoarthritis of the left knee.\n\n${words.draft}`,
    );
    expect(onlySection(compose(), "objective")).toBeNull();
  });

  it("shows a date that is none as it is", () => {
    expect(compose(makeEncounter(PLAIN_LINES, { created: "soon" })).details[0]).toContain("soon");
  });
});

describe("cleaned text", () => {
  it("keeps writing of every script and drops what XML cannot hold", () => {
    expect(clean("é 文字 עברית 😀\t1")).toBe("é 文字 עברית 😀\t1");
    expect(clean(HOSTILE_TEXTS[3]!)).toBe("abcdef \ufffd g25 mg h\ni\nj\nk");
  });

  it("is XML for any input", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const cleaned = clean(text);
        // eslint-disable-next-line no-control-regex
        expect(cleaned).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/);
        expect(cleaned.isWellFormed()).toBe(true);
        expect(clean(cleaned)).toBe(cleaned);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("blocks", () => {
  it("reads paragraphs, lists and lists within them; numbers stay text", () => {
    const text =
      "One.\nTwo.\n\n1. Knee\n  - X-ray\n    soon\n    - both sides\n  - Rest\n\nEnd.\n* a\n* b";
    expect(readBlocks(text)).toEqual([
      { kind: "paragraph", lines: ["One.", "Two."] },
      { kind: "paragraph", lines: ["1. Knee"] },
      {
        kind: "list",
        items: [
          { lines: ["X-ray", "soon"], items: [{ lines: ["both sides"], items: [] }] },
          { lines: ["Rest"], items: [] },
        ],
      },
      { kind: "paragraph", lines: ["End."] },
      {
        kind: "list",
        items: [
          { lines: ["a"], items: [] },
          { lines: ["b"], items: [] },
        ],
      },
    ]);
  });

  it("takes any text, and loses none of its words", () => {
    const layout = fc.stringMatching(/^[ \t\n*•a1.-]{0,40}$/);
    fc.assert(
      fc.property(layout, (text) => {
        const flat = (block: Block): string =>
          block.kind === "paragraph" ? block.lines.join("") : block.items.map(itemText).join("");
        const kept = readBlocks(text).map(flat).join("");
        expect(kept.replace(/[^a1.]/g, "")).toBe(text.replace(/[^a1.]/g, ""));
      }),
      { numRuns: 10_000 },
    );
  });
});

const itemText = (item: { lines: string[]; items: unknown[] }): string =>
  item.lines.join("") + (item.items as (typeof item)[]).map(itemText).join("");

describe("plain text and Markdown", () => {
  it("copies in the page's own format", () => {
    expect(toClipboardText(compose())).toBe(
      "SUBJECTIVE\n\nLeft knee pain for two weeks. No fever.\n\nTakes ibuprofen 400 mg.\n\n" +
        "ASSESSMENT\n\nOsteoarthritis of the left knee.\n\n" +
        "PLAN\n\n- X-ray of the left knee.\n  - Standing views.\n- Follow-up in 2 weeks.\n\n" +
        words.draft,
    );
  });

  it("heads a file with its title, its date, and whether it was reviewed", () => {
    const file = toPlainText(compose({ ...signed(), title: "Knee" }));
    expect(file).toMatch(/^Knee\nVisit begun on 24 November 2026 .*\n.*small-model\n\nReviewed/);
  });

  it("is Markdown with headings and lists", () => {
    expect(toMarkdown(compose())).toContain(
      "## Plan\n\n- X-ray of the left knee.\n  - Standing views.\n- Follow-up in 2 weeks.\n",
    );
  });

  it.each(HOSTILE_TEXTS)("shows %j as text in Markdown", (text) => {
    const document = compose(makeEncounter([makeLine("plan", "", text)]));
    const element = elementOf(marked.parse(toMarkdown(document), { async: false }));
    const shown = element.textContent.replace(/\s+/g, "");
    expect(shown).toContain(document.sections[0]!.text.replace(/\s+/g, ""));
    expect(element.querySelector("script,img,b,table,pre,del,ol,blockquote,hr")).toBeNull();
    expect(element.querySelector("a:not([href^='mailto:'])")).toBeNull();
  });

  it("escapes any line so that it reads as written", () => {
    const line = fc.stringMatching(/^[ a1<>&;#*_`~[\]()!\\|.:=+-]{1,12}$/);
    fc.assert(
      fc.property(line, (text) => {
        const element = elementOf(marked.parse(`x\n\n${escapeMarkdown(text)}`, { async: false }));
        const shown = element.textContent.replace(/\s+/g, "");
        expect(shown).toBe(`x${text}`.replace(/\s+/g, ""));
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("rich text", () => {
  it("has headings, paragraphs and lists", () => {
    expect(toClipboardHtml(compose())).toBe(
      "<div><h2>Subjective</h2><p>Left knee pain for two weeks. No fever.</p>" +
        "<p>Takes ibuprofen 400 mg.</p><h2>Assessment</h2><p>Osteoarthritis of the left knee.</p>" +
        "<h2>Plan</h2><ul><li>X-ray of the left knee.<ul><li>Standing views.</li></ul></li>" +
        `<li>Follow-up in 2 weeks.</li></ul><p><em>${words.draft}</em></p></div>`,
    );
  });

  it("shows any text as text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      }),
      { numRuns: 10_000 },
    );
    const html = blocksToHtml(HOSTILE_TEXTS.flatMap((text) => readBlocks(clean(text))));
    const element = elementOf(html);
    const allowed = ["P", "UL", "LI", "BR"];
    for (const { tagName, attributes } of element.querySelectorAll("*")) {
      expect(allowed).toContain(tagName);
      expect(attributes.length).toBe(0);
    }
    expect(element.textContent).toContain("<script>alert(1)</script> & <img src=x");
  });
});

describe("the FHIR document", () => {
  const compositionOf = (encounter: Encounter): Composition =>
    toFhir(compose(encounter), words, making).entry![0]!.resource as Composition;

  it("is preliminary, by a clinician unknown, until it is signed", () => {
    const bundle = toFhir(compose(), words, making);
    expect(bundle).toMatchObject({ type: "document", timestamp: now.toISOString() });
    const types = bundle.entry!.map(({ resource }) => resource!.resourceType);
    expect(types).toEqual(["Composition", "Patient", "Practitioner", "Device"]);
    const composition = compositionOf(makeEncounter());
    expect(composition).toMatchObject({ status: "preliminary", date: now.toISOString() });
    expect(composition.attester).toBeUndefined();
    expect(JSON.stringify(bundle.entry![1])).toContain("data-absent-reason");
  });

  it("is final with an attester once it is signed", () => {
    const bundle = toFhir(compose(signed()), words, making);
    const composition = bundle.entry![0]!.resource as Composition;
    expect(composition).toMatchObject({ status: "final", date: SIGNATURE.at });
    expect(composition.attester).toMatchObject([{ mode: "professional", time: SIGNATURE.at }]);
    const practitioner = bundle.entry!.find(
      ({ fullUrl }) => fullUrl === composition.attester![0]!.party!.reference,
    )!.resource as Practitioner;
    expect(practitioner.name).toEqual([{ text: SIGNATURE.name }]);
  });

  it("codes its sections with LOINC", () => {
    const { type, section } = compositionOf(makeEncounter());
    expect(type.coding![0]!.code).toBe("11506-3");
    expect(section!.map(({ code }) => code!.coding![0]!.code)).toEqual([
      "61150-9",
      "51848-0",
      "18776-5",
    ]);
  });

  it("names no model where none wrote the note", () => {
    const bundle = toFhir(compose(makeEncounter(PLAIN_LINES, { model: null })), words, making);
    expect(bundle.entry!.length).toBe(3);
  });
});

describe("files", () => {
  it("are named without the patient unless the clinician titled the note", () => {
    expect(fileName(compose(), "txt")).toBe("visit-note-2026-11-24.txt");
    const titled = compose(makeEncounter(PLAIN_LINES, { title: " Knee, J. D. " }));
    expect(fileName(titled, "docx")).toBe("Knee, J. D 2026-11-24.docx");
  });

  it.each([
    [`<b>../..\\CON: "x" | 25 %\u202egpj.</b>`, "b .. .. CON x 25 gpj. b 2026-11-24.txt"],
    ["con", "visit-note-2026-11-24.txt"],
    ["...", "visit-note-2026-11-24.txt"],
    ["é".repeat(200), `${"é".repeat(80)} 2026-11-24.txt`],
  ])("are safe names for the title %j", (title, name) => {
    expect(fileName(compose(makeEncounter(PLAIN_LINES, { title })), "txt")).toBe(name);
  });

  it.each(FILE_FORMATS)("are made as %s, of hostile text too", async (format) => {
    for (const signature of [null, HOSTILE_SIGNATURE]) {
      const note = { lines: HOSTILE_LINES, omissions: [], signature };
      const file = await makeFile(format, compose({ ...HOSTILE_ENCOUNTER, note }), words, making);
      expect(file.content.length).toBeGreaterThan(500);
      expect(file.name).toMatch(/^[^<>:"/\\|?*]+\.(txt|md|docx|fhir\.json)$/);
    }
  });
});
