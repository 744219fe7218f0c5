/**
 * Lays a note out in a style. Every line of the note's text stands in the result exactly once, and
 * says what it said; only order, headings and form change.
 */
import type { NoteDocument } from "../note/types.ts";
import { SHOWN_KEYS, SHOWN_TITLES, type ShownKey } from "../scribe/sections.ts";
import { problemsOf } from "./problems.ts";
import data from "./topics.json" with { type: "json" };
import { placeLines, topicOfHeading, type PlacedLine } from "./topics.ts";
import type {
  Block,
  Form,
  LaidSection,
  NoteStyle,
  Piece,
  Placeholder,
  StyleHeading,
  Template,
  Topic,
} from "./types.ts";

/** The note's sections in a style; those without a line are left out. */
export function layout(document: NoteDocument, style: NoteStyle): LaidSection[] {
  const lines = placeLines(document);
  if (style.template) return layoutTemplate(lines, style.template, style);
  const { headings } = style;
  const shares = headings.map((): PlacedLine[] => []);
  const rest: PlacedLine[] = [];
  const topics = headings.map((heading) => heading.topics);
  for (const line of lines) (shares[homeOf(line, topics)] ?? rest).push(line);
  const sections = headings.map((heading, i) => layoutHeading(heading, shares[i] ?? [], style));
  return [...sections, ...leftOver(rest, style)].filter(({ blocks }) => blocks.length > 0);
}

/** Index of the first list of topics with the line's own topic, else with its section; -1: none. */
function homeOf({ topic, section }: PlacedLine, lists: readonly (readonly Topic[])[]): number {
  const index = (wanted: Topic): number => lists.findIndex((topics) => topics.includes(wanted));
  const own = index(topic);
  if (own >= 0) return own;
  const whole = index(section);
  if (whole >= 0) return whole;
  return section === "assessment" || section === "plan" ? index("problems") : -1;
}

function layoutHeading(
  { title, topics, form }: StyleHeading,
  lines: readonly PlacedLine[],
  style: NoteStyle,
): LaidSection {
  const sections = new Set(lines.map(({ section }) => section));
  const [only] = sections;
  return {
    key: sections.size === 1 ? (only ?? null) : null,
    heading: style.capitals ? title.toUpperCase() : title,
    blocks: topics.includes("problems")
      ? problemBlocks(lines, style)
      : blocksOf(lines, form ?? style.form, style, topics),
  };
}

/** What no heading of a style takes follows under the name of its section. */
function leftOver(lines: readonly PlacedLine[], style: NoteStyle): LaidSection[] {
  return SHOWN_KEYS.map((key: ShownKey) =>
    layoutHeading(
      { title: SHOWN_TITLES[key], topics: [key] },
      lines.filter(({ section }) => section === key),
      style,
    ),
  );
}

function pieceOf({ line }: PlacedLine, { shortVitals }: NoteStyle): Piece {
  return { line, text: shortVitals ? shorten(line.text) : line.text };
}

/** 'BP' for 'blood pressure' where a number follows, and the like. */
function shorten(text: string): string {
  return data.vitals.reduce(
    (said, [name = "", short = ""]) =>
      said.replace(
        new RegExp(`\\b(?:the )?${name}(?: (?:is|was|of))?(?=:? (?:at )?\\d)`, "gi"),
        short,
      ),
    text,
  );
}

