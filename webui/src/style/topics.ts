/** Which part of a note a line belongs to, by the heading it stands under or by its words. */
import { readLead } from "../note/lines.ts";
import { placedLines } from "../note/text.ts";
import type { NoteDocument, NoteLine } from "../note/types.ts";
import { SHOWN_KEYS, type ShownKey } from "../scribe/sections.ts";
import data from "./topics.json" with { type: "json" };
import type { Topic } from "./types.ts";

/** A line of the note's text with where it stands. */
export interface PlacedLine {
  line: NoteLine;
  section: ShownKey;
  /** Headings that stand right before it. */
  headings: string[];
  /** The last heading before it in its section, '' where there is none. */
  under: string;
  marker: string;
  breaks: "none" | "line" | "paragraph";
  /** The finest topic that it belongs to; its section where no finer one does. */
  topic: Topic;
}

const TOPICS = data.topics.map(({ topic, section, titles, words }) => ({
  topic: topic as Topic,
  section: section as ShownKey,
  titles: new Set(titles),
  words: words === "" ? null : new RegExp(words, "i"),
}));

const TITLES = new Map<string, Topic>([
  ...Object.entries(data.titles).flatMap(([topic, titles]) =>
    titles.map((title): [string, Topic] => [title, topic as Topic]),
  ),
  ...TOPICS.flatMap(({ topic, titles }) =>
    [...titles].map((title): [string, Topic] => [title, topic]),
  ),
]);

/** The topic that a heading names, whatever its case and colon; null for any other heading. */
export function topicOfHeading(heading: string): Topic | null {
  const bare = heading
    .toLowerCase()
    .replace(/^[\s#*_\d.)]+|[\s:*_.]+$/g, "")
    .replace(/\s+/g, " ");
  return TITLES.get(bare) ?? null;
}

const LABEL = /^([A-Za-z][A-Za-z /&-]{1,40}):\s/;

function topicOf(line: NoteLine, under: string): Topic {
  const label = LABEL.exec(line.text)?.[1] ?? "";
  const known = TOPICS.filter(({ section }) => section === line.section);
  for (const heading of [label, under]) {
    const named = topicOfHeading(heading);
    if (named !== null && known.some(({ topic }) => topic === named)) return named;
  }
  return known.find(({ words }) => words?.test(line.text))?.topic ?? line.section;
}

/** The lines of the note's text in order; those that were set apart are none. */
export function placeLines(document: NoteDocument): PlacedLine[] {
  return SHOWN_KEYS.flatMap((section) => {
    let under = "";
    return placedLines(document.lines, section).map(({ line, lead }, i): PlacedLine => {
      const { headings, marker, breaks } = readLead(lead);
      under = headings.at(-1) ?? under;
      const topic = topicOf(line, under);
      return { line, section, headings, under, marker, breaks: i === 0 ? "none" : breaks, topic };
    });
  });
}
