/**
 * Text ↔ token ids for byte-level BPE models (Llama 3, SmolLM2), on `@huggingface/tokenizers`.
 *
 * Control tokens exist for the prompt alone, by name. Text is encoded by a tokenizer that has
 * never heard of them, so what looks like `<|im_end|>` in a transcript stays text.
 */
import { Tokenizer as TextTokenizer } from "@huggingface/tokenizers";

import { BadModelFile } from "./errors.ts";

interface TokenizerFile {
  added_tokens?: { id: number; content: string }[];
  model?: { type?: string; vocab?: Record<string, number> };
  decoder?: { type?: string; decoders?: { type?: string }[] } | null;
}

export class Tokenizer {
  readonly #text: TextTokenizer;
  readonly #controls: Map<string, number>;
  /** Token id → its bytes; control tokens have none. */
  readonly #bytes: (Uint8Array | undefined)[];

  /** Reads the parsed `tokenizer.json`; throws BadModelFile where it is not byte-level BPE. */
  constructor(file: unknown) {
    const json = file as TokenizerFile | null;
    const vocab = json?.model?.vocab;
    if (json?.model?.type !== "BPE" || typeof vocab !== "object") {
      throw new BadModelFile("tokenizer.json", "it holds no BPE vocabulary");
    }
    const decoders = json.decoder?.decoders ?? [json.decoder];
    if (!decoders.some((decoder) => decoder?.type === "ByteLevel")) {
      throw new BadModelFile("tokenizer.json", "its tokens are not byte-level");
    }
    const added = json.added_tokens ?? [];
    this.#controls = new Map(added.map((token) => [token.content, token.id]));
    const plain = Object.fromEntries(
      Object.entries(vocab).filter(([token]) => !this.#controls.has(token)),
    );
    this.#text = new TextTokenizer(
      { ...json, model: { ...json.model, vocab: plain }, added_tokens: [], post_processor: null },
      {},
    );
    this.#bytes = tokenBytes(plain);
  }

  /** Ids of a text in which no control token is known. Splits nothing off and adds nothing. */
  encode(text: string): number[] {
    return text === "" ? [] : this.#text.encode(text, { add_special_tokens: false }).ids;
  }

  /** Id of a control token such as `<|im_start|>`; throws BadModelFile where there is none. */
  control(name: string): number {
    const id = this.#controls.get(name);
    if (id === undefined) {
      throw new BadModelFile("tokenizer.json", `it lacks the token ${name} that prompt.json names`);
    }
    return id;
  }

  /** The text of whole ids; control tokens are left out, broken UTF-8 becomes U+FFFD. */
  decode(ids: Iterable<number>): string {
    const stream = this.stream();
    let text = "";
    for (const id of ids) text += stream.push(id);
    return text + stream.end();
  }

  /** Whether a token writes a digit. */
  hasDigit(id: number): boolean {
    return this.#bytes[id]?.some((byte) => byte >= 0x30 && byte <= 0x39) ?? false;
  }

  /** Decodes token by token; a character that spans tokens comes with its last one. */
  stream(): TextStream {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return {
      push: (id) => decoder.decode(this.#bytes[id] ?? new Uint8Array(0), { stream: true }),
      end: () => decoder.decode(),
    };
  }
}

export interface TextStream {
  /** Text that became complete with this token. */
  push(id: number): string;
  /** What was left incomplete, as U+FFFD. */
  end(): string;
}

/**
 * Byte-level BPE writes bytes as printable characters: the printable bytes of Latin-1 stand for
 * themselves, the other 68 for U+0100 onwards (GPT-2's `bytes_to_unicode`).
 */
function tokenBytes(vocab: Record<string, number>): (Uint8Array | undefined)[] {
  const byteOf = new Map<string, number>();
  let moved = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    byteOf.set(String.fromCharCode(printable ? byte : moved++), byte);
  }
  const table: (Uint8Array | undefined)[] = [];
  for (const [token, id] of Object.entries(vocab)) {
    table[id] = Uint8Array.from(token, (character) => byteOf.get(character) ?? 0x3f);
  }
  return table;
}
