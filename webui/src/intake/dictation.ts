/**
 * Dictation by the Web Speech API, with speech recognised on the device alone: `processLocally` is
 * set on every recognition, and a browser that does not know that property is never asked, since it
 * would send what is said to its maker's servers.
 */

/** What the browser can do here; 'downloadable': it would fetch its language pack first. */
export type Availability =
  | "available"
  | "downloadable"
  | "downloading"
  | "unavailable" // it knows recognition on the device, and not for this language
  | "absent"; // it has no recognition on the device at all

export type DictationFailure =
  "microphone-refused" | "no-microphone" | "not-on-device" | "language" | "other";

export interface DictationState {
  phase: "idle" | "starting" | "listening" | "paused";
  /** Heard and not yet settled. */
  interim: string;
  /** Milliseconds recorded, pauses left out. */
  recorded: number;
  failure: DictationFailure | null;
}

/** The part of the Web Speech API that is used; browsers' type libraries lack the newer half. */
export interface Recognition extends EventTarget {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally: boolean;
  start(): void;
  stop(): void;
  abort(): void;
}

interface RecognitionOptions {
  langs: string[];
  processLocally: boolean;
}

export interface RecognitionClass {
  new (): Recognition;
  readonly prototype: Recognition;
  available?(options: RecognitionOptions): Promise<string>;
  install?(options: RecognitionOptions): Promise<boolean>;
}

interface ResultEvent extends Event {
  resultIndex: number;
  results: ArrayLike<{ isFinal: boolean; 0?: { transcript: string } }>;
}

/** The browser's class, where it can be told to stay on the device. */
export function onDeviceRecognition(host: object): RecognitionClass | null {
  const found = (host as { SpeechRecognition?: RecognitionClass }).SpeechRecognition;
  if (typeof found !== "function" || typeof found.available !== "function") return null;
  return "processLocally" in found.prototype ? found : null;
}

/** Whether speech in a language can be recognised on this device. */
export async function availability(
  recognition: RecognitionClass | null,
  language: string,
): Promise<Availability> {
  if (!recognition?.available) return "absent";
  try {
    const options = { langs: [language], processLocally: true };
    const answer = await recognition.available(options);
    const known = ["available", "downloadable", "downloading"] as const;
    return known.find((one) => one === answer) ?? "unavailable";
  } catch {
    return "unavailable";
  }
}

/** Has the browser fetch its language pack; true once it is there. */
export async function installLanguage(
  recognition: RecognitionClass,
  language: string,
): Promise<boolean> {
  try {
    return (await recognition.install?.({ langs: [language], processLocally: true })) ?? false;
  } catch {
    return false;
  }
}

/** Restarts within this time, one after the other, mean that recognition does not work here. */
const RESTART_WINDOW_MS = 3000;
const MOST_RESTARTS = 5;

/** How long a browser may take to settle the last words. */
const FINISH_PATIENCE_MS = 2000;

export interface DictationUse {
  recognition: RecognitionClass;
  language: string;
  /** A line that is settled. */
  onLine(line: string): void;
  onState(state: DictationState): void;
  /** Milliseconds; `performance.now` in the page. */
  now(): number;
}

/**
 * One dictation. Nothing that was heard is lost: what is not settled when it pauses, ends or fails
 * becomes a line as it is.
 */
export class Dictation {
  #state: DictationState = { phase: "idle", interim: "", recorded: 0, failure: null };
  readonly #use: DictationUse;
  #current: Recognition | null = null;
  /** When listening began; null while it does not. */
  #since: number | null = null;
  #starts: number[] = [];

  constructor(use: DictationUse) {
    this.#use = use;
  }

