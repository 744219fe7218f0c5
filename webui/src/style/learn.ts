/**
 * Learns a style from a few of the clinician's own notes: headings and their order, capitals, lists
 * or paragraphs, short names of vital signs. How the clinician words things is not learned.
 */
import { isHeading } from "../scribe/checks/statements.ts";
import data from "./topics.json" with { type: "json" };
import { topicOfHeading } from "./topics.ts";
import type { Form, NoteStyle, StyleHeading, Topic } from "./types.ts";

export interface Learned {
  style: NoteStyle;
  /** Headings that were seen and are taken over, in order. */
  headings: string[];
  /** Headings that were seen, and that nothing in a note here belongs under. */
  unknown: string[];
}

/** Characters of each note that are looked at. */
const MAX_NOTE = 50_000;

const BULLET = /^[ \t]*(?:[-–—•*·▪◦‣]+|\(?\d{1,2}[.)])[ \t]+\S/;

/** The style of some notes; null where nothing about a style shows in them. */
export function learnStyle(notes: readonly string[]): Learned | null {
  const seen = notes
    .map((note) => readNote(note.toWellFormed().slice(0, MAX_NOTE)))
    .filter(({ lines }) => lines > 0);
  if (seen.length === 0) return null;
  const headings = orderOf(seen.map((note) => note.sections.filter(isKnown)));
  const unknown = new Map(
    seen.flatMap(({ sections }) =>
      sections
        .filter((section) => !isKnown(section))
        .map(({ title }) => [title.toLowerCase(), title]),
    ),
  );
  const count = (of: (note: SeenNote) => number): number =>
    seen.reduce((sum, note) => sum + of(note), 0);
  const lines = count((note) => note.lines);
  const named = count(({ sections }) => sections.length);
  const capitals = count(
    ({ sections }) => sections.filter(({ title }) => title === title.toUpperCase()).length,
  );
  return {
    style: {
      form: formOf(
        count(({ bullets }) => bullets),
        lines,
      ),
      headings: headings.length > 0 ? headings : FOUR,
      capitals: named > 0 && capitals * 2 > named,
      shortVitals: count(({ short }) => short) > count(({ long }) => long),
      template: null,
    },
    headings: headings.map(({ title }) => title),
    unknown: [...unknown.values()],
  };
}

const FOUR: StyleHeading[] = [
  { title: "Subjective", topics: ["subjective"] },
  { title: "Objective", topics: ["objective"] },
  { title: "Assessment", topics: ["assessment"] },
  { title: "Plan", topics: ["plan"] },
];

interface SeenSection {
  title: string;
  topic: Topic | null;
  lines: number;
  bullets: number;
}

interface SeenNote {
  sections: SeenSection[];
  lines: number;
  bullets: number;
  /** Short and long names of vital signs. */
  short: number;
  long: number;
}

const isKnown = ({ topic }: SeenSection): boolean => topic !== null;

function readNote(note: string): SeenNote {
  const seen: SeenNote = { sections: [], lines: 0, bullets: 0, short: 0, long: 0 };
  for (const line of note.split(/\r\n?|[\n\u2028\u2029]/)) {
    const body = line.trim();
    if (body === "") continue;
    const label = /^([A-Za-z][A-Za-z /&-]{0,40}):\s*(.*)$/.exec(body);
    const title = body.replace(/^#+\s*|[\s:*]+$/g, "").replace(/^\*+/, "");
    const inline = label && topicOfHeading(label[1] ?? "") !== null ? (label[1] ?? "") : null;
    if (title !== "" && title.length <= 60 && (isHeading(body) || topicOfHeading(title) !== null)) {
      seen.sections.push({ title, topic: topicOfHeading(title), lines: 0, bullets: 0 });
      continue;
    }
    if (inline !== null) {
      seen.sections.push({ title: inline, topic: topicOfHeading(inline), lines: 0, bullets: 0 });
    }
    const bullet = BULLET.test(line) ? 1 : 0;
    for (const place of [seen, seen.sections.at(-1)]) {
      if (!place) continue;
      place.lines += 1;
      place.bullets += bullet;
    }
    for (const [long = "", short = ""] of data.vitals) {
      seen.long += new RegExp(`\\b${long}\\b`, "i").test(body) ? 1 : 0;
      seen.short += new RegExp(`\\b${short}\\b`).test(body) ? 1 : 0;
    }
  }
  return seen;
}

const formOf = (bullets: number, lines: number): Form =>
  bullets * 2 > lines ? "bullets" : "paragraphs";

/** Known headings of all notes, each once, in the order of the notes' first that has it. */
function orderOf(notes: readonly (readonly SeenSection[])[]): StyleHeading[] {
  const order: { section: SeenSection; lines: number; bullets: number }[] = [];
  for (const note of notes) {
    let last = -1;
    for (const section of note) {
      const at = order.findIndex((known) => known.section.topic === section.topic);
      const known = order[at];
      if (known) {
        known.lines += section.lines;
        known.bullets += section.bullets;
        last = at;
      } else {
        // Behind the heading that it followed in its own note.
        last += 1;
        order.splice(last, 0, { section, lines: section.lines, bullets: section.bullets });
      }
    }
  }
  return order.map(({ section, lines, bullets }) => ({
    title: section.title,
    topics: section.topic === null ? [] : [section.topic],
    ...(lines > 0 && { form: formOf(bullets, lines) }),
  }));
}
