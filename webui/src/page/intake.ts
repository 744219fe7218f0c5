/** Where transcripts come from: files, pasted text, dictation; who speaks in them; masking. */
import { computed, signal } from "@preact/signals";

import {
  availability,
  Dictation,
  installLanguage,
  onDeviceRecognition,
  type Availability,
  type DictationState,
  type RecognitionClass,
} from "../intake/dictation.ts";
import { IntakeError } from "../intake/errors.ts";
import { importFile, importText, sniff } from "../intake/import.ts";
import type { Masked } from "../intake/mask.ts";
import { UNKNOWN } from "../intake/roles.ts";
import {
  canGuess,
  canSwap,
  guessSpeakers,
  renameSpeaker,
  speakersIn,
  swapSpeakers,
} from "../intake/speakers.ts";
import type { Imported, Remark } from "../intake/types.ts";
import { normalizeTranscript, splitTurns } from "../scribe/transcript.ts";
import { loadMask, maskTranscript } from "./masker.ts";
import type { Session } from "./session.ts";
import { texts } from "./texts.ts";

/** Who is heard while dictating; 'either': told apart by what is said, once it ends. */
export type Voice = "doctor" | "patient" | "either";

const IDLE: DictationState = { phase: "idle", interim: "", recorded: 0, failure: null };

export class Intake {
  /** Sentences on what was just read, guessed or renamed. */
  readonly remarks = signal<string[]>([]);
  /** Who is who was guessed and nobody has looked at it since. */
  readonly guessed = signal(false);
  /** A file is being dragged over the page. */
  readonly dragging = signal(false);
  readonly loadingMask = signal(false);

  readonly dictation = signal<DictationState>(IDLE);
  /** Null until it was asked. */
  readonly canDictate = signal<Availability | null>(null);
  readonly voice = signal<Voice>("either");
  /** The patient agrees, which the clinician said for this visit. */
  readonly consent = signal(false);

