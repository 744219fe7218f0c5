/**
 * The page's worker: engine and scribe live here, so that typing stays smooth while they work.
 */
import * as Comlink from "comlink";

import { AbortedError, browserHost, loadEngine, openBrowserSource } from "./engine/index.ts";
import type { StoringSource } from "./engine/browser-source.ts";
import type { Engine, LoadProgress } from "./engine/types.ts";
import type * as Checks from "./scribe/checks/index.ts";
import { BadModelFile } from "./scribe/errors.ts";
import { measureVisit, writeVisit } from "./scribe/long-visit.ts";
import { parsePrompt, PromptEncoder } from "./scribe/prompt.ts";
import { Tokenizer } from "./scribe/tokenizer.ts";
import { failureOf, type LoadRequest, type Reply, type ScribeWorker } from "./worker-api.ts";

interface Model {
  source: StoringSource;
  engine: Engine;
  tokenizer: Tokenizer;
  encoder: PromptEncoder;
}

let model: Model | null = null;
let running: AbortController | null = null;
let checks: Promise<typeof Checks> | null = null;
/** A measurement of the engine, which gives way to everything else. */
let measuring: AbortController | null = null;

/** Milliseconds from a load until what it did not need is downloaded as well. */
const KEEPING_DELAY = 2000;

const requested: string[] = [];
new PerformanceObserver((list) => {
  for (const { name } of list.getEntries()) requested.push(name);
}).observe({ type: "resource", buffered: true });

async function load(
  request: LoadRequest,
  onProgress: (progress: LoadProgress) => void,
): Promise<Model> {
  await unload();
  const controller = begin();
  const source = await openBrowserSource(request.model, {
    signal: controller.signal,
    manifestSha256: request.manifest,
  });
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
  // So that another engine can be chosen without a network, too.
  setTimeout(() => void source.keepAll(controller.signal).catch(() => undefined), KEEPING_DELAY);
  return { source, engine, tokenizer, encoder };
}

async function unload(): Promise<void> {
  running?.abort();
  const old = model;
  model = null;
  await old?.engine.dispose();
}

/** One thing runs at a time; `stop` reaches the newest. */
function begin(): AbortController {
  measuring?.abort();
  running?.abort();
  running = new AbortController();
  return running;
}

function loaded(): Model {
  if (model) return model;
  throw new Error("No model is loaded yet.");
}

/**
 * The clinical checks, whose word lists take most of a second to read: asked for ahead of need,
 * while the model still downloads or as soon as it runs.
 */
function loadChecks(): Promise<typeof Checks> {
  checks ??= import("./scribe/checks/index.ts").then((loaded) => {
    loaded.checkNote("", "");
    return loaded;
  });
  return checks;
}

/** Sampling for a section that is written again: near the likeliest words, but not the same. */
const OTHER_WORDS = { greedy: false, temperature: 0.6, topP: 0.9 };

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
      try {
        model = await load(request, (progress) => {
          if (progress.phase === "downloading") void loadChecks(); // the network is what takes time
          onProgress(progress);
        });
        return { ...model.engine.info, storage: model.source.storage };
      } finally {
        setTimeout(() => void loadChecks());
      }
    }, onProgress),

  speed: () =>
    reply(() => {
      measuring = new AbortController();
      return loaded().engine.speed(measuring.signal);
    }),

  requests: () => Promise.resolve(requested),

  measure: (transcript) =>
    reply(() => {
      const { encoder, engine } = loaded();
      return measureVisit(encoder, transcript, engine.info.limits);
    }),

  cut: (transcript, keep) =>
    reply(() => {
      const { encoder, engine } = loaded();
      return encoder.cut(transcript, keep, engine.info.limits);
    }),

  generate: (request, onUpdate) =>
    reply(() => {
      const { engine, tokenizer, encoder } = loaded();
      const { sections, instruction, seed } = request;
      return writeVisit(engine, tokenizer, encoder, request.transcript, {
        signal: begin().signal,
        sections,
        instruction,
        ...(seed !== undefined && { ...OTHER_WORDS, seed }),
        onProgress: (progress) => onUpdate({ progress }),
        onNote: seldom((note) => onUpdate({ note })),
        ...(request.maxTokens && { limit: request.maxTokens }),
        ...(request.exactTokens && { limit: request.exactTokens, ignoreStop: true }),
      });
    }, onUpdate),

  check: ({ transcript, statements }) =>
    reply(async () => {
      const { checkNote } = await loadChecks();
      const checked = checkNote(transcript, statements);
      const standing = statements.filter(({ apart }) => !apart);
      if (standing.length === statements.length) return checked;
      return { ...checked, omissions: checkNote(transcript, standing).omissions };
    }),

  suggestCodes: (lines) =>
    reply(async () => (await import("./coding/suggest.ts")).suggestCodes(lines)),

  stop: () => running?.abort(),
  dispose: unload,
};

Comlink.expose(face);
