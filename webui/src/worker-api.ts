/** What the page and its worker say to each other (through comlink). Plain data only. */
import type { StorageReport } from "./engine/model-source.ts";
import type { EngineChoice, EngineInfo, LoadProgress, Speed } from "./engine/types.ts";
import type { TooLongDetail } from "./scribe/errors.ts";
import type { CodedLine, Suggestion } from "./coding/suggest.ts";
import type { CheckedNote } from "./scribe/checks/types.ts";
import type { Note, NoteProgress } from "./scribe/note.ts";
import type { VisitMeasure } from "./scribe/long-visit.ts";
import type { ShownKey } from "./scribe/sections.ts";

export interface LoadRequest {
  /** Absolute address of the model folder, ending in '/'. */
  model: string;
  /** SHA-256 of its manifest, where this version of the page knows it. */
  manifest?: string | undefined;
  engine: EngineChoice;
  threads?: number | undefined;
  kernels?: "int16" | "int8" | undefined;
}

export interface GenerateRequest {
  transcript: string;
  /** For measurements: exactly so many new tokens in every section, stop tokens ignored. */
  exactTokens?: number | undefined;
  /** At most so many new tokens in every section. */
  maxTokens?: number | undefined;
  /** The sections that are to be written; all where it is left out. */
  sections?: readonly ShownKey[] | undefined;
  /** The clinician's wish for them. */
  instruction?: string | undefined;
  /** Samples, so that the same request gives other words; without it the likeliest are taken. */
  seed?: number | undefined;
}

export interface CheckRequest {
  transcript: string;
  /** The note's statements in order, each with the heading that it stands under. */
  statements: {
    text: string;
    section: string;
    /** Not part of the note's text: it is checked, and what it says still counts as left out. */
    apart: boolean;
  }[];
}

/** An error that crossed from the worker: classes do not, so their code and sentence do. */
export interface Failure {
  /** Code of an EngineError or ScribeError, or 'unexpected'. */
  code: string;
  message: string;
  tooLong?: TooLongDetail | undefined;
}

export type Reply<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** What runs, and what became of its files in this machine's storage. */
export interface LoadedModel extends EngineInfo {
  readonly storage?: StorageReport | undefined;
}

export interface Update {
  progress?: NoteProgress;
  note?: Note;
}

/** The worker's face. Calls never throw: what goes wrong comes back as a Failure. */
export interface ScribeWorker {
  /** Resolves once the worker holds the lock, which it keeps while it lives. */
  alive(lock: string): Promise<void>;
  /** Loads a model, in place of the one before. */
  load(
    request: LoadRequest,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Reply<LoadedModel>>;
  /**
   * How fast this machine runs the model, measured for about a second; a note or another load ends
   * it. Must not be asked for while a note is written.
   */
  speed(): Promise<Reply<Speed>>;
  /** Addresses of everything that the worker has asked for. */
  requests(): Promise<string[]>;
  /** How much room a transcript takes; needs a loaded model. */
  measure(transcript: string): Promise<Reply<VisitMeasure>>;
  /** The part of a too long transcript that fits. */
  cut(transcript: string, keep: "start" | "end"): Promise<Reply<string>>;
  generate(request: GenerateRequest, onUpdate: (update: Update) => void): Promise<Reply<Note>>;
  /** The clinical checks of a note, statement by statement; needs no model. */
  check(request: CheckRequest): Promise<Reply<CheckedNote>>;
  /** Suggested codes of ICD-10-CM for an assessment's lines; needs no model. */
  suggestCodes(lines: readonly CodedLine[]): Promise<Reply<Suggestion[]>>;
  /** Ends the note that is being written, or the load; what was written is kept. */
  stop(): void;
  dispose(): Promise<void>;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: "unexpected", message: String(error) };
  const { code, detail } = error as { code?: unknown; detail?: TooLongDetail };
  const known = typeof code === "string";
  return {
    code: known ? code : "unexpected",
    message: known ? error.message : `${error.name}: ${error.message}`,
    ...(code === "transcript-too-long" && detail && { tooLong: detail }),
  };
}