  readonly speakers = computed(() => speakersIn(this.#session.transcript.value));
  readonly canSwap = computed(() => canSwap(this.speakers.value));
  readonly canGuess = computed(() => canGuess(this.speakers.value));

  readonly #session: Session;
  #recognition: RecognitionClass | null = null;
  #language = "en-US";
  #dictating: Dictation | null = null;
  #clock: ReturnType<typeof setInterval> | undefined;
  /** Counts files: an earlier one that is read later changes nothing. */
  #files = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Reads the first of some files into the visit. */
  async open(files: readonly File[]): Promise<void> {
    const file = files[0];
    if (!file) return;
    const mine = ++this.#files;
    try {
      const imported = await importFile(
        file,
        async () => (await import("../intake/docx.ts")).readDocx,
      );
      if (mine !== this.#files) return;
      this.#take(imported, texts.intake.fileReplaced(file.name));
      const others = files.length - 1;
      const opened = texts.intake.opened(file.name, imported.turns.length);
      const rest = others > 0 ? [texts.intake.firstOnly(others)] : [];
      this.remarks.value = [opened, ...rest, ...imported.remarks.map(texts.intake.remark)];
    } catch (error) {
      if (mine !== this.#files) return;
      const message =
        error instanceof IntakeError
          ? texts.intake.problem(error.problem)
          : texts.intake.problem({ code: "unreadable", file: file.name });
      this.#session.alert.value = { message, remedies: [] };
    }
  }

  /**
   * After a paste that is the whole text: subtitles, JSON and recorders' labels become turns. What
   * was pasted can be brought back.
   */
  pasted(pasted: string): void {
    const text = this.#session.transcript.value;
    const clean = normalizeTranscript(text);
    if (clean === "" || clean !== normalizeTranscript(pasted)) return;
    const format = sniff(clean);
    if (format === "text" && splitTurns(clean).some(({ speaker }) => speaker !== "")) return;
    try {
      const imported = importText(clean, format, texts.intake.pastedText);
      const named = imported.remarks.every(({ code }) => code !== "guessed-lines");
      if (format === "text" && !named) return;
      if (imported.turns.every(({ speaker }) => speaker === "")) return;
      this.#take(imported, texts.intake.pasteConverted);
      this.remarks.value = imported.remarks.map(texts.intake.remark);
    } catch {
      // Then it is just text, which stands there as it was pasted.
    }
  }

  #take({ text, remarks }: Imported, why: string): void {
    this.#session.alert.value = null;
    this.#session.replaceTranscript(text, why);
    this.#session.view.setMode("edit");
    this.guessed.value = remarks.some(isGuess);
  }

  rename(from: string, to: string): void {
    this.#change(renameSpeaker(this.#session.transcript.value, from, to));
  }

  swap(): void {
    this.#change(swapSpeakers(this.#session.transcript.value));
    this.remarks.value = [texts.intake.swapped];
  }

  /** Guesses doctor and patient in what stands there. */
  guess(): void {
    const guess = guessSpeakers(this.#session.transcript.value);
    if (!guess) return;
    this.#session.replaceTranscript(guess.text, texts.intake.guessReplaced);
    this.remarks.value = [texts.intake.remark(guess.remark)];
    this.guessed.value = true;
  }

  #change(transcript: string): void {
    this.guessed.value = false;
    if (transcript !== this.#session.transcript.value) this.#session.type(transcript);
  }

  /** Masking counts as on only once its list of names is there. */
  async setMasking(on: boolean): Promise<void> {
    if (on) {
      this.loadingMask.value = true;
      try {
        await loadMask();
      } catch {
        this.#session.alert.value = { message: texts.intake.maskMissing, remedies: [] };
        return;
      } finally {
        this.loadingMask.value = false;
      }
    }
    this.#session.masking.value = on;
  }

  /** What masking would do with the visit as it stands; null while it is off. */
  preview(): Masked | null {
    return this.#session.masking.value ? maskTranscript(this.#session.transcript.value) : null;
  }

  /** Asks the browser whether it recognises speech on this device. */
  async askDictation(): Promise<Availability> {
    this.#recognition = onDeviceRecognition(window);
    const own = navigator.language.startsWith("en-") ? [navigator.language] : [];
    let answer: Availability = "absent";
    for (const language of new Set([...own, "en-US"])) {
      answer = await availability(this.#recognition, language);
      this.#language = language;
      if (answer !== "unavailable") break;
    }
    this.canDictate.value = answer;
    return answer;
  }

  /** Has the browser fetch its own language pack. */
  async installLanguage(): Promise<void> {
    if (!this.#recognition) return;
    this.canDictate.value = "downloading";
    await installLanguage(this.#recognition, this.#language);
    await this.askDictation();
  }

  setConsent(given: boolean): void {
    this.consent.value = given;
  }

  setVoice(voice: Voice): void {
    this.voice.value = voice;
  }

  setDragging(over: boolean): void {
    this.dragging.value = over;
  }

  dictate(): void {
    if (!this.#recognition || !this.consent.value) return;
    this.#dictating ??= new Dictation({
      recognition: this.#recognition,
      language: this.#language,
      onLine: (line) => this.#append(line),
      onState: (state) => (this.dictation.value = state),
      now: () => performance.now(),
    });
    this.#session.view.setMode("edit");
    this.#dictating.start();
    clearInterval(this.#clock);
    this.#clock = setInterval(() => {
      if (this.#dictating) this.dictation.value = this.#dictating.state;
    }, 500);
  }

  pauseDictation(): void {
    this.#dictating?.pause();
  }

  async finishDictation(): Promise<void> {
    const dictating = this.#dictating;
    clearInterval(this.#clock);
    await dictating?.finish();
    if (dictating !== this.#dictating) return; // the visit was cleared meanwhile
    this.#dictating = null;
    this.dictation.value = IDLE;
    if (this.canGuess.value) this.guess();
  }

  #append(line: string): void {
    const { transcript } = this.#session;
    const before = transcript.value === "" ? "" : `${transcript.value.replace(/\n+$/, "")}\n`;
    const speaker = this.voice.value === "either" ? UNKNOWN : this.voice.value;
    this.#session.type(`${before}[${speaker}] ${line}`);
  }

  /** For the next patient. */
  reset(): void {
    clearInterval(this.#clock);
    this.#files += 1;
    this.#dictating?.discard();
    this.#dictating = null;
    this.dictation.value = IDLE;
    this.consent.value = false;
    this.remarks.value = [];
    this.guessed.value = false;
  }
}

function isGuess({ code }: Remark): boolean {
  return code === "guessed-labels" || code === "guessed-lines";
}
