/** A section's text as paragraphs and bullet lists, for the formats that know such things. */

export interface ListItem {
  lines: string[];
  items: ListItem[];
}

export type Block = { kind: "paragraph"; lines: string[] } | { kind: "list"; items: ListItem[] };

const BULLET = /^([ \t]*)[-*•–·▪◦‣]+[ \t]+(\S.*)$/;

/** A tab stands for as much as four spaces. */
const widthOf = (space: string): number => space.replaceAll("\t", "    ").length;

/**
 * The blocks of a clean text, in order. Numbers of a list stay as written, as a part of their line:
 * a program that counts anew could give another one.
 */
export function readBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  /** The bullet list that is being read: its open items from the outermost in, and their offsets. */
  let open: { item: ListItem; offset: number }[] = [];
  let inside = false;
  for (const line of text.split("\n")) {
    const bullet = BULLET.exec(line);
    const words = line.trim();
    const last = blocks.at(-1);
    if (bullet) {
      const offset = widthOf(bullet[1] ?? "");
      const item: ListItem = { lines: [(bullet[2] ?? "").trim()], items: [] };
      if (last?.kind !== "list") open = [];
      open = open.filter((outer) => outer.offset < offset);
      const parent = open.at(-1)?.item.items ?? (last?.kind === "list" ? last.items : null);
      if (parent) parent.push(item);
      else blocks.push({ kind: "list", items: [item] });
      open.push({ item, offset });
      inside = true;
    } else if (words === "") {
      inside = false;
    } else if (inside && last?.kind === "list" && widthOf(/^[ \t]*/.exec(line)?.[0] ?? "") > 0) {
      open.at(-1)?.item.lines.push(words);
    } else if (inside && last?.kind === "paragraph") {
      last.lines.push(words);
    } else {
      blocks.push({ kind: "paragraph", lines: [words] });
      inside = true;
    }
  }
  return blocks;
}
