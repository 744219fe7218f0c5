/**
 * `prompt.json` → token ids. The prompt is data: its texts, sections, limits and stop tokens stand
 * in the model folder, and this is the one place that turns them into ids, for the page, for
 * training and for the evaluation.
 *
 * Every part is tokenized on its own, so the ids of the transcript depend on nothing around it.
 */
import {
  BadModelFile,
  EmptyTranscript,
  InstructionTooLong,
  MAX_INSTRUCTION,
  TranscriptTooLong,
} from "./errors.ts";
import { isShownKey, type ShownKey } from "./sections.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { countWords, cutTranscript, normalizeTranscript } from "./transcript.ts";

export type Part = { text: string } | { control: string } | { transcript: true };

export interface SectionPrompt {
  /** Name of the decoded sequence, such as 'plan'. */
  key: string;
  title: string;
  /** The section of the page in which its text appears; its key where that is one. */
  shown: ShownKey;
  prompt: Part[];
  /** New tokens at most. */
  limit: number;
  /** New tokens before which no stop token is allowed. */
  minTokens: number;
}

export interface Prompt {
  prefix: Part[];
  sections: SectionPrompt[];
  stop: string[];
  /** Length in tokens of the chains that may not recur in a section; undefined: all may. */
  noRepeat?: number;
}

/** The engine's room for a note, in tokens and KV rows (see the engine's `info.limits`). */
export interface Room {
  prefixTokens: number;
  poolRows: number;
  sequences: number;
  positions: number;
}

export interface EncodedSection extends Pick<
  SectionPrompt,
  "key" | "title" | "shown" | "limit" | "minTokens"
> {
  ids: number[];
}

export interface EncodedPrompt {
  prefix: number[];
  sections: EncodedSection[];
  stop: number[];
  noRepeat?: number;
}

/** What of a note is asked for; without anything, all of it in the prompt's own words. */
export interface Asked {
  /** The shown sections that are to be written. */
  sections?: readonly ShownKey[] | undefined;
  /** The clinician's wish for them, at most `MAX_INSTRUCTION` characters. */
  instruction?: string | undefined;
}

/** How much of the engine's room a transcript takes. */
export interface Measure {
  words: number;
  /** Tokens of the whole prefix, prompt texts included; 0 for an empty transcript. */
  tokens: number;
  maxTokens: number;
}

const FILE = "prompt.json";

/** Leads the clinician's own words in a section's prompt. */
const INSTRUCTION = "The doctor's wish for this part:";

/** Checks the parsed `prompt.json`; throws BadModelFile in one sentence about what is wrong. */
export function parsePrompt(json: unknown): Prompt {
  const file = record(json, "the file");
  if (file.format !== 1) {
    throw new BadModelFile(
      FILE,
      `its format is ${JSON.stringify(file.format)}, and 1 is read here`,
    );
  }
  const prefix = parts(file.prefix, "prefix");
  if (prefix.filter((part) => "transcript" in part).length !== 1) {
    throw new BadModelFile(FILE, "its prefix must name the transcript exactly once");
  }
  const stop = list(file.stop, "stop").map((name) => text(name, "stop"));
  const sections = list(file.sections, "sections").map(section);
  if (stop.length === 0 || sections.length === 0) {
    throw new BadModelFile(FILE, "it needs at least one section and one stop token");
  }
  if (new Set(sections.map(({ key }) => key)).size !== sections.length) {
    throw new BadModelFile(FILE, "two of its sections have the same key");
  }
  if (file.no_repeat === undefined) return { prefix, sections, stop };
  const noRepeat = natural(file.no_repeat, "no_repeat");
  if (noRepeat < 2) throw new BadModelFile(FILE, "its no_repeat must be 2 or more");
  return { prefix, sections, stop, noRepeat };
}

