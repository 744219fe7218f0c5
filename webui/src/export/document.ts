/** What every export says, whatever its format. */
import { composeDocument } from "../note/text.ts";
import type { Encounter, Signature } from "../note/types.ts";
import type { ShownKey } from "../scribe/sections.ts";
import { readBlocks, type Block } from "./blocks.ts";
import { clean, cleanLine } from "./clean.ts";

/** The sentences of an exported document, in the interface's language. */
export interface ExportWords {
  /** Stands above a note that has no title. */
  heading: string;
  /** Of a note that nobody signed. */
  draft: string;
  /** Of a signed one. */
  signed(name: string, when: string): string;
  /** When the visit was begun in the page. */
  created(when: string): string;
  /** Which model drafted it. */
  drafted(model: string): string;
  /** Labels of the line where a printed draft is signed by hand. */
  signHere: { signature: string; date: string };
  /** Of people whom the page knows nothing about. */
  unknown: { patient: string; clinician: string };
  /** A moment for people, from ISO 8601. */
  moment(iso: string): string;
  page(number: string, pages: string): string;
}

export interface ExportSection {
  /** Null where a style's section holds lines of several. */
  key: ShownKey | null;
  title: string;
  text: string;
  blocks: Block[];
}

export interface ExportDocument {
  /** The encounter's UUID. */
  id: string;
  /** The clinician's own title, or the words' heading. */
  title: string;
  titled: boolean;
  /** The one section that this is, or null for the whole note. */
  part: ShownKey | null;
  /** ISO 8601. */
  created: string;
  /** Those that hold text, in the note's order. */
  sections: ExportSection[];
  signature: Signature | null;
  /** Whether somebody reviewed it: who and when, or that nobody did. */
  statement: string;
  /** When it was begun, and which model drafted it. */
  details: string[];
  model: string | null;
}

/**
 * The document that an encounter's note is exported as; null where the note holds no text. Lines
 * that were set apart as not found in the visit are no part of it. With `styled`, the note's text
 * laid out in a style, its sections are those of the style.
 */
export function composeExport(
  encounter: Encounter,
  words: ExportWords,
  styled: readonly Pick<ExportSection, "key" | "title" | "text">[] | null = null,
): ExportDocument | null {
  const { id, created, note } = encounter;
  if (!note) return null;
  const sections = (styled ?? composeDocument(note).sections).flatMap(({ key, title, text }) => {
    const written = clean(text).trim();
    return written === "" ? [] : [{ key, title, text: written, blocks: readBlocks(written) }];
  });
  if (sections.length === 0) return null;
  const title = cleanLine(encounter.title);
  const signature = note.signature && { ...note.signature, name: cleanLine(note.signature.name) };
  const model = encounter.model === null ? null : cleanLine(encounter.model) || null;
  return {
    id,
    title: title || words.heading,
    titled: title !== "",
    part: null,
    created,
    sections,
    signature,
    statement: signature ? words.signed(signature.name, words.moment(signature.at)) : words.draft,
    details: [
      words.created(words.moment(created)),
      ...(model === null ? [] : [words.drafted(model)]),
    ],
    model,
  };
}

/** The document of one section alone; null where that holds no text. */
export function onlySection(document: ExportDocument, key: ShownKey): ExportDocument | null {
  const sections = document.sections.filter((section) => section.key === key);
  return sections.length === 0 ? null : { ...document, part: key, sections };
}
