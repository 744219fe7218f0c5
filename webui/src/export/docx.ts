/** The note as a Word document. The library is loaded with the first one. */
import type * as Docx from "docx";

import type { Block, ListItem } from "./blocks.ts";
import type { ExportDocument, ExportWords } from "./document.ts";

type Library = typeof Docx;

const DEEPEST_LIST = 8;
/** In half-points and twentieths of a point, as Word counts. */
const TEXT_SIZE = 22;
const SMALL_SIZE = 18;
const AFTER = 120;

export const DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/** The bytes of a `.docx` file; every page says whether the note was reviewed. */
export async function toDocx(
  document: ExportDocument,
  words: ExportWords,
): Promise<Uint8Array<ArrayBuffer>> {
  const docx = await import("docx");
  const { Document, Footer, Header, HeadingLevel, Packer, PageNumber, Paragraph, TextRun } = docx;
  const { title, details, sections, signature, statement } = document;
  const small = (text: string): Docx.Paragraph =>
    new Paragraph({ children: [new TextRun({ text, size: SMALL_SIZE, color: "555555" })] });
  const children: Docx.FileChild[] = [
    new Paragraph({ text: title, heading: HeadingLevel.TITLE }),
    ...details.map(small),
    new Paragraph({
      spacing: { before: AFTER, after: AFTER },
      children: [new TextRun({ text: statement, bold: true })],
    }),
    ...sections.flatMap((section) => [
      ...(section.title === ""
        ? []
        : [
            new Paragraph({
              text: section.title,
              heading: HeadingLevel.HEADING_1,
              keepNext: true,
            }),
          ]),
      ...section.blocks.flatMap((block) => blockToDocx(docx, block)),
    ]),
    ...(signature ? [] : [signatureLine(docx, words)]),
  ];
  const footer = new Paragraph({
    children: [
      new TextRun({
        size: SMALL_SIZE,
        children: pageOf(words, PageNumber.CURRENT, PageNumber.TOTAL_PAGES),
      }),
    ],
  });
  const file = new Document({
    title,
    description: statement,
    creator: signature?.name ?? "",
    lastModifiedBy: signature?.name ?? "",
    styles: {
      default: {
        document: { run: { font: "Calibri", size: TEXT_SIZE } },
        title: { run: { size: 32, bold: true }, paragraph: { spacing: { after: 60 } } },
        heading1: {
          run: { size: 26, bold: true, color: "08525A" },
          paragraph: { spacing: { before: 240, after: 80 } },
        },
      },
    },
    sections: [
      {
        headers: { default: new Header({ children: [small(statement)] }) },
        footers: { default: new Footer({ children: [footer] }) },
        children,
      },
    ],
  });
  return new Uint8Array(await Packer.toArrayBuffer(file));
}

/** The words for 'page 1 of 2' with fields in place of the numbers. */
function pageOf<T extends string>(words: ExportWords, current: T, total: T): (string | T)[] {
  const fields: Record<string, T> = { "{current}": current, "{total}": total };
  return words
    .page("{current}", "{total}")
    .split(/(\{\w+\})/)
    .map((part) => fields[part] ?? part);
}

function blockToDocx(docx: Library, block: Block): Docx.Paragraph[] {
  if (block.kind === "list") return block.items.flatMap((item) => itemToDocx(docx, item, 0));
  return [new docx.Paragraph({ spacing: { after: AFTER }, children: runs(docx, block.lines) })];
}

function itemToDocx(docx: Library, { lines, items }: ListItem, level: number): Docx.Paragraph[] {
  return [
    new docx.Paragraph({
      bullet: { level: Math.min(level, DEEPEST_LIST) },
      children: runs(docx, lines),
    }),
    ...items.flatMap((item) => itemToDocx(docx, item, level + 1)),
  ];
}

const runs = ({ TextRun }: Library, lines: readonly string[]) =>
  lines.map((text, i) => new TextRun({ text, ...(i > 0 && { break: 1 }) }));

/** Where a printed draft is signed by hand. */
function signatureLine(docx: Library, { signHere }: ExportWords): Docx.Paragraph {
  const { Paragraph, TextRun } = docx;
  const text = `${signHere.signature}: ${"_".repeat(32)}    ${signHere.date}: ${"_".repeat(16)}`;
  return new Paragraph({ spacing: { before: 600 }, children: [new TextRun({ text })] });
}
