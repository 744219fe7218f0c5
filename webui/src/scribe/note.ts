/**
 * Writes a note: the transcript is read once, the sections fork from it and decode as one batch.
 * Knows the engine by its face alone.
 */
import type { Engine, Sequence, Token } from "../engine/types.ts";
import type { Asked, EncodedSection, PromptEncoder } from "./prompt.ts";
import { RepetitionGuard } from "./repetition.ts";
import { composeNote, type ShownKey, type ShownSection } from "./sections.ts";
import type { TextStream, Tokenizer } from "./tokenizer.ts";

/**
 * 'waiting' until its first token, 'writing', then one of: 'done' (the model ended it), 'limit'
 * (its token limit was reached first), 'stopped' (by the user, what was written is kept).
 */
export type SectionState = "waiting" | "writing" | "done" | "limit" | "stopped";

export interface DecodedSection {
  key: string;
  title: string;
  shown: ShownKey;
  text: string;
  state: SectionState;
  /** New tokens, the stop token not counted. */
  tokens: number;
}

export interface NoteSection extends ShownSection {
  state: SectionState;
}

export interface Note {
  /** Subjective, Objective, Assessment, Plan. */
  sections: NoteSection[];
  /** The whole note as it is copied and scored. */
  text: string;
  decoded: DecodedSection[];
  figures: NoteFigures;
  parts: NoteParts;
}

/** The parts in which a transcript was read, since one longer than the model's room needs several. */
export interface NoteParts {
  total: number;
  /** Parts whose sections are written; less than all where the note was stopped. */
  done: number;
}

export interface NoteFigures {
  /** Tokens of the transcript and its frame, and how long reading them took. */
  prefixTokens: number;
  readMilliseconds: number;
  steps: number;
  newTokens: number;
  writeMilliseconds: number;
}

export interface NoteProgress {
  phase: "reading" | "writing";
  /** Reading: tokens read and tokens in all. */
  done: number;
  total: number;
  /** The part that is read or written, from 1, and how many there are. */
  part: number;
  parts: number;
}

export interface NoteOptions extends Asked {
  signal?: AbortSignal;
  onProgress?: (progress: NoteProgress) => void;
  /** The note so far, after every step. */
  onNote?: (note: Note) => void;
  /** Limit of every section instead of the prompt's own; never above it. */
  limit?: number;
  /** For measurements: write on to the limit, whatever the model chooses. */
  ignoreStop?: boolean;
  greedy?: boolean;
  temperature?: number;
  topP?: number;
  seed?: number;
}

/** One section while it decodes. */
interface Writing {
  section: EncodedSection;
  limit: number;
  sequence: Sequence;
  stream: TextStream;
  decoded: DecodedSection;
  guard: RepetitionGuard | null;
}

const isOpen = ({ state }: DecodedSection): boolean => state === "waiting" || state === "writing";
const isEnded = ({ state }: DecodedSection): boolean => state === "done" || state === "limit";

export type NoteEngine = Pick<Engine, "info" | "prefill" | "fork" | "step">;

/**
 * The note for a transcript. An abort ends it early and keeps what was written; every other
 * failure throws: EmptyTranscript, TranscriptTooLong, or the engine's own errors.
 */
export async function writeNote(
  engine: NoteEngine,
  tokenizer: Tokenizer,
  encoder: PromptEncoder,
  transcript: string,
  options: NoteOptions = {},
): Promise<Note> {
  const { signal } = options;
  const encoded = encoder.encode(transcript, engine.info.limits, options);
  const decoded = encoded.sections.map(emptySection);
  const figures: NoteFigures = {
    prefixTokens: encoded.prefix.length,
    readMilliseconds: 0,
    steps: 0,
    newTokens: 0,
    writeMilliseconds: 0,
  };
  const note = (): Note => makeNote(decoded, figures);
  const report = (progress: Omit<NoteProgress, "part" | "parts">): void =>
    options.onProgress?.({ ...progress, part: 1, parts: 1 });
  try {
    const begun = performance.now();
    const prefix = await engine.prefill(encoded.prefix, {
      signal,
      onProgress: (done, total) => report({ phase: "reading", done, total }),
    });
    figures.readMilliseconds = performance.now() - begun;
    signal?.throwIfAborted();
    const limits = encoded.sections.map(({ limit }) => Math.min(limit, options.limit ?? limit));
    const sequences = await engine.fork(
      prefix,
      encoded.sections.map(({ ids }) => ids),
      { maxNewTokens: Math.max(...limits), signal },
    );
    const writings = encoded.sections.map((section, i): Writing => ({
      section,
      limit: limits[i] ?? section.limit,
      sequence: sequences[i] as Sequence,
      stream: tokenizer.stream(),
      decoded: decoded[i] as DecodedSection,
      guard:
        encoded.noRepeat === undefined
          ? null
          : new RepetitionGuard(encoded.noRepeat, (id) => tokenizer.hasDigit(id)),
    }));
    report({ phase: "writing", done: 0, total: 0 });
    await decode(engine, writings, new Set(encoded.stop), figures, options, note);
  } catch (error) {
    if (!signal?.aborted) throw error;
    for (const section of decoded) if (isOpen(section)) section.state = "stopped";
  }
  return note();
}

