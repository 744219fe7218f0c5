/**
 * A letter for the patient and an after-visit summary, put together from the note's own lines under
 * plain headings. Nothing is added to what the note says. Lines that are marked and not decided on,
 * or set apart, are left out and counted.
 */
import type { NoteDocument, NoteLine } from "../note/types.ts";
import { placeLines, type PlacedLine } from "../style/topics.ts";
import { toSecondPerson } from "./second-person.ts";

export type LetterKind = "letter" | "summary";

/** What a part is about; its order in each kind stands in PARTS. */
export type LetterTopic =
  | "reason"
  | "vitals"
  | "results"
  | "findings"
  | "medications"
  | "tests"
  | "instructions"
  | "followup";

/** Headings and sentences of the frame, in the interface's language. */
export interface LetterWords {
  greeting: string;
  opening: string;
  closing: string;
  draft: string;
  headings: Record<LetterTopic, string>;
}

export interface LetterPart {
  topic: LetterTopic;
  lines: { id: string; text: string }[];
}

export interface Letter {
  kind: LetterKind;
  parts: LetterPart[];
  /** Marked lines that nobody decided on, and that are not in it. */
  left: number;
}

const PARTS: Record<LetterKind, readonly LetterTopic[]> = {
  letter: ["reason", "findings", "results", "medications", "tests", "instructions", "followup"],
  summary: [
    "reason",
    "vitals",
    "results",
    "findings",
    "medications",
    "tests",
    "instructions",
    "followup",
  ],
};

/** A line of the plan that is about a medicine. */
const MEDICINE =
  /\b\d+(?:\.\d+)?\s?(?:mg|mcg|g|ml|units?|puffs?|drops?)\b|\b(?:tablets?|capsules?|inhaler|insulin|cream|ointment|refills?|prescri\w+|antibiotics?|dose)\b/i;

export function composeLetter(document: NoteDocument, kind: LetterKind): Letter {
  const placed = placeLines(document);
  const fit = placed.filter(({ line }) => !isOpen(line));
  const parts = PARTS[kind].map((topic): LetterPart => ({
    topic,
    lines: fit
      .filter((each) => topicOf(each) === topic)
      .map(({ line }) => ({ id: line.id, text: toSecondPerson(line.text) })),
  }));
  return {
    kind,
    parts: parts.filter(({ lines }) => lines.length > 0),
    left: placed.length - fit.length,
  };
}

const isOpen = ({ check, kept }: NoteLine): boolean => check?.verdict === "unsupported" && !kept;

/** Where a line stands in a letter; null for what stays in the note (history, examination). */
function topicOf({ section, topic, line }: PlacedLine): LetterTopic | null {
  if (topic === "complaint") return "reason";
  if (topic === "vitals" || topic === "results") return topic;
  if (section === "assessment") return "findings";
  if (section !== "plan") return null;
  if (topic === "tests" || topic === "followup") return topic;
  return MEDICINE.test(line.text) ? "medications" : "instructions";
}

/** The whole as plain text, to be looked through and changed before it is used. */
export function letterText({ kind, parts }: Letter, words: LetterWords): string {
  const body = parts.map(({ topic, lines }) =>
    [words.headings[topic], ...lines.map(({ text }) => `- ${text}`)].join("\n"),
  );
  return kind === "letter"
    ? [words.greeting, words.opening, ...body, words.closing].join("\n\n")
    : body.join("\n\n");
}
