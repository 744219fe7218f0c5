/** A note in a style as plain text. */
import type { Block, LaidSection } from "./types.ts";

export interface StyledSection {
  key: LaidSection["key"];
  /** '' for a template's text. */
  title: string;
  text: string;
}

/** Each section's text without its heading. */
export const sectionTexts = (sections: readonly LaidSection[]): StyledSection[] =>
  sections.map((section) => ({
    key: section.key,
    title: section.heading,
    text: section.verbatim ? verbatim(section.blocks) : blocksText(section.blocks),
  }));

/** The whole note. */
export const layoutText = (sections: readonly LaidSection[]): string =>
  sectionTexts(sections)
    .map(({ title, text }) => (title === "" ? text : `${title}\n\n${text}`))
    .join("\n\n");

function blocksText(blocks: readonly Block[]): string {
  return blocks
    .map((block, i) => {
      const before = blocks[i - 1];
      const close = before?.kind === "subheading" || (block.kind === "list" && i > 0);
      return `${i === 0 ? "" : close ? "\n" : "\n\n"}${blockText(block)}`;
    })
    .join("");
}

/** A template's words hold their own line breaks; what stands in a placeholder's place has none. */
function verbatim(blocks: readonly Block[]): string {
  return blocks
    .map((block, i) => {
      const before = blocks[i - 1];
      const apart = before && before.kind !== "text" && block.kind !== "text";
      return `${apart ? "\n" : ""}${blockText(block)}`;
    })
    .join("")
    .replace(/[ \t]+$/gm, "")
    .trim();
}

function blockText(block: Block): string {
  const joined = (pieces: readonly { text: string }[]): string =>
    pieces.map(({ text }) => text).join(" ");
  if (block.kind === "text") return block.text;
  if (block.kind === "subheading") return `${block.text}:`;
  if (block.kind === "paragraph") return joined(block.pieces);
  return block.items
    .map((item, i) => `${block.ordered ? `${i + 1}.` : "-"} ${joined(item)}`)
    .join("\n");
}
