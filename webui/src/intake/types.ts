/** What an importer makes of a file, a dictation or pasted text. */

/** One speaker's turn as it was found; `speaker` is '' where the source names nobody. */
export interface SpokenTurn {
  speaker: string;
  text: string;
}

export type Format = "text" | "markdown" | "vtt" | "srt" | "json" | "docx";

/**
 * What a reader of the result should know, as a code that the page puts into words: text that was
 * left out, an encoding that was assumed, speakers that were guessed.
 */
export type Remark =
  | { code: "windows-1252" }
  | { code: "headings-left-out"; count: number }
  | { code: "notes-left-out"; count: number }
  | { code: "odd-times"; line: number; count: number }
  | { code: "guessed-labels"; doctor: string; patient: string }
  | { code: "guessed-lines"; count: number };

export interface Imported {
  turns: SpokenTurn[];
  /** A turn a line: `[doctor] …`, or the bare line where nobody is named. */
  text: string;
  format: Format;
  remarks: Remark[];
}

/** A cue, a paragraph or an utterance before turns are made: times in seconds, null if untold. */
export interface Piece extends SpokenTurn {
  start: number | null;
  end: number | null;
}