function section(json: unknown): SectionPrompt {
  const item = record(json, "a section");
  const key = text(item.key, "a section's key");
  const shown = item.shown ?? key;
  if (typeof shown !== "string" || !isShownKey(shown)) {
    throw new BadModelFile(FILE, `section ${key} does not say where the page shows it`);
  }
  const prompt = parts(item.prompt, `section ${key}`);
  if (prompt.length === 0 || prompt.some((part) => "transcript" in part)) {
    throw new BadModelFile(
      FILE,
      `section ${key} needs a prompt of its own, without the transcript`,
    );
  }
  const limit = natural(item.limit, `section ${key}: limit`);
  const minTokens =
    item.min_tokens === undefined ? 0 : natural(item.min_tokens, `section ${key}: min_tokens`);
  if (limit < 1 || minTokens > limit) {
    throw new BadModelFile(FILE, `section ${key} has a limit that no text can meet`);
  }
  return { key, title: text(item.title, `section ${key}: title`), shown, prompt, limit, minTokens };
}

/** Turns transcripts into ids for one model. */
export class PromptEncoder {
  readonly #tokenizer: Tokenizer;
  readonly #prompt: Prompt;
  readonly #sections: EncodedSection[];
  readonly #stop: number[];
  /** Tokens of the prefix without the transcript. */
  readonly #frame: number;

