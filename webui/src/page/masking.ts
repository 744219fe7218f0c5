/** Masked transcripts: the model reads the masked text, everybody else the restored one. */
import type { Note } from "../scribe/note.ts";

export interface Masked {
  /** What the model reads. */
  text: string;
  /** A text that the model wrote, with what was masked put back. */
  restore: (text: string) => string;
}

export const unmasked = (text: string): Masked => ({ text, restore: (written) => written });

/** A note with what was masked put back in each of its texts. */
export function restoreNote(note: Note, { restore }: Masked): Note {
  const inText = <T extends { text: string }>(part: T): T => ({
    ...part,
    text: restore(part.text),
  });
  return {
    ...inText(note),
    sections: note.sections.map(inText),
    decoded: note.decoded.map(inText),
  };
}