/** Lines in a form; headings of the note itself stay, unless the style's heading says the same. */
function blocksOf(
  lines: readonly PlacedLine[],
  form: Form,
  style: NoteStyle,
  topics: readonly Topic[],
): Block[] {
  const blocks: Block[] = [];
  let under = "";
  for (const placed of lines) {
    const piece = pieceOf(placed, style);
    const named = placed.under !== under && placed.under !== "";
    under = placed.under;
    const topic = topicOfHeading(placed.under);
    if (named && !(topic !== null && topics.includes(topic))) {
      blocks.push({ kind: "subheading", text: placed.under.replace(/[\s:]+$/, "") });
    }
    const last = blocks.at(-1);
    const listed = form === "bullets" || (form === "written" && placed.marker !== "");
    if (form === "written" && placed.breaks === "none" && last?.kind === "list") {
      last.items.at(-1)?.push(piece);
    } else if (listed) {
      const ordered = form === "written" && /\d/.test(placed.marker);
      if (last?.kind === "list" && last.ordered === ordered) last.items.push([piece]);
      else blocks.push({ kind: "list", ordered, items: [[piece]] });
    } else if (last?.kind === "paragraph" && joins(placed, form)) {
      last.pieces.push(piece);
    } else {
      blocks.push({ kind: "paragraph", pieces: [piece] });
    }
  }
  return blocks;
}

const joins = ({ breaks }: PlacedLine, form: Form): boolean =>
  form === "paragraphs" ? breaks !== "paragraph" : breaks === "none";

/** Each problem: what the assessment says of it as a paragraph, its plan as a list. */
function problemBlocks(lines: readonly PlacedLine[], style: NoteStyle): Block[] {
  const { problems, others } = problemsOf(
    lines.filter(({ section }) => section === "assessment"),
    lines.filter(({ section }) => section !== "assessment"),
  );
  const pieces = (placed: readonly PlacedLine[]): Piece[] =>
    placed.map((line) => pieceOf(line, style));
  const list = (placed: readonly PlacedLine[]): Block[] =>
    placed.length === 0
      ? []
      : [{ kind: "list", ordered: false, items: pieces(placed).map((piece) => [piece]) }];
  return [
    ...problems.flatMap(({ title, assessment, plan }): Block[] => [
      ...(title === "" ? [] : [{ kind: "subheading" as const, text: title }]),
      { kind: "paragraph", pieces: pieces(assessment) },
      ...list(plan),
    ]),
    ...(others.length > 0 && problems.length > 0
      ? [{ kind: "subheading" as const, text: OTHERS }]
      : []),
    ...list(others),
  ];
}

/** Over the lines of a plan that are about no single problem. */
const OTHERS = "Other";

/** A template's text with lines in place of its placeholders. */
function layoutTemplate(
  lines: readonly PlacedLine[],
  { parts }: Template,
  style: NoteStyle,
): LaidSection[] {
  const placeholders = parts.flatMap((part) => ("placeholder" in part ? [part.placeholder] : []));
  const shares = placeholders.map((): PlacedLine[] => []);
  const rest: PlacedLine[] = [];
  const topics = placeholders.map(({ topic }): Topic[] => [topic]);
  for (const line of lines) (shares[homeOf(line, topics)] ?? rest).push(line);
  const blocks = parts.flatMap((part, i): Block[] => {
    if ("text" in part) return [{ kind: "text", text: part.text }];
    const share = shares[placeholders.indexOf(part.placeholder)] ?? [];
    const alone = standsAlone(parts, i);
    return placeholderBlocks(part.placeholder, share, alone, style);
  });
  return [{ key: null, heading: "", blocks, verbatim: true }, ...leftOver(rest, style)].filter(
    (section) => section.blocks.length > 0,
  );
}

function placeholderBlocks(
  { topic, form }: Placeholder,
  lines: readonly PlacedLine[],
  alone: boolean,
  style: NoteStyle,
): Block[] {
  if (lines.length === 0) return [];
  // Beside other words of the template the lines are one run of text.
  if (!alone) return [{ kind: "paragraph", pieces: lines.map((line) => pieceOf(line, style)) }];
  if (topic === "problems") return problemBlocks(lines, style);
  return blocksOf(lines, form ?? style.form, style, [topic]);
}

/** Whether a placeholder has its line of the template for itself. */
function standsAlone(parts: Template["parts"], at: number): boolean {
  const before = parts[at - 1];
  const after = parts[at + 1];
  return (
    (!before || ("text" in before && /(?:^|\n)[ \t]*$/.test(before.text))) &&
    (!after || ("text" in after && /^[ \t]*(?:\n|$)/.test(after.text)))
  );
}
