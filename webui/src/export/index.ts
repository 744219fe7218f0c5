/** What a visit's note is exported as. Pure: nothing here touches the page. */
import { DOCX_TYPE, toDocx } from "./docx.ts";
import type { ExportDocument, ExportWords } from "./document.ts";
import { toFhir, type FhirMaking } from "./fhir.ts";
import { fileName } from "./file-name.ts";
import { toMarkdown, toPlainText } from "./text.ts";

export * from "./document.ts";
export { toClipboardHtml } from "./html.ts";
export { toClipboardText } from "./text.ts";

export const FILE_FORMATS = ["txt", "md", "docx", "fhir"] as const;

export type FileFormat = (typeof FILE_FORMATS)[number];

export interface ExportFile {
  name: string;
  /** Media type. */
  type: string;
  content: string | Uint8Array<ArrayBuffer>;
}

export async function makeFile(
  format: FileFormat,
  document: ExportDocument,
  words: ExportWords,
  making: FhirMaking,
): Promise<ExportFile> {
  if (format === "txt") {
    const type = "text/plain;charset=utf-8";
    return { name: fileName(document, "txt"), type, content: toPlainText(document) };
  }
  if (format === "md") {
    const type = "text/markdown;charset=utf-8";
    return { name: fileName(document, "md"), type, content: toMarkdown(document) };
  }
  if (format === "docx") {
    const content = await toDocx(document, words);
    return { name: fileName(document, "docx"), type: DOCX_TYPE, content };
  }
  const bundle = JSON.stringify(toFhir(document, words, making), null, 2);
  const name = fileName(document, "fhir.json");
  return { name, type: "application/fhir+json", content: `${bundle}\n` };
}
