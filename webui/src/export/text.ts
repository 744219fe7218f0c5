/** The note as plain text and as Markdown. */
import type { Block, ListItem } from "./blocks.ts";
import type { ExportDocument } from "./document.ts";

/** For the clipboard: a single section without its heading, and the statement at the end. */
export function toClipboardText({ part, sections, statement }: ExportDocument): string {
  return `${bodyText(sections, part === null)}\n\n${statement}`;
}

/** A `.txt` file. */
export function toPlainText({ title, details, sections, statement }: ExportDocument): string {
  return `${[title, ...details].join("\n")}\n\n${statement}\n\n${bodyText(sections, true)}\n`;
}

/** In the format in which the page itself shows and copies notes. */
function bodyText(sections: ExportDocument["sections"], headings: boolean): string {
  return sections
    .map(({ title, text }) =>
      headings && title !== "" ? `${title.toUpperCase()}\n\n${text}` : text,
    )
    .join("\n\n");
}

/** A `.md` file: CommonMark, in which the note's own characters mean nothing but themselves. */
export function toMarkdown({ title, details, sections, statement }: ExportDocument): string {
  const parts = [
    `# ${escapeMarkdown(title)}`,
    details.map(escapeMarkdown).join("  \n"),
    `**${escapeMarkdown(statement)}**`,
    ...sections.flatMap((section) => [
      ...(section.title === "" ? [] : [`## ${escapeMarkdown(section.title)}`]),
      ...separate(section.blocks).map(markdownBlock),
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Two lists that follow each other would be one. */
function separate(blocks: readonly Block[]): (Block | null)[] {
  return blocks.flatMap((block, i) =>
    block.kind === "list" && blocks[i - 1]?.kind === "list" ? [null, block] : [block],
  );
}

function markdownBlock(block: Block | null): string {
  if (!block) return "<!-- -->";
  if (block.kind === "paragraph") return block.lines.map(escapeMarkdown).join("  \n");
  return block.items.flatMap((item) => markdownItem(item, "")).join("\n");
}

function markdownItem({ lines, items }: ListItem, indent: string): string[] {
  const text = lines.map(escapeMarkdown).join(`  \n${indent}  `);
  return [`${indent}- ${text}`, ...items.flatMap((item) => markdownItem(item, `${indent}  `))];
}

/** One line of text whose characters stand for themselves, GitHub's extensions included. */
export function escapeMarkdown(line: string): string {
  return line
    .trim()
    .replace(/[\\`*_[\]<>~|]/g, "\\$&")
    .replace(/&(?=#|\w)/g, "\\&")
    .replace(/^(?:[#+=-]|:(?=-))/, "\\$&")
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
}