/** Steps all open sections together until none is left. */
async function decode(
  engine: NoteEngine,
  writings: Writing[],
  stop: ReadonlySet<number>,
  figures: NoteFigures,
  options: NoteOptions,
  note: () => Note,
): Promise<void> {
  const { signal, greedy, temperature, topP, seed } = options;
  const begun = performance.now();
  for (;;) {
    const open = writings.filter((writing) => isOpen(writing.decoded));
    if (open.length === 0) return;
    const mask = options.ignoreStop ? undefined : forbid(open, stop);
    const tokens = await engine.step(
      open.map(({ sequence }) => sequence),
      { signal, greedy, temperature, topP, seed, ...(mask && { mask }) },
    );
    figures.steps += 1;
    for (const token of tokens) accept(open, token, stop, figures, options.ignoreStop ?? false);
    figures.writeMilliseconds = performance.now() - begun;
    options.onNote?.(note());
    signal?.throwIfAborted();
  }
}

/** Takes one new token into its section's text, or closes the section. */
function accept(
  open: Writing[],
  token: Token,
  stop: ReadonlySet<number>,
  figures: NoteFigures,
  ignoreStop: boolean,
): void {
  const writing = open.find(({ sequence }) => sequence === token.sequence);
  if (!writing) return;
  const { decoded, stream } = writing;
  if (stop.has(token.id) && !ignoreStop) {
    decoded.text += stream.end();
    decoded.state = "done";
    return;
  }
  decoded.text += stream.push(token.id);
  writing.guard?.push(token.id);
  decoded.tokens += 1;
  decoded.state = "writing";
  figures.newTokens += 1;
  if (decoded.tokens >= writing.limit) {
    decoded.text += stream.end();
    decoded.state = "limit";
  }
}

/**
 * Forbids the stop tokens to sections below their least length, and to each section what would
 * repeat it. Undefined when nothing is forbidden, since a mask makes the engine bring every logit
 * back.
 */
function forbid(
  open: Writing[],
  stop: ReadonlySet<number>,
): ((sequence: Sequence, logits: Float32Array) => void) | undefined {
  const forbidden = new Map<Sequence, ReadonlySet<number>[]>();
  for (const { section, decoded, sequence, guard } of open) {
    const sets = [
      decoded.tokens < section.minTokens ? stop : undefined,
      guard?.forbidden(),
    ].filter((set) => set !== undefined && set.size > 0);
    if (sets.length > 0) forbidden.set(sequence, sets as ReadonlySet<number>[]);
  }
  if (forbidden.size === 0) return undefined;
  return (sequence, logits) => {
    for (const set of forbidden.get(sequence) ?? []) for (const id of set) logits[id] = -Infinity;
  };
}

function emptySection({ key, title, shown }: EncodedSection): DecodedSection {
  return { key, title, shown, text: "", state: "waiting", tokens: 0 };
}

/** A note from its decoded sections; `parts` tells where they come from several. */
export function makeNote(
  decoded: readonly DecodedSection[],
  figures: NoteFigures,
  parts: NoteParts = { total: 1, done: decoded.every(isEnded) ? 1 : 0 },
): Note {
  const { sections, text } = composeNote(decoded);
  return {
    sections: sections.map((section) => ({
      ...section,
      state: mergeStates(decoded.filter(({ shown }) => shown === section.key)),
    })),
    text,
    decoded: decoded.map((section) => ({ ...section })),
    figures: { ...figures },
    parts,
  };
}

/** State of a shown section from those decoded for it: open while one of them is. */
export function mergeStates(decoded: readonly { state: SectionState }[]): SectionState {
  const order: SectionState[] = ["writing", "waiting", "stopped", "limit", "done"];
  return order.find((state) => decoded.some((section) => section.state === state)) ?? "done";
}
