/** The page's state and what can be done with it. The components show it and call it. */
import { batch, computed, signal } from "@preact/signals";

import type { StorageReport } from "../engine/model-source.ts";
import type { EngineChoice, EngineInfo, LoadProgress } from "../engine/types.ts";
import { EmptyTranscript } from "../scribe/errors.ts";
import { newUuid } from "../note/identity.ts";
import type { Encounter } from "../note/types.ts";
import type { VisitMeasure } from "../scribe/long-visit.ts";
import type { Note, NoteProgress } from "../scribe/note.ts";
import type { ShownKey } from "../scribe/sections.ts";
import { countWords, normalizeTranscript } from "../scribe/transcript.ts";
import type { AuditEvent } from "../vault/audit.ts";
import type { Failure, Update } from "../worker-api.ts";
import type { ScribeClient } from "./client.ts";
import { alertOf, type Alert, type Remedy } from "./failures.ts";
import { Exporter } from "./exporter.ts";
import { TimeLeft } from "./format.ts";
import { ModelManager, type Hold, type ModelStore } from "./models.ts";
import { Intake } from "./intake.ts";
import { restoreNote, unmasked, type Masked } from "./masking.ts";
import { NoteEditor } from "./note-editor.ts";
import type { PageOptions } from "./options.ts";
import { Pace } from "./pace.ts";
import { RequestLog } from "./privacy.ts";
import type { Site, SiteModel } from "./site.ts";
import { describeStatus } from "./status.ts";
import { texts } from "./texts.ts";
import { Visits } from "./visits.ts";
import { Updates } from "./updates.ts";
import { VisitView } from "./visit-view.ts";
import { Writing } from "./writing.ts";

export type ModelState =
  | { phase: "opening" }
  | { phase: "absent"; hold: Hold } // not loaded before the clinician asks for it
  | {
      phase: LoadProgress["phase"];
      done: number;
      total: number;
      /** Milliseconds, and bytes a second; null while too little has been seen. */
      left: number | null;
      speed: number | null;
    }
  | { phase: "ready"; info: EngineInfo }
  | { phase: "failed"; alert: Alert };

/** 'queued': asked for while the model still loads. */
export type Work =
  | { phase: "idle" | "queued" }
  | ({ phase: "writing" } & InParts)
  | ({ phase: "reading"; done: number; total: number; left: number | null } & InParts);

/** Of a visit that is read in several parts: which of them, from 1. */
export interface InParts {
  part?: number;
  parts?: number;
}

/** A section that is written again: the text so far. */
export interface Rewriting {
  section: ShownKey;
  text: string;
}

export type Outcome =
  | { kind: "written"; milliseconds: number }
  | { kind: "rewritten" | "not-rewritten"; section: ShownKey }
  | { kind: "stopped" | "copied" | "not-copied" }
  /** A file was handed to the browser's downloads. */
  | { kind: "exported"; name: string };

export interface Dependencies {
  options: PageOptions;
  startClient(onDeath: (failure: Failure) => void): ScribeClient;
  fetchSite(): Promise<Site>;
  modelAddress(name: string): string;
  fetchSample(file: string): Promise<string>;
  saveDraft(transcript: string): void;
  copyText(text: string, html?: string): Promise<boolean>;
  /** Keeps a choice in the page's address. */
  keepOption(name: "engine" | "model" | "threads", value: string): void;
  /** The browser's storage; without it nothing is known of it. */
  modelStore?: ModelStore;
  /** Hides what names people from the model; without it nothing is masked. */
  mask?: (transcript: string) => Masked;
  /** Once per frame, for the streamed note. */
  nextFrame(work: () => void): void;
}

const MEASURE_DELAY_MS = 250;
/** From a load to the test of its speed: what the clinician does first goes before. */
const PACE_DELAY_MS = 1500;

