/**
 * The note as XHTML without attributes that load, run or style anything: rich text for the
 * clipboard, and the narratives of FHIR documents. Well-formed XML and valid HTML at once.
 */
import type { Block, ListItem } from "./blocks.ts";
import type { ExportDocument } from "./document.ts";

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

export const paragraph = (lines: readonly string[]): string =>
  `<p>${lines.map(escapeHtml).join("<br/>")}</p>`;

/** Paragraphs and lists of one section. */
export function blocksToHtml(blocks: readonly Block[]): string {
  return blocks
    .map((block) => (block.kind === "paragraph" ? paragraph(block.lines) : list(block.items)))
    .join("");
}

function list(items: readonly ListItem[]): string {
  const inner = items.map(
    (item) =>
      `<li>${item.lines.map(escapeHtml).join("<br/>")}${item.items.length > 0 ? list(item.items) : ""}</li>`,
  );
  return `<ul>${inner.join("")}</ul>`;
}

/** For the clipboard: a single section without its heading, and the statement at the end. */
export function toClipboardHtml({ part, sections, statement }: ExportDocument): string {
  const body = sections.map(({ title, blocks }) => {
    const heading = part === null && title !== "" ? `<h2>${escapeHtml(title)}</h2>` : "";
    return heading + blocksToHtml(blocks);
  });
  return `<div>${body.join("")}<p><em>${escapeHtml(statement)}</em></p></div>`;
}
