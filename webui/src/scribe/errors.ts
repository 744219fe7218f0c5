/**
 * What can go wrong in the scribe. `code` is for programs (the page picks its buttons by it),
 * `message` is one sentence for people: what is wrong and what to do.
 */
export type ScribeErrorCode =
  "empty-transcript" | "transcript-too-long" | "instruction-too-long" | "bad-model-file";

export class ScribeError extends Error {
  readonly code: ScribeErrorCode;

  constructor(code: ScribeErrorCode, message: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** There is nothing to write a note from. */
export class EmptyTranscript extends ScribeError {
  constructor() {
    super(
      "empty-transcript",
      "There is no transcript yet: paste one, type it, or pick a sample visit.",
    );
  }
}

/** Sizes of a transcript that does not fit, for the sentence and for offering a cut. */
export interface TooLongDetail {
  /** Words in the transcript. */
  words: number;
  /** About how many words of it fit, at its own tokens per word. */
  fittingWords: number;
}

/** The transcript and the note together would pass the model's context. */
export class TranscriptTooLong extends ScribeError {
  readonly detail: TooLongDetail;

  constructor(detail: TooLongDetail) {
    const count = (n: number): string => n.toLocaleString("en");
    super(
      "transcript-too-long",
      `This transcript has ${count(detail.words)} words, and about ${count(detail.fittingWords)} ` +
        "fit: keep its end or its start, or shorten it.",
    );
    this.detail = detail;
  }
}

/** Characters that an instruction for a section may have. */
export const MAX_INSTRUCTION = 300;

/** An instruction is a wish in a sentence or two, not another transcript. */
export class InstructionTooLong extends ScribeError {
  constructor(characters: number) {
    super(
      "instruction-too-long",
      `The instruction has ${characters} characters, and ${MAX_INSTRUCTION} fit: shorten it.`,
    );
  }
}

/** A file of the model folder does not say what the scribe needs. */
export class BadModelFile extends ScribeError {
  constructor(file: string, problem: string) {
    super(
      "bad-model-file",
      `The model's ${file} cannot be used: ${problem}. Build the model again, or choose another.`,
    );
  }
}
