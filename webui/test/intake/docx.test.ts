// @vitest-environment happy-dom
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";

import { documentText, readDocx } from "../../src/intake/docx.ts";
import { IntakeError } from "../../src/intake/errors.ts";
import { importFile } from "../../src/intake/import.ts";

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const document = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><w:document ${W}><w:body>${body}</w:body></w:document>`;
const paragraph = (...runs: string[]): string =>
  `<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>${runs.map((run) => `<w:r><w:rPr><w:b/></w:rPr>${run}</w:r>`).join("")}</w:p>`;
const text = (said: string): string => `<w:t xml:space="preserve">${said}</w:t>`;
const packed = (xml: string, part = "word/document.xml"): Uint8Array =>
  zipSync({ "[Content_Types].xml": strToU8("<Types/>"), [part]: strToU8(xml) });

function code(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof IntakeError) return error.problem.code;
    throw error;
  }
  return "none";
}

describe("Word documents", () => {
  it("give their paragraphs, without deleted text and field codes", () => {
    const xml = document(
      paragraph(text("Doctor: "), text("How is &lt;the&gt; knee?")) +
        `<w:tbl><w:tr><w:tc>${paragraph(text("Patient:"), "<w:tab/>", text("It"))}</w:tc></w:tr></w:tbl>` +
        `<w:p><w:del><w:r><w:delText>never</w:delText></w:r></w:del><w:ins><w:r>${text("still hurts")}</w:r></w:ins>` +
        `<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:br/>${text("a lot")}</w:r></w:p>`,
    );
    expect(documentText(xml, "a.docx")).toBe(
      "Doctor: How is <the> knee?\nPatient:\tIt\nstill hurts\na lot",
    );
  });

  it("are read from their archive into turns", async () => {
    const bytes = packed(
      document(paragraph(text("Doctor: Hi")) + paragraph(text("Patient: Hello"))),
    );
    const file = {
      name: "a.docx",
      size: bytes.length,
      arrayBuffer: async () => bytes.slice().buffer,
    };
    const { text: out, format } = await importFile(file, async () => readDocx);
    expect(out).toBe("[doctor] Hi\n[patient] Hello");
    expect(format).toBe("docx");
  });

  it("that are something else or damaged are refused", () => {
    const whole = packed(document(paragraph(text("x"))));
    expect(code(() => readDocx(strToU8("not a zip"), "a"))).toBe("not-docx");
    expect(code(() => readDocx(packed("<x/>", "xl/workbook.xml"), "a"))).toBe("not-docx");
    expect(code(() => readDocx(whole.slice(0, 60), "a"))).toBe("docx-damaged");
    expect(code(() => readDocx(packed("<w:document><w:p>"), "a"))).toBe("docx-damaged");
    expect(code(() => readDocx(packed(""), "a"))).toBe("docx-damaged");
  });

  it("that unpack to more than a browser holds are refused before they do", () => {
    const bomb = zipSync({ "word/document.xml": new Uint8Array(61e6) });
    expect(bomb.length).toBeLessThan(1e5);
    expect(code(() => readDocx(bomb, "a"))).toBe("too-big");
  });

  it("may nest deeper than the engine's stack", () => {
    const deep = document(
      "<w:sdt>".repeat(3000) + paragraph(text("deep")) + "</w:sdt>".repeat(3000),
    );
    expect(["deep", "docx-damaged"]).toContain(
      code(() => documentText(deep, "a")) === "none" ? documentText(deep, "a") : "docx-damaged",
    );
  });
});
