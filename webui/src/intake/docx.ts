/** The text of a Word document: its paragraphs, as a reader sees them. */
import { unzipSync } from "fflate";

import { IntakeError } from "./errors.ts";

/** Unpacked XML of a document; more than a day of talk, and less than what stops a browser. */
const MOST_XML_BYTES = 60e6;
const MAIN_PART = /^word\/document\d{0,3}\.xml$/;

/**
 * The paragraphs of a `.docx` file, a line each. Deleted text and field codes are left out.
 *
 * @throws IntakeError 'not-docx', 'docx-damaged' or 'too-big'.
 */
export function readDocx(bytes: Uint8Array, file: string): string {
  return documentText(new TextDecoder().decode(mainPart(bytes, file)), file);
}

function mainPart(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw new IntakeError({ code: "not-docx", file });
  let size = 0;
  let parts: Record<string, Uint8Array>;
  try {
    parts = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!MAIN_PART.test(name)) return false;
        size = Math.max(size, originalSize);
        return originalSize <= MOST_XML_BYTES;
      },
    });
  } catch {
    throw new IntakeError({ code: "docx-damaged", file });
  }
  if (size > MOST_XML_BYTES) {
    throw new IntakeError({ code: "too-big", file, bytes: size, limit: MOST_XML_BYTES });
  }
  const main = Object.values(parts)[0];
  if (!main) throw new IntakeError({ code: "not-docx", file });
  return main;
}

/**
 * The paragraphs of WordprocessingML, a line each.
 *
 * @throws IntakeError 'docx-damaged' where it is not well-formed.
 */
export function documentText(xml: string, file: string): string {
  let root: Element | null;
  try {
    const parsed = new DOMParser().parseFromString(xml, "application/xml");
    root = parsed.getElementsByTagName("parsererror").length > 0 ? null : parsed.documentElement;
  } catch {
    root = null;
  }
  if (!root) throw new IntakeError({ code: "docx-damaged", file });
  const lines: string[] = [];
  let line = "";
  const endLine = (): void => {
    lines.push(line);
    line = "";
  };
  // A stack of its own: nesting may be deeper than the engine's.
  const open: (Node | (() => void))[] = [root];
  while (open.length > 0) {
    const next = open.pop()!;
    if (typeof next === "function") {
      next();
      continue;
    }
    if (next.nodeType !== Node.ELEMENT_NODE) continue;
    const name = localName(next);
    if (LEFT_OUT.has(name)) continue;
    if (name === "t") line += next.textContent ?? "";
    else if (name === "tab") line += "\t";
    else if (name === "br" || name === "cr") endLine();
    else {
      if (name === "p") open.push(endLine);
      for (let child = next.lastChild; child; child = child.previousSibling) open.push(child);
    }
  }
  if (line !== "") endLine();
  return lines.join("\n");
}

/** Deleted and moved-away text, field codes, properties (whose tab stops are named `tab` too). */
const LEFT_OUT = new Set(["del", "moveFrom", "delText", "instrText", "pPr", "rPr", "Fallback"]);

function localName(node: Node): string {
  return (node as Element).localName ?? node.nodeName.replace(/^.*:/, "");
}
