/**
 * The scribe without a page, for training and evaluation: JSON lines in, JSON lines out.
 *
 *     node src/node/scribe-cli.ts MODEL_FOLDER [--threads N] [--kernels int16|int8]
 *
 * One request a line, `{"op": …}`, with any `id`, which its answer repeats:
 *
 *     ids       {transcript, targets?: {section key: text}}
 *               → {prefix, sections: [{key, ids, limit, target?}], stop}
 *     encode    {text} → {ids}
 *     decode    {ids} → {text}
 *     compose   {sections: [{shown, text}]} → {sections, text}, the note as it is shown and scored
 *     generate  {transcript, limit?, ignore_stop?, greedy?, temperature?, top_p?, seed?,
 *                sections?: [shown key], instruction?}
 *               → {sections: [{key, shown, text, state, tokens}], text, figures, parts: {total, done}};
 *               a transcript beyond the model's room is read in several parts
 *     parts     {transcript, room: {prefixTokens, poolRows, sequences, positions}}
 *               → {parts: [text]}, as `generate` reads them
 *     info      → {engine}
 *
 * A request that cannot be answered gets {"error": {code, message}}; the process goes on. Only
 * `generate` and `info` load the weights: the other operations need `tokenizer.json` and
 * `prompt.json` alone.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { loadEngine } from "../engine/index.ts";
import type { Engine } from "../engine/types.ts";
import { BadModelFile } from "../scribe/errors.ts";
import { splitVisit, writeVisit } from "../scribe/long-visit.ts";
import { parsePrompt, PromptEncoder, type Room } from "../scribe/prompt.ts";
import { composeNote, type DecodedText } from "../scribe/sections.ts";
import { Tokenizer } from "../scribe/tokenizer.ts";
import { failureOf } from "../worker-api.ts";
import { openFolder } from "./folder-source.ts";
import { nodeHost } from "./host.ts";

interface Scribe {
  tokenizer: Tokenizer;
  encoder: PromptEncoder;
  engine: () => Promise<Engine>;
}

interface EngineOptions {
  threads?: number | undefined;
  kernels?: "int16" | "int8" | undefined;
}

type Request = Record<string, unknown>;

/** A field that a request lacks, or that has another type than the operation takes. */
class BadRequest extends Error {
  readonly code = "bad-request";
}

function field<T>(request: Request, name: string, is: (value: unknown) => value is T): T {
  const value = request[name];
  if (is(value)) return value;
  throw new BadRequest(`The operation ${String(request.op)} needs another value of '${name}'.`);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isTokens = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((id) => Number.isInteger(id));
const isRoom = (value: unknown): value is Room => typeof value === "object" && value !== null;
const isParts = (value: unknown): value is DecodedText[] => Array.isArray(value);

async function readJson(folder: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, file), "utf8")) as unknown;
  } catch (error) {
    throw new BadModelFile(
      file,
      `${folder} does not hold it as JSON (${(error as Error).message})`,
    );
  }
}

/** Opens a model folder; its weights are read when a request first needs them. */
export async function openScribe(folder: string, options: EngineOptions = {}): Promise<Scribe> {
  const tokenizer = new Tokenizer(await readJson(folder, "tokenizer.json"));
  const encoder = new PromptEncoder(tokenizer, parsePrompt(await readJson(folder, "prompt.json")));
  let engine: Promise<Engine> | null = null;
  const load = async (): Promise<Engine> =>
    loadEngine(await openFolder(folder), { engine: "cpu", ...options, host: nodeHost() });
  return { tokenizer, encoder, engine: () => (engine ??= load()) };
}

const operations: Record<string, (scribe: Scribe, request: Request) => object | Promise<object>> = {
  ids({ encoder }, request) {
    const { prefix, sections, stop } = encoder.encode(field(request, "transcript", isText));
    const targets = (request.targets ?? {}) as Record<string, unknown>;
    return {
      prefix,
      sections: sections.map(({ key, ids, limit }) => {
        const target = targets[key];
        return { key, ids, limit, ...(isText(target) && { target: encoder.target(target) }) };
      }),
      stop,
    };
  },

  encode: ({ tokenizer }, request) => ({ ids: tokenizer.encode(field(request, "text", isText)) }),

  decode: ({ tokenizer }, request) => ({ text: tokenizer.decode(field(request, "ids", isTokens)) }),

  compose: (_scribe, request) => composeNote(field(request, "sections", isParts)),

  parts({ encoder }, request) {
    const room = field(request, "room", isRoom);
    return { parts: splitVisit(encoder, field(request, "transcript", isText), room) };
  },

  async generate({ tokenizer, encoder, engine }, request) {
    const optional = <T>(name: string): T | undefined => request[name] as T | undefined;
    const transcript = field(request, "transcript", isText);
    const { decoded, text, figures, parts } = await writeVisit(
      await engine(),
      tokenizer,
      encoder,
      transcript,
      {
        limit: optional("limit"),
        ignoreStop: optional("ignore_stop"),
        greedy: optional("greedy"),
        temperature: optional("temperature"),
        topP: optional("top_p"),
        seed: optional("seed"),
        sections: optional("sections"),
        instruction: optional("instruction"),
      },
    );
    const sections = decoded.map(({ key, shown, text, state, tokens }) => ({
      key,
      shown,
      text,
      state,
      tokens,
    }));
    return { sections, text, figures, parts };
  },

  info: async ({ engine }) => ({ engine: (await engine()).info }),
};

/** The answer to one line. */
export async function answer(scribe: Scribe, line: string): Promise<Record<string, unknown>> {
  let id: unknown;
  try {
    const request = JSON.parse(line) as Request;
    id = request.id;
    const operation = operations[String(request.op)];
    if (!operation) throw new BadRequest(`There is no operation ${JSON.stringify(request.op)}.`);
    return { ...(id !== undefined && { id }), ...(await operation(scribe, request)) };
  } catch (error) {
    const { code, message } = failureOf(error);
    return { ...(id !== undefined && { id }), error: { code, message } };
  }
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { threads: { type: "string" }, kernels: { type: "string" } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new BadRequest("Name a model folder: scribe-cli.ts MODEL_FOLDER");
  const scribe = await openScribe(folder, {
    threads: values.threads === undefined ? undefined : Number(values.threads),
    kernels: values.kernels === "int8" ? "int8" : undefined,
  });
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === "") continue;
    process.stdout.write(`${JSON.stringify(await answer(scribe, line))}\n`);
  }
}

if (import.meta.main) {
  main().then(
    () => process.exit(0), // the engine's threads need no goodbye
    (error: unknown) => {
      process.stderr.write(`${failureOf(error).message}\n`);
      process.exit(1);
    },
  );
}
