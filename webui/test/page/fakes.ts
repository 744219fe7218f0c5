/** A session with everything around it made up: worker, site, storage, clipboard and frames. */
import type { CodedLine, Suggestion } from "../../src/coding/suggest.ts";
import type { EngineInfo, LoadProgress } from "../../src/engine/types.ts";
import type { CheckedNote } from "../../src/scribe/checks/types.ts";
import type { Note, SectionState } from "../../src/scribe/note.ts";
import { composeNote, SHOWN_KEYS } from "../../src/scribe/sections.ts";
import type { ScribeClient } from "../../src/page/client.ts";
import { parseOptions } from "../../src/page/options.ts";
import { Session, type Dependencies } from "../../src/page/session.ts";
import type { Site } from "../../src/page/site.ts";
import type {
  CheckRequest,
  Failure,
  GenerateRequest,
  LoadedModel,
  LoadRequest,
  Reply,
  Update,
} from "../../src/worker-api.ts";

export const INFO: EngineInfo = {
  kind: "CPU",
  threads: 2,
  kernels: "int16",
  modelName: "small",
  testModel: false,
  memoryBytes: 1,
  vocab: 300,
  limits: { prefixTokens: 512, poolRows: 1024, sequences: 16, positions: 2048 },
};

export const SITE: Site = {
  models: [
    {
      name: "small",
      title: "Small model",
      testModel: false,
      bytes: 9e7,
      licence: { model: "Apache-2.0" },
    },
    { name: "random", title: "Random model", testModel: true, bytes: 1e7, licence: {} },
  ],
  samples: [{ file: "knee.txt", title: "Knee" }],
};

export function makeNote(text: string, state: SectionState): Note {
  const { sections, text: whole } = composeNote(SHOWN_KEYS.map((shown) => ({ shown, text })));
  return {
    sections: sections.map((section) => ({ ...section, state })),
    text: whole,
    decoded: [],
    figures: { prefixTokens: 1, readMilliseconds: 1, steps: 1, newTokens: 1, writeMilliseconds: 1 },
    parts: { total: 1, done: 1 },
  };
}

/** Calls wait until the test answers them. */
export class FakeClient implements ScribeClient {
  readonly loads: {
    request: LoadRequest;
    progress: (p: LoadProgress) => void;
    reply: (r: Reply<LoadedModel>) => void;
  }[] = [];
  readonly notes: {
    request: GenerateRequest;
    update: (u: Update) => void;
    reply: (r: Reply<Note>) => void;
  }[] = [];
  stops = 0;
  terminated = false;
  cutText = "the end";
  readonly die: (failure: Failure) => void;

  constructor(onDeath: (failure: Failure) => void) {
    this.die = onDeath;
  }

  alive = async (): Promise<void> => undefined;
  load = (request: LoadRequest, progress: (p: LoadProgress) => void): Promise<Reply<LoadedModel>> =>
    new Promise((reply) => this.loads.push({ request, progress, reply }));
  generate = (request: GenerateRequest, update: (u: Update) => void): Promise<Reply<Note>> =>
    new Promise((reply) => this.notes.push({ request, update, reply }));
  measure = async (transcript: string) =>
    ({
      ok: true,
      value: {
        words: 2,
        tokens: transcript.length,
        maxTokens: 100,
        parts: Math.ceil(transcript.length / 100),
      },
    }) as const;
  cut = async (): Promise<Reply<string>> => ({ ok: true, value: this.cutText });
  /** What the checks say of each statement; nothing by default. */
  judge = (_request: CheckRequest): CheckedNote => ({ statements: [], omissions: [] });
  readonly checks: CheckRequest[] = [];
  check = async (request: CheckRequest): Promise<Reply<CheckedNote>> => {
    this.checks.push(request);
    return { ok: true, value: this.judge(request) };
  };
  /** Not measured here. */
  speed = async () => ({ ok: false, failure: { code: "aborted", message: "" } }) as const;
  requests = async (): Promise<string[]> => [];
  suggestCodes = async (lines: readonly CodedLine[]): Promise<Reply<Suggestion[]>> => ({
    ok: true,
    value: lines
      .filter(({ text }) => text.includes("gout"))
      .map(({ id }) => ({
        code: "M10.9",
        title: "Gout, unspecified",
        complete: true,
        line: id,
        words: "gout",
      })),
  });
  stop = (): void => void (this.stops += 1);
  dispose = async (): Promise<void> => undefined;
  terminate = (): void => void (this.terminated = true);
}

export interface Stage {
  session: Session;
  clients: FakeClient[];
  client: () => FakeClient;
  drafts: string[];
  kept: [string, string][];
  /** Lets waiting promises go on. */
  settle: () => Promise<void>;
}

export function stage(search = "", change: Partial<Dependencies> = {}): Stage {
  const clients: FakeClient[] = [];
  const drafts: string[] = [];
  const kept: [string, string][] = [];
  const session = new Session({
    options: parseOptions(search),
    startClient: (onDeath) => {
      const client = new FakeClient(onDeath);
      clients.push(client);
      return client;
    },
    fetchSite: async () => SITE,
    modelAddress: (name) => `https://scribe.example/models/${name}/`,
    fetchSample: async () => "[doctor] sample\n",
    saveDraft: (transcript) => void drafts.push(transcript),
    copyText: async () => true,
    keepOption: (name, value) => void kept.push([name, value]),
    nextFrame: (work) => work(),
    ...change,
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  return { session, clients, client: () => clients.at(-1)!, drafts, kept, settle };
}

/** A session whose model is ready. */
export async function readyStage(search = "", change: Partial<Dependencies> = {}): Promise<Stage> {
  const on = stage(search, change);
  void on.session.open();
  await on.settle();
  on.client().loads[0]!.reply({ ok: true, value: INFO });
  await on.settle();
  return on;
}