export class Session {
  readonly transcript = signal("");
  readonly measure = signal<VisitMeasure | null>(null);
  readonly site = signal<Site | null>(null);
  readonly model = signal<ModelState>({ phase: "opening" });
  readonly work = signal<Work>({ phase: "idle" });
  readonly note = signal<Note | null>(null);
  readonly outcome = signal<Outcome | null>(null);
  readonly alert = signal<Alert | null>(null);
  /** Lasting remarks about this browser, and passing ones about what was just done. */
  readonly notices = signal<string[]>([]);
  /** The text that the last replacement took away, until the next key press. */
  readonly replaced = signal<{ transcript: string; why: string } | null>(null);
  /** The clinician's own name for the visit. */
  readonly title = signal("");
  /** Names, dates and numbers that tell who the patient is are hidden from the model. */
  readonly masking = signal(false);
  readonly rewriting = signal<Rewriting | null>(null);
  readonly editor: NoteEditor;
  /** Styles, letters and codes. */
  readonly writing: Writing;
  readonly exporter: Exporter;
  readonly view = new VisitView();
  /** Does nothing until somebody keeps a log; the detail is such as an export's format. */
  audit: (event: AuditEvent, detail?: string) => void = () => undefined;
  /** Visits that are kept, where the clinician wants that. */
  readonly visits: Visits;
  /** Files, dictation, speakers. */
  readonly intake: Intake;
  readonly engine = signal<EngineChoice>("auto");
  readonly modelName = signal<string | null>(null);
  /** Undefined: as many as the machine has. */
  readonly threads = signal<number | undefined>(undefined);
  readonly models: ModelManager;
  readonly pace = new Pace();
  readonly updates = new Updates();
  readonly requests = new RequestLog();

  readonly words = computed(() => countWords(this.transcript.value));
  readonly busy = computed(() => this.work.value.phase !== "idle");
  /** The model reads or writes: the note pane shows what comes. */
  readonly streaming = computed(
    () => ["reading", "writing"].includes(this.work.value.phase) && this.rewriting.value === null,
  );
  readonly chosenModel = computed<SiteModel | null>(
    () => this.site.value?.models.find(({ name }) => name === this.modelName.value) ?? null,
  );
  readonly status = computed(() => describeStatus(this));

