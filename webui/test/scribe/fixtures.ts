/** A small byte-level BPE tokenizer, a prompt and a scripted engine, for tests without a model. */
import type { Sequence, StepOptions, Token } from "../../src/engine/types.ts";
import type { NoteEngine } from "../../src/scribe/note.ts";
import { parsePrompt, PromptEncoder } from "../../src/scribe/prompt.ts";
import { Tokenizer } from "../../src/scribe/tokenizer.ts";

const CONTROLS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|eot_id|>"];
const MERGES = ["t h", "th e", "Ġ the", "i n", "Ġ p", "a in", "Ġp ain"];

/** Control tokens first and inside the vocabulary, as SmolLM2 has them. */
export function tokenizerJson(): Record<string, unknown> {
  const vocab: Record<string, number> = {};
  const add = (token: string): void => {
    vocab[token] ??= Object.keys(vocab).length;
  };
  CONTROLS.forEach(add);
  let moved = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    add(String.fromCharCode(printable ? byte : moved++));
  }
  for (const merge of MERGES) add(merge.replace(" ", ""));
  return {
    version: "1.0",
    added_tokens: CONTROLS.map((content, id) => ({
      id,
      content,
      special: true,
      normalized: false,
    })),
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    post_processor: null,
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab, merges: MERGES },
  };
}

const title = (key: string): string => key[0]!.toUpperCase() + key.slice(1);

export function promptJson(): Record<string, unknown> {
  return {
    format: 1,
    chat: "chatml",
    prefix: [
      { control: "<|im_start|>" },
      { text: "user\nVisit:\n" },
      { transcript: true },
      { control: "<|im_end|>" },
    ],
    sections: ["subjective", "objective", "assessment", "plan"].map((key) => ({
      key,
      title: title(key),
      prompt: [{ control: "<|im_start|>" }, { text: `${key}\n` }],
      limit: 24,
    })),
    stop: ["<|im_end|>", "<|endoftext|>"],
  };
}

export function fixtures(prompt = promptJson()): { tokenizer: Tokenizer; encoder: PromptEncoder } {
  const tokenizer = new Tokenizer(tokenizerJson());
  return { tokenizer, encoder: new PromptEncoder(tokenizer, parsePrompt(prompt)) };
}

/** Writes given ids, sequence by sequence; records what it was asked. */
export class ScriptedEngine implements NoteEngine {
  readonly prefills: number[][] = [];
  readonly forks: { suffixes: number[][]; maxNewTokens: number }[] = [];
  readonly batches: number[][] = [];
  readonly masked: number[] = [];
  readonly info: NoteEngine["info"];
  readonly #scripts: number[][];
  readonly #vocab: number;
  /** Called before each step with its number. */
  beforeStep: (step: number) => void = () => undefined;

  constructor(
    scripts: number[][],
    room = { prefixTokens: 512, poolRows: 1024, sequences: 16, positions: 2048 },
  ) {
    this.#scripts = scripts;
    this.#vocab = 300;
    this.info = {
      kind: "CPU",
      threads: 1,
      kernels: "int16",
      modelName: "scripted",
      testModel: true,
      memoryBytes: 0,
      vocab: this.#vocab,
      limits: room,
    };
  }

  async prefill(
    ids: ArrayLike<number>,
    options: Parameters<NoteEngine["prefill"]>[1] = {},
  ): ReturnType<NoteEngine["prefill"]> {
    options.signal?.throwIfAborted();
    this.prefills.push(Array.from(ids));
    options.onProgress?.(ids.length, ids.length);
    return { ids: Array.from(ids) };
  }

  async fork(
    _prefix: unknown,
    suffixes: readonly ArrayLike<number>[],
    { maxNewTokens }: { maxNewTokens: number },
  ): Promise<Sequence[]> {
    this.forks.push({ suffixes: suffixes.map((ids) => Array.from(ids)), maxNewTokens });
    return suffixes.map((suffix, id) => {
      const ids = Array.from(suffix);
      return {
        id,
        ids,
        get length() {
          return ids.length;
        },
      };
    });
  }

  async step(
    sequences: readonly Sequence[],
    options: StepOptions & { signal?: AbortSignal } = {},
  ): Promise<Token[]> {
    this.beforeStep(this.batches.length);
    options.signal?.throwIfAborted();
    this.batches.push(sequences.map(({ id }) => id));
    return sequences.map((sequence) => {
      const script = this.#scripts[sequence.id] ?? [];
      const logits = new Float32Array(this.#vocab);
      const start = this.forks.at(-1)!.suffixes[sequence.id]!.length;
      logits[script[sequence.length - start] ?? 2] = 2;
      logits[100] = 1; // what is chosen where the script's token is forbidden
      if (options.mask) {
        this.masked.push(sequence.id);
        options.mask(sequence, logits);
      }
      const id = logits.indexOf(Math.max(...logits));
      (sequence.ids as number[]).push(id);
      return { sequence, id, logProb: -1 };
    });
  }
}
