/** What the page and its worker say to each other (through comlink). Plain data only. */
import type { EngineChoice, EngineInfo, LoadProgress } from "./engine/types.ts";
import type { TooLongDetail } from "./scribe/errors.ts";
import type { Note, NoteProgress } from "./scribe/note.ts";
import type { Measure } from "./scribe/prompt.ts";

export interface LoadRequest {
  /** Absolute address of the model folder, ending in '/'. */
  model: string;
  engine: EngineChoice;
  threads?: number | undefined;
  kernels?: "int16" | "int8" | undefined;
}

export interface GenerateRequest {
  transcript: string;
  /** For measurements: exactly so many new tokens in every section, stop tokens ignored. */
  exactTokens?: number | undefined;
}

/** An error that crossed from the worker: classes do not, so their code and sentence do. */
export interface Failure {
  /** Code of an EngineError or ScribeError, or 'unexpected'. */
  code: string;
  message: string;
  tooLong?: TooLongDetail | undefined;
}

export type Reply<T> = { ok: true; value: T } | { ok: false; failure: Failure };

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
  ): Promise<Reply<EngineInfo>>;
  /** How much room a transcript takes; needs a loaded model. */
  measure(transcript: string): Promise<Reply<Measure>>;
  /** The part of a too long transcript that fits. */
  cut(transcript: string, keep: "start" | "end"): Promise<Reply<string>>;
  generate(request: GenerateRequest, onUpdate: (update: Update) => void): Promise<Reply<Note>>;
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
