/**
 * The page's worker: engine and scribe live here, so that typing stays smooth while they work.
 */
import * as Comlink from "comlink";

import { AbortedError, browserHost, loadEngine, openBrowserSource } from "./engine/index.ts";
import type { Engine, LoadProgress } from "./engine/types.ts";
import { BadModelFile } from "./scribe/errors.ts";
import { writeNote } from "./scribe/note.ts";
import { parsePrompt, PromptEncoder } from "./scribe/prompt.ts";
import { Tokenizer } from "./scribe/tokenizer.ts";
import { failureOf, type LoadRequest, type Reply, type ScribeWorker } from "./worker-api.ts";

interface Model {
  engine: Engine;
  tokenizer: Tokenizer;
  encoder: PromptEncoder;
}

let model: Model | null = null;
let running: AbortController | null = null;

async function load(
  request: LoadRequest,
  onProgress: (progress: LoadProgress) => void,
): Promise<Model> {
  await unload();
  const controller = begin();
  const source = await openBrowserSource(request.model, { signal: controller.signal });
  const json = async (path: string): Promise<unknown> => {
    const bytes = await source.file(path, { signal: controller.signal });
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    } catch {
      throw new BadModelFile(path, "it is not JSON");
    }
  };
  const tokenizer = new Tokenizer(await json("tokenizer.json"));
  const encoder = new PromptEncoder(tokenizer, parsePrompt(await json("prompt.json")));
  const engine = await loadEngine(source, {
    engine: request.engine,
    ...(request.threads !== undefined && { threads: request.threads }),
    ...(request.kernels !== undefined && { kernels: request.kernels }),
    onProgress,
    signal: controller.signal,
    host: browserHost(),
  });
  if (controller.signal.aborted) {
    await engine.dispose(); // another load began while this one ended
    throw new AbortedError();
  }
  return { engine, tokenizer, encoder };
}

async function unload(): Promise<void> {
  running?.abort();
  const old = model;
  model = null;
  await old?.engine.dispose();
}

/** One thing runs at a time; `stop` reaches the newest. */
function begin(): AbortController {
  running?.abort();
  running = new AbortController();
  return running;
}

function loaded(): Model {
  if (model) return model;
  throw new Error("No model is loaded yet.");
}

/** Milliseconds between two looks at the growing note: what the page draws, the engine waits for. */
const LOOK_INTERVAL = 150;

/** Passes on a value at most once in an interval. The last one comes with the work's result. */
function seldom<T>(pass: (value: T) => void): (value: T) => void {
  let next = 0;
  return (value) => {
    const now = performance.now();
    if (now < next) return;
    next = now + LOOK_INTERVAL;
    pass(value);
  };
}

/** Runs `work`; what it throws becomes a Failure. Callback ports are closed at the end. */
async function reply<T>(work: () => Promise<T> | T, callback?: unknown): Promise<Reply<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  } finally {
    (callback as Comlink.ProxyMethods | undefined)?.[Comlink.releaseProxy]?.();
  }
}

const face: ScribeWorker = {
  alive: (lock) =>
    new Promise((held) => {
      void navigator.locks.request(lock, () => {
        held();
        return new Promise(() => undefined);
      });
    }),

  load: (request, onProgress) =>
    reply(async () => {
      model = await load(request, onProgress);
      return model.engine.info;
    }, onProgress),

  measure: (transcript) =>
    reply(() => {
      const { encoder, engine } = loaded();
      return encoder.measure(transcript, engine.info.limits);
    }),

  cut: (transcript, keep) =>
    reply(() => {
      const { encoder, engine } = loaded();
      return encoder.cut(transcript, keep, engine.info.limits);
    }),

  generate: (request, onUpdate) =>
    reply(() => {
      const { engine, tokenizer, encoder } = loaded();
      return writeNote(engine, tokenizer, encoder, request.transcript, {
        signal: begin().signal,
        onProgress: (progress) => onUpdate({ progress }),
        onNote: seldom((note) => onUpdate({ note })),
        ...(request.exactTokens && { limit: request.exactTokens, ignoreStop: true }),
      });
    }, onUpdate),

  stop: () => running?.abort(),
  dispose: unload,
};

Comlink.expose(face);