  readonly #use: Dependencies;
  #client: ScribeClient | null = null;
  #kernels: PageOptions["kernels"];
  #identity = newIdentity();
  /** Name of the model that wrote the note. */
  #writer: string | null = null;
  /** Counts loads and visits: what belongs to an earlier one is not shown. */
  #loads = 0;
  #visit = 0;
  /** While a transcript is being cut: a note that is asked for meanwhile is for the shorter one. */
  #cutting: Promise<void> | null = null;
  #measureTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(use: Dependencies) {
    this.#use = use;
    this.#kernels = use.options.kernels;
    this.engine.value = use.options.engine;
    this.threads.value = use.options.threads;
    this.models = new ModelManager(use.modelStore);
    this.editor = new NoteEditor({
      transcript: this.transcript,
      check: async (request) => {
        const reply = await this.#client?.check(request);
        return reply?.ok ? reply.value : null;
      },
      changed: (what) => this.audit(what),
    });
    this.writing = new Writing(this.editor, async (lines) => {
      const reply = await this.#client?.suggestCodes(lines);
      return reply?.ok ? reply.value : null;
    });
    this.exporter = new Exporter(this);
    this.visits = new Visits(this);
    this.intake = new Intake(this);
  }

  /** The visit as it stands. */
  encounter(): Encounter {
    return {
      ...this.#identity,
      title: this.title.value,
      transcript: normalizeTranscript(this.transcript.value),
      note: this.editor.document.value,
      model: this.#writer,
    };
  }

  /** A stored visit, in place of the one that is open. */
  restore(encounter: Encounter): void {
    const { id, created, title, transcript, note, model } = encounter;
    batch(() => {
      this.clear();
      this.#identity = { id, created };
      this.#writer = model;
      this.title.value = title;
      this.#setTranscript(transcript);
      this.editor.reset(note);
    });
  }

  /** Asks what the site offers, chooses its model and loads it. */
  async open(): Promise<void> {
    const site = await this.#use.fetchSite().catch(() => null);
    if (!site) return this.fail({ message: texts.errors.siteMissing, remedies: ["retry"] });
    this.site.value = site;
    const wanted = this.#use.options.model ?? site.models[0]?.name;
    this.modelName.value = wanted ?? null;
    if (wanted === undefined) return this.fail({ message: texts.errors.noModels, remedies: [] });
    if (!this.chosenModel.value) {
      return this.fail({ message: texts.errors.unknownModel(wanted), remedies: [] });
    }
    await this.#loadUnlessHeld();
  }

  /** Loads the chosen model, unless that is for the clinician to decide. */
  async #loadUnlessHeld(): Promise<void> {
    const model = this.chosenModel.value;
    const hold = model && (await this.models.reasonToAsk(model));
    if (!hold) return this.load();
    this.#loads += 1;
    this.#hold(hold);
  }

  #hold(hold: Hold): void {
    const queued = this.work.value.phase === "queued";
    batch(() => {
      this.model.value = { phase: "absent", hold };
      if (queued) this.work.value = { phase: "idle" };
    });
  }

  /** Ends a load; the files that have arrived are kept. */
  cancelLoad(): void {
    this.#loads += 1;
    this.#client?.stop();
    this.#hold("cancelled");
    void this.models.refresh(this.site.value?.models ?? []);
  }

  /** Deletes a model's files; one that runs goes on until the page is closed. */
  async removeModel(model: SiteModel): Promise<void> {
    const { phase } = this.model.value;
    const loading = phase !== "ready" && phase !== "failed";
    if (model.name === this.modelName.value && loading) {
      this.cancelLoad();
      this.#hold("deleted");
    } else if (!this.busy.value) this.#client?.stop(); // what it still stores for later
    await this.models.remove(model);
  }

  /** Addresses that the worker has asked for. */
  async workerRequests(): Promise<string[]> {
    return (await this.#client?.requests()) ?? [];
  }

  /** The model cannot run, and this is why. */
  fail(alert: Alert): void {
    batch(() => {
      this.model.value = { phase: "failed", alert };
      this.work.value = { phase: "idle" };
      this.alert.value = alert;
    });
  }

  /** Loads the chosen model with the chosen engine, in place of what runs now. */
  async load(): Promise<void> {
    const name = this.modelName.value;
    if (name === null) return;
    const load = ++this.#loads;
    const current = (): boolean => load === this.#loads;
    const timeLeft = new TimeLeft();
    let downloaded = false;
    this.alert.value = null;
    this.model.value = { phase: "opening" };
    this.pace.forget();
    this.#client ??= this.#use.startClient((failure) => this.#died(failure));
    const reply = await this.#client.load(
      {
        model: this.#use.modelAddress(name),
        manifest: this.chosenModel.value?.manifest,
        engine: this.engine.value,
        threads: this.threads.value,
        kernels: this.#kernels,
      },
      ({ phase, bytesDone, bytesTotal }) => {
        if (!current() || this.model.value.phase === "failed") return;
        const downloading = phase === "downloading";
        downloaded ||= downloading;
        const now = performance.now();
        const left = downloading ? timeLeft.estimate(bytesDone, bytesTotal, now) : null;
        const speed = downloading ? timeLeft.speed(now) : null;
        this.model.value = { phase, done: bytesDone, total: bytesTotal, left, speed };
      },
    );
    if (!current()) return; // another choice was made meanwhile
    if (!reply.ok) {
      if (reply.failure.code !== "scribe-died") this.fail(alertOf(reply.failure));
      return;
    }
    this.model.value = { phase: "ready", info: reply.value };
    this.#kept(reply.value.storage, downloaded);
    setTimeout(() => void this.#learnPace(load), PACE_DELAY_MS);
    if (this.work.value.phase === "queued") void this.#write();
    else this.#measureSoon();
    this.editor.recheckIfStale();
  }

  /** Tells what became of the model's files in this machine's storage. */
  #kept(storage: StorageReport | undefined, downloaded: boolean): void {
    const { replaced = [], kept } = storage ?? {};
    this.models.full.value = kept === "full";
    if (replaced.length > 0) this.#remark(texts.models.replaced(replaced));
    if (kept === "full") this.#remark(texts.models.diskFull);
    else if (downloaded) void this.models.persist();
  }

  #remark(notice: string): void {
    this.notices.value = [...new Set([...this.notices.value, notice])];
  }

  /** A short test of the engine, while nothing else is asked of it. */
  async #learnPace(load: number): Promise<void> {
    if (load !== this.#loads || this.busy.value || this.model.value.phase !== "ready") return;
    const reply = await this.#client?.speed();
    if (reply?.ok && load === this.#loads) this.pace.tested(reply.value);
  }

  choose(change: { engine?: EngineChoice; model?: string; threads?: number | undefined }): void {
    if ("threads" in change) {
      this.threads.value = change.threads;
      this.#use.keepOption("threads", String(change.threads ?? ""));
    }
    if (change.engine !== undefined) {
      this.engine.value = change.engine;
      this.#use.keepOption("engine", change.engine);
    }
    if (change.model !== undefined) {
      this.modelName.value = change.model;
      this.#use.keepOption("model", change.model);
    }
    this.measure.value = null;
    if (this.work.value.phase !== "queued") this.stop();
    void (change.model === undefined ? this.load() : this.#loadUnlessHeld());
  }

  type(transcript: string): void {
    this.replaced.value = null;
    this.#setTranscript(transcript);
  }

  #setTranscript(transcript: string): void {
    this.transcript.value = transcript;
    this.#use.saveDraft(transcript);
    const code = this.alert.value?.remedies[0];
    if (code === "keep-end" || this.alert.value === EMPTY) this.alert.value = null;
    this.#measureSoon();
  }

  /** Another transcript in place of this one, which can be brought back. */
  replaceTranscript(transcript: string, why: string): void {
    const before = this.transcript.value;
    this.#setTranscript(transcript);
    this.replaced.value = before.trim() === "" ? null : { transcript: before, why };
  }

  undoReplacement(): void {
    const before = this.replaced.value?.transcript;
    this.replaced.value = null;
    if (before !== undefined) this.#setTranscript(before);
  }

  async pickSample(file: string): Promise<void> {
    try {
      this.replaceTranscript(
        (await this.#use.fetchSample(file)).trimEnd(),
        texts.notices.sampleLoaded,
      );
    } catch {
      this.alert.value = { message: texts.errors.sampleMissing, remedies: [] };
    }
  }

  /** For the next patient: nothing of this visit stays in the page. */
  clear(): void {
    this.stop();
    this.#visit += 1;
    this.#identity = newIdentity();
    this.#writer = null;
    batch(() => {
      this.note.value = null;
      this.title.value = "";
      this.editor.reset();
      this.view.reset();
      this.intake.reset();
      this.outcome.value = null;
      this.alert.value = this.model.value.phase === "failed" ? this.model.value.alert : null;
      this.replaced.value = null;
      this.#setTranscript("");
    });
  }

  generate(): void {
    if (this.busy.value) return;
    if (this.#cutting) return void this.#cutting.then(() => this.generate());
    batch(() => {
      this.alert.value = null;
      this.outcome.value = null;
    });
    if (this.transcript.value.trim() === "") {
      this.alert.value = EMPTY;
      return;
    }
    const model = this.model.value;
    if (model.phase === "ready") void this.#write();
    else if (model.phase === "failed") this.alert.value = model.alert;
    else if (model.phase === "absent") this.alert.value = NO_MODEL;
    else this.work.value = { phase: "queued" };
  }

  async #write(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    const begun = performance.now();
    const timeLeft = new TimeLeft();
    let latest: Note | null = null;
    let finished = false;
    const visit = this.#visit;
    const current = (): boolean => visit === this.#visit;
    const writer = this.modelName.value;
    const transcript = this.transcript.value;
    const masked =
      this.masking.value && this.#use.mask ? this.#use.mask(transcript) : unmasked(transcript);
    batch(() => {
      this.replaced.value = null;
      this.work.value = { phase: "reading", done: 0, total: 0, left: null };
    });
    const show = (): void => {
      if (!finished && current() && latest) this.note.value = latest;
      latest = null;
    };
    const update = ({ progress, note }: Update): void => {
      if (finished) return;
      if (progress) {
        // The earlier note stays until the transcript proved readable.
        if (progress.phase === "reading" && progress.part === 1) this.note.value = null;
        this.#show(progress, timeLeft);
      }
      if (note) {
        const waiting = latest !== null;
        latest = restoreNote(note, masked);
        if (!waiting) this.#use.nextFrame(show);
      }
    };
    const reply = await client.generate({ transcript: masked.text, ...this.#limits }, update);
    finished = true;
    const milliseconds = performance.now() - begun;
    const partial = current() ? (latest ?? this.note.value) : null;
    const note = reply.ok ? restoreNote(reply.value, masked) : partial && stopped(partial);
    // What was written is checked before it counts as the note; nothing at all replaces no note.
    if (note && current() && (note.text !== "" || !this.editor.document.value)) {
      this.note.value = note;
      await this.editor.take(note.sections, current);
      if (current()) {
        this.#writer = writer;
        this.audit("generated");
      }
    }
    batch(() => {
      this.work.value = { phase: "idle" };
      if (reply.ok && current()) {
        this.outcome.value = note?.sections.some(({ state }) => state === "stopped")
          ? { kind: "stopped" }
          : { kind: "written", milliseconds };
        const { figures, parts } = reply.value;
        if (this.outcome.value.kind === "written") this.pace.wrote(figures, parts.total);
      } else if (!reply.ok) this.#writingFailed(reply.failure);
    });
    this.#measureSoon();
  }

  #writingFailed(failure: Failure): void {
    if (failure.code === "scribe-died") return; // told by #died
    const alert = alertOf(failure);
    const lost = alert.remedies.some((remedy) => remedy === "retry" || remedy === "restart");
    if (lost) this.fail(alert);
    else this.alert.value = alert;
  }

  #show({ phase, done, total, part, parts }: NoteProgress, timeLeft: TimeLeft): void {
    const where = parts > 1 ? { part, parts } : {};
    if (phase === "writing") this.work.value = { phase, ...where };
    else {
      const left = parts > 1 ? null : timeLeft.estimate(done, total, performance.now());
      this.work.value = { phase, done, total, left, ...where };
    }
  }

  /** How often each section was written again with the same wish, so that each time is another. */
  readonly #attempts = new Map<string, number>();

  /**
   * Writes a section again, with the clinician's wish if there is one. The new text takes the old
   * one's place when it is whole; stopped or failed, the old one stays.
   */
  async rewrite(section: ShownKey, instruction = ""): Promise<void> {
    const client = this.#client;
    if (!client || this.busy.value || this.editor.locked.value) return;
    if (this.model.value.phase !== "ready" || this.transcript.value.trim() === "") return;
    const visit = this.#visit;
    const current = (): boolean => visit === this.#visit;
    const transcript = this.transcript.value;
    const masked =
      this.masking.value && this.#use.mask ? this.#use.mask(transcript) : unmasked(transcript);
    const wish = `${section} ${instruction.trim()}`;
    // The first note took the likeliest words; asked again for the same, others are wanted.
    const seed = (this.#attempts.get(wish) ?? 0) + (instruction.trim() === "" ? 1 : 0);
    this.#attempts.set(wish, (this.#attempts.get(wish) ?? 0) + 1);
    const timeLeft = new TimeLeft();
    let finished = false;
    batch(() => {
      this.alert.value = null;
      this.outcome.value = null;
      this.work.value = { phase: "reading", done: 0, total: 0, left: null };
      this.rewriting.value = { section, text: "" };
    });
    const textOf = (note: Note): string =>
      masked.restore(note.sections.find(({ key }) => key === section)?.text ?? "");
    const reply = await client.generate(
      {
        transcript: masked.text,
        ...this.#limits,
        sections: [section],
        instruction,
        ...(seed > 0 && { seed }),
      },
      ({ progress, note }) => {
        if (finished) return;
        if (progress) this.#show(progress, timeLeft);
        if (note) this.rewriting.value = { section, text: textOf(note) };
      },
    );
    finished = true;
    batch(() => {
      this.work.value = { phase: "idle" };
      this.rewriting.value = null;
      if (!reply.ok) return this.#writingFailed(reply.failure);
      if (!current()) return;
      const text = textOf(reply.value);
      const whole = !reply.value.sections.some(({ state }) => state === "stopped");
      if (whole && text !== "") {
        this.editor.replaceSection(section, text);
        this.audit("generated", section);
      }
      this.outcome.value = {
        kind: whole && text !== "" ? "rewritten" : "not-rewritten",
        section,
      };
    });
  }

  /** The address may bound the sections, for trials and measurements. */
  get #limits(): Pick<PageOptions, "exactTokens" | "maxTokens"> {
    const { exactTokens, maxTokens } = this.#use.options;
    return { exactTokens, maxTokens };
  }

  stop(): void {
    if (this.work.value.phase === "queued") this.work.value = { phase: "idle" };
    else if (this.busy.value) this.#client?.stop();
  }

  /** Puts the note, or what is given of it, on the clipboard; false where that cannot be. */
  async copy(
    content: { text: string; html?: string } = { text: this.editor.text.value },
  ): Promise<boolean> {
    if (content.text === "") return false;
    const copied = await this.#use.copyText(content.text, content.html);
    this.outcome.value = { kind: copied ? "copied" : "not-copied" };
    return copied;
  }

  async remedy(remedy: Remedy): Promise<void> {
    if (remedy === "keep-end" || remedy === "keep-start") {
      this.#cutting ??= this.#keep(remedy === "keep-end" ? "end" : "start").finally(() => {
        this.#cutting = null;
      });
      return this.#cutting;
    }
    if (remedy === "download") return this.load();
    if (remedy === "use-cpu") return this.choose({ engine: "cpu" });
    if (remedy === "standard-kernels") this.#kernels = undefined;
    if (remedy === "restart") this.#dropClient();
    return this.site.value ? this.load() : this.open();
  }

  async #keep(side: "start" | "end"): Promise<void> {
    const reply = await this.#client?.cut(this.transcript.value, side);
    if (!reply) return;
    if (!reply.ok) this.alert.value = alertOf(reply.failure);
    else if (reply.value === "") {
      this.alert.value = { message: texts.errors.nothingFits, remedies: [] };
    } else this.replaceTranscript(reply.value, texts.notices.cut);
  }

  #died(failure: Failure): void {
    this.#dropClient();
    this.fail(alertOf(failure));
  }

  #dropClient(): void {
    this.#client?.terminate();
    this.#client = null;
    this.#loads += 1;
  }

  /** Tokens are counted by the worker, once typing pauses; not while it is busy with a note. */
  #measureSoon(): void {
    clearTimeout(this.#measureTimer);
    if (this.transcript.value.trim() === "") this.measure.value = null;
    this.#measureTimer = setTimeout(() => {
      this.editor.recheckIfStale();
      void this.#measureNow();
    }, MEASURE_DELAY_MS);
  }

  async #measureNow(): Promise<void> {
    const transcript = this.transcript.value;
    if (this.model.value.phase !== "ready" || this.busy.value || transcript.trim() === "") return;
    const reply = await this.#client?.measure(transcript);
    if (reply?.ok && transcript === this.transcript.value) this.measure.value = reply.value;
  }
}

const newIdentity = (): Pick<Encounter, "id" | "created"> => ({
  id: newUuid(),
  created: new Date().toISOString(),
});

/** What was written before a failure, marked as stopped. */
function stopped(note: Note): Note {
  const sections = note.sections.map((section) =>
    section.state === "writing" || section.state === "waiting"
      ? { ...section, state: "stopped" as const }
      : section,
  );
  return { ...note, sections };
}

/** One object, so that typing can tell whether this alert still stands. */
const EMPTY: Alert = {
  get message() {
    const { code, message } = new EmptyTranscript();
    return texts.errors.failure(code, message);
  },
  remedies: [],
};

const NO_MODEL: Alert = {
  get message() {
    return texts.models.needed;
  },
  remedies: ["download"],
};