  get state(): DictationState {
    return { ...this.#state, recorded: this.#recorded() };
  }

  /** Begins, or goes on after a pause. */
  start(): void {
    if (this.#state.phase === "starting" || this.#state.phase === "listening") return;
    this.#starts = [];
    this.#set({ phase: "starting", failure: null });
    this.#listen();
  }

  /** Stops listening; what is on the way is still taken. */
  pause(): void {
    if (this.#state.phase !== "starting" && this.#state.phase !== "listening") return;
    this.#holdClock();
    this.#set({ phase: "paused" });
    this.#current?.stop();
  }

  /** Ends for good, once the browser has told all that it heard, or after a patience. */
  async finish(): Promise<void> {
    this.#holdClock();
    this.#set({ phase: "idle" });
    const current = this.#current;
    if (current) {
      const ended = new Promise((resolve) => current.addEventListener("end", resolve));
      const late = new Promise((resolve) => setTimeout(resolve, FINISH_PATIENCE_MS));
      current.stop();
      await Promise.race([ended, late]);
      if (this.#current === current) this.#current = null;
    }
    this.#settle();
  }

  /** Ends at once and forgets what is not settled, for the next patient. */
  discard(): void {
    const current = this.#current;
    this.#current = null;
    current?.abort();
    this.#since = null;
    this.#set({ phase: "idle", interim: "", recorded: 0, failure: null });
  }

  #listen(): void {
    const recognition = new this.#use.recognition();
    recognition.processLocally = true;
    recognition.continuous = true;
    recognition.interimResults = true;
    recognition.lang = this.#use.language;
    // Belt and braces: nothing starts unless the browser took the setting.
    if (recognition.processLocally !== true) return this.#fail("not-on-device");
    this.#current = recognition;
    const mine = (work: (event: Event) => void) => (event: Event) => {
      if (this.#current === recognition) work(event);
    };
    recognition.addEventListener(
      "start",
      mine(() => this.#started()),
    );
    recognition.addEventListener(
      "result",
      mine((event) => this.#heard(event as ResultEvent)),
    );
    recognition.addEventListener(
      "error",
      mine((event) => this.#erred(event)),
    );
    recognition.addEventListener(
      "end",
      mine(() => this.#ended()),
    );
    try {
      recognition.start();
    } catch {
      this.#fail("other");
    }
  }

  #started(): void {
    if (this.#state.phase !== "starting" && this.#state.phase !== "listening") return;
    this.#since ??= this.#use.now();
    this.#set({ phase: "listening" });
  }

  #heard({ resultIndex, results }: ResultEvent): void {
    let interim = "";
    for (let i = resultIndex; i < results.length; i++) {
      const result = results[i];
      const said = result?.[0]?.transcript ?? "";
      if (result?.isFinal) this.#line(said);
      else interim += said;
    }
    this.#set({ interim: clean(interim) });
  }

  #erred(event: Event): void {
    const code = (event as Event & { error?: string }).error ?? "";
    // Silence and a stop of our own end the recognition too; `end` goes on from there.
    if (code === "no-speech" || code === "aborted") return;
    this.#fail(FAILURES[code] ?? "other");
  }

  /** Browsers end a recognition after a silence; while it should listen, a new one begins. */
  #ended(): void {
    this.#current = null;
    this.#settle();
    if (this.#state.phase !== "listening" && this.#state.phase !== "starting") return;
    const now = this.#use.now();
    this.#starts = [...this.#starts.filter((time) => now - time < RESTART_WINDOW_MS), now];
    if (this.#starts.length > MOST_RESTARTS) this.#fail("other");
    else this.#listen();
  }

  #fail(failure: DictationFailure): void {
    const current = this.#current;
    this.#current = null;
    this.#holdClock();
    this.#settle();
    this.#set({ phase: this.#recorded() > 0 ? "paused" : "idle", failure });
    current?.abort();
  }

  #settle(): void {
    const { interim } = this.#state;
    if (interim === "") return;
    this.#set({ interim: "" });
    this.#line(interim);
  }

  #line(said: string): void {
    const line = clean(said);
    if (line !== "") this.#use.onLine(line);
  }

  #recorded(): number {
    const running = this.#since === null ? 0 : this.#use.now() - this.#since;
    return this.#state.recorded + running;
  }

  #holdClock(): void {
    this.#state.recorded = this.#recorded();
    this.#since = null;
  }

  #set(change: Partial<DictationState>): void {
    this.#state = { ...this.#state, ...change };
    this.#use.onState(this.state);
  }
}

/** The API's error codes, as far as they mean something else to do. */
const FAILURES: Record<string, DictationFailure> = {
  "not-allowed": "microphone-refused",
  "audio-capture": "no-microphone",
  "service-not-allowed": "not-on-device",
  network: "not-on-device", // recognition on the device needs no network
  "language-not-supported": "language",
};

function clean(said: string): string {
  return said.toWellFormed().replace(/\s+/g, " ").trim();
}
