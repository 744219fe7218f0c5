/**
 * Visits longer than the model's room: the transcript is split between turns, each part's sections
 * are written, and the parts' sections are joined. A visit that fits is written as it always is.
 */
import { mergeTexts } from "./merge.ts";
import {
  makeNote,
  writeNote,
  type DecodedSection,
  type Note,
  type NoteEngine,
  type NoteFigures,
  type NoteOptions,
  type SectionState,
} from "./note.ts";
import type { Asked, Measure, PromptEncoder, Room } from "./prompt.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { cutTranscript, normalizeTranscript, splitTurns } from "./transcript.ts";

export interface VisitMeasure extends Measure {
  /** Parts in which the transcript will be read; 0 for an empty one. */
  parts: number;
}

/**
 * The note for a transcript of any length. An abort ends it early and keeps what was written of all
 * parts; every other failure throws, as in `writeNote`.
 */
export async function writeVisit(
  engine: NoteEngine,
  tokenizer: Tokenizer,
  encoder: PromptEncoder,
  transcript: string,
  options: NoteOptions = {},
): Promise<Note> {
  const parts = splitVisit(encoder, transcript, engine.info.limits, options);
  const total = parts.length;
  if (total === 1) return writeNote(engine, tokenizer, encoder, transcript, options);
  const written: Note[] = [];
  for (const [i, part] of parts.entries()) {
    // Each part's prefix takes the place of the one before in the engine's memory.
    const note = await writeNote(engine, tokenizer, encoder, part, {
      ...options,
      onProgress: (progress) => options.onProgress?.({ ...progress, part: i + 1, parts: total }),
      onNote: (note) => options.onNote?.(joinNotes([...written, note], total, true)),
    });
    written.push(note);
    if (options.signal?.aborted) break;
  }
  return joinNotes(written, total, false);
}

/** As `PromptEncoder.measure`, with the parts in which the transcript will be read. */
export function measureVisit(encoder: PromptEncoder, transcript: string, room: Room): VisitMeasure {
  const measure = encoder.measure(transcript, room);
  const fits = measure.tokens <= measure.maxTokens;
  const parts = fits ? Math.min(1, measure.words) : countParts(encoder, transcript, room);
  return { ...measure, parts };
}

function countParts(encoder: PromptEncoder, transcript: string, room: Room): number {
  try {
    return splitVisit(encoder, transcript, room).length;
  } catch {
    return 0; // a room in which nothing fits; writing says so
  }
}

/** Tokens of a part below which no visit can be read. */
const LEAST_PART = 32;

/**
 * A transcript in the fewest parts that fit, of about the same length, together all of it: cut
 * between turns, rather behind an answer than behind a question. A turn too long for a part is cut
 * between its sentences, and its speaker named again. Throws as `PromptEncoder.encode` does.
 */
export function splitVisit(
  encoder: PromptEncoder,
  transcript: string,
  room: Room,
  asked: Asked = {},
): string[] {
  const clean = normalizeTranscript(transcript);
  const most = encoder.maxPrefixTokens(room, asked);
  const frame = encoder.frameTokens;
  const whole = encoder.countTokens(clean);
  if (whole <= most || most - frame < LEAST_PART) {
    encoder.encode(clean, room, asked); // throws where there is nothing, or no room
    return [clean];
  }
  const cost = (piece: string): number => encoder.countTokens(piece) - frame;
  const pieces = splitTurns(clean).flatMap(({ speaker, start, end }) =>
    piecesOf(clean.slice(start, end), speaker, cost, (most - frame) / 2),
  );
  const costs = pieces.map((piece) => cost(piece) + 1); // and the line end
  const sum = costs.reduce((a, b) => a + b, 0);
  for (let count = Math.ceil(sum / (most - frame)); count < pieces.length; count++) {
    const parts = balance(pieces, costs, sum, count);
    if (parts.every((part) => part !== "" && encoder.countTokens(part) <= most)) return parts;
  }
  return pieces;
}

/** A turn whole, or in pieces of at most `most` tokens, each under the turn's speaker. */
function piecesOf(
  turn: string,
  speaker: string,
  cost: (piece: string) => number,
  most: number,
): string[] {
  if (cost(turn) <= most) return [turn];
  const label = speaker === "" ? "" : `[${speaker}] `;
  const pieces: string[] = [];
  for (let rest = turn; rest !== "";) {
    const lead = pieces.length === 0 ? "" : label;
    const piece = cutTranscript(rest, "start", (text) => cost(lead + text) <= most);
    const taken = piece === "" ? rest : piece;
    pieces.push(lead + taken);
    rest = rest.slice(rest.indexOf(taken) + taken.length).trim();
  }
  return pieces;
}

/** What a cut right behind a question costs, as a share of a part. */
const QUESTION = 0.12;

/** `count` parts, each cut being the best one near the place that makes all parts even. */
function balance(pieces: string[], costs: number[], sum: number, count: number): string[] {
  const even = sum / count;
  const before: number[] = []; // tokens in front of each piece
  costs.reduce((total, cost, i) => {
    before[i] = total;
    return total + cost;
  }, 0);
  const parts: string[] = [];
  let from = 0;
  for (let k = 1; k < count; k++) {
    let best = from + 1;
    let least = Infinity;
    for (let i = from + 1; i < pieces.length; i++) {
      const away = Math.abs((before[i] ?? 0) - k * even) / even;
      const asks = /\?["')\]]*$/.test(pieces[i - 1] ?? "") ? QUESTION : 0;
      if (away + asks < least) [best, least] = [i, away + asks];
    }
    parts.push(pieces.slice(from, best).join("\n"));
    from = best;
  }
  return [...parts, pieces.slice(from).join("\n")];
}

/** The notes of a visit's first parts as one; `open`: more is to come. */
function joinNotes(notes: readonly Note[], total: number, open: boolean): Note {
  const decoded = (notes[0]?.decoded ?? []).map((first): DecodedSection => {
    const same = notes.flatMap((note) => note.decoded.filter(({ key }) => key === first.key));
    const states = same.map(({ state }) => state);
    return {
      ...first,
      text: mergeTexts(
        same.map(({ text }) => text),
        first.shown,
      ),
      state: joinStates(states, total, open),
      tokens: same.reduce((sum, { tokens }) => sum + tokens, 0),
    };
  });
  const done = notes.filter(({ parts }) => parts.done === 1).length;
  return makeNote(decoded, sumFigures(notes), { total, done });
}

function joinStates(states: readonly SectionState[], total: number, open: boolean): SectionState {
  const missing = states.length < total;
  if (open && (missing || states.some((state) => state === "waiting" || state === "writing"))) {
    return states.every((state) => state === "waiting") ? "waiting" : "writing";
  }
  if (missing || states.includes("stopped")) return "stopped";
  return states.includes("limit") ? "limit" : "done";
}

function sumFigures(notes: readonly Note[]): NoteFigures {
  const sum = (name: keyof NoteFigures): number =>
    notes.reduce((total, { figures }) => total + figures[name], 0);
  return {
    prefixTokens: sum("prefixTokens"),
    readMilliseconds: sum("readMilliseconds"),
    steps: sum("steps"),
    newTokens: sum("newTokens"),
    writeMilliseconds: sum("writeMilliseconds"),
  };
}