  constructor(tokenizer: Tokenizer, prompt: Prompt) {
    this.#tokenizer = tokenizer;
    this.#prompt = prompt;
    this.#stop = prompt.stop.map((name) => tokenizer.control(name));
    this.#sections = prompt.sections.map(({ key, title, shown, limit, minTokens, prompt }) => {
      const ids = prompt.flatMap((part) => this.#part(part, ""));
      if (ids.length === 0) throw new BadModelFile(FILE, `the prompt of section ${key} is empty`);
      return { key, title, shown, limit, minTokens, ids };
    });
    this.#frame = this.#prefix("").length;
  }

  /**
   * Ids of everything for a transcript; throws EmptyTranscript, InstructionTooLong, and
   * TranscriptTooLong for a room.
   */
  encode(transcript: string, room?: Room, asked: Asked = {}): EncodedPrompt {
    const clean = normalizeTranscript(transcript);
    if (clean === "") throw new EmptyTranscript();
    const prefix = this.#prefix(clean);
    const sections = this.#asked(asked);
    if (room) {
      const most = this.maxPrefixTokens(room, sections);
      if (prefix.length > most) throw this.#tooLong(clean, prefix.length, most);
    }
    const { noRepeat } = this.#prompt;
    return {
      prefix,
      sections: sections.map((item) => ({ ...item })),
      stop: [...this.#stop],
      ...(noRepeat !== undefined && { noRepeat }),
    };
  }

  /** Ids that a section's text should have when a model writes it: the text, then a stop token. */
  target(sectionText: string): number[] {
    return [...this.#tokenizer.encode(sectionText), ...this.#stop.slice(0, 1)];
  }

  /** Tokens of a transcript in its frame. */
  countTokens(transcript: string): number {
    return this.#prefix(normalizeTranscript(transcript)).length;
  }

  /** Tokens of the frame alone. */
  get frameTokens(): number {
    return this.#frame;
  }

  measure(transcript: string, room: Room): Measure {
    const clean = normalizeTranscript(transcript);
    const maxTokens = this.maxPrefixTokens(room);
    if (clean === "") return { words: 0, tokens: 0, maxTokens };
    return { words: countWords(clean), tokens: this.#prefix(clean).length, maxTokens };
  }

  /** The longest end or start of a transcript that fits, cut between turns where possible. */
  cut(transcript: string, keep: "start" | "end", room: Room): string {
    const most = this.maxPrefixTokens(room);
    return cutTranscript(
      normalizeTranscript(transcript),
      keep,
      (piece) => this.#prefix(piece).length <= most,
    );
  }

  /**
   * Tokens that the prefix may have, so that every section still has its whole limit: the engine's
   * own cap, the KV rows that are left beside the sections' regions (each a multiple of 8 rows, as
   * is the prefix's, and all with room for the longest limit), and the model's positions.
   */
  maxPrefixTokens(room: Room, asked: Asked | readonly EncodedSection[] = {}): number {
    const sections = "length" in asked ? asked : this.#asked(asked);
    const limit = Math.max(...sections.map((item) => item.limit));
    const needs = sections.map((item) => item.ids.length + limit);
    const rows = needs.reduce((sum, need) => sum + align8(need), 0);
    return Math.max(
      0,
      Math.min(
        room.prefixTokens,
        Math.floor((room.poolRows - rows) / 8) * 8,
        room.positions - Math.max(...needs),
      ),
    );
  }

  /** The sections that are asked for, with the instruction in the prompt of each. */
  #asked({ sections, instruction }: Asked): EncodedSection[] {
    const wanted = this.#sections.filter(({ shown }) => sections?.includes(shown) ?? true);
    if (wanted.length === 0) {
      throw new BadModelFile(FILE, `no section of it is shown as ${sections?.join(", ")}`);
    }
    const wish = (instruction ?? "").toWellFormed().replace(/\s+/g, " ").trim();
    if (wish === "") return wanted;
    if (wish.length > MAX_INSTRUCTION) throw new InstructionTooLong(wish.length);
    // Encoded by itself, as the transcript is: nothing in it can become a control token.
    const ids = this.#tokenizer.encode(` ${INSTRUCTION} ${wish}`);
    return wanted.map((item) => ({ ...item, ids: this.#withInstruction(item.key, ids) }));
  }

  /** A section's prompt with the instruction right after the words that ask for the section. */
  #withInstruction(key: string, instruction: readonly number[]): number[] {
    const prompt = this.#prompt.sections.find((item) => item.key === key)?.prompt ?? [];
    const request = prompt.findIndex((part) => "text" in part);
    return prompt.flatMap((part, i) => [
      ...this.#part(part, ""),
      ...(i === request ? instruction : []),
    ]);
  }

  #tooLong(clean: string, tokens: number, most: number): TranscriptTooLong {
    const words = countWords(clean);
    const share = Math.max(0, most - this.#frame) / (tokens - this.#frame);
    return new TranscriptTooLong({ words, fittingWords: roundDown(words * share) });
  }

  #prefix(clean: string): number[] {
    return this.#prompt.prefix.flatMap((part) => this.#part(part, clean));
  }

  #part(part: Part, transcript: string): number[] {
    if ("control" in part) return [this.#tokenizer.control(part.control)];
    return this.#tokenizer.encode("text" in part ? part.text : transcript);
  }
}

const align8 = (n: number): number => Math.ceil(n / 8) * 8;

/** Two leading digits: 'about 3,100 words' promises no more than it knows. */
export function roundDown(words: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, words))) - 1);
  return Math.floor(words / step) * step;
}

function parts(json: unknown, where: string): Part[] {
  return list(json, where).map((item): Part => {
    const part = record(item, where);
    if (typeof part.text === "string") return { text: part.text };
    if (typeof part.control === "string") return { control: part.control };
    if (part.transcript === true) return { transcript: true };
    throw new BadModelFile(
      FILE,
      `${where} has a part that is neither text, control nor transcript`,
    );
  });
}

function record(json: unknown, where: string): Record<string, unknown> {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) {
    return json as Record<string, unknown>;
  }
  throw new BadModelFile(FILE, `${where} is not an object`);
}

function list(json: unknown, where: string): unknown[] {
  if (Array.isArray(json)) return json;
  throw new BadModelFile(FILE, `${where} is not a list`);
}

function text(json: unknown, where: string): string {
  if (typeof json === "string" && json !== "") return json;
  throw new BadModelFile(FILE, `${where} is not a text`);
}

function natural(json: unknown, where: string): number {
  if (typeof json === "number" && Number.isInteger(json) && json >= 0) return json;
  throw new BadModelFile(FILE, `${where} is not a whole number`);
}
