/** The note under the clinician's hands: its document, undo and redo, and the checks after it. */
import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";

import {
  applyChecks,
  EMPTY_DOCUMENT,
  linesApart,
  makeDocument,
  openLines,
  statementsOf,
} from "../note/document.ts";
import * as edits from "../note/edits.ts";
import * as history from "../note/history.ts";
import { newLineId } from "../note/identity.ts";
import { omissionLine } from "../note/omissions.ts";
import { signable, signatureFor } from "../note/signing.ts";
import { composeDocument } from "../note/text.ts";
import type { NoteDocument, NoteLine } from "../note/types.ts";
import type { CheckedNote, Verdict } from "../scribe/checks/types.ts";
import type { SectionState } from "../scribe/note.ts";
import type { ShownKey } from "../scribe/sections.ts";
import { normalizeTranscript, splitTurns, type Turn } from "../scribe/transcript.ts";
import type { CheckRequest } from "../worker-api.ts";

/** How each section's text ended, where a model wrote it. */
export type SectionStates = Partial<Record<ShownKey, SectionState>>;

export interface GeneratedSection {
  key: ShownKey;
  text: string;
  state?: SectionState;
}

interface Version {
  document: NoteDocument;
  states: SectionStates;
}

/** 'failed': nothing could answer, and lines stand unchecked. */
export type Checking = "idle" | "running" | "failed";

export interface EditorNeeds {
  transcript: ReadonlySignal<string>;
  /** The clinical checks, away from the main thread; null where they cannot be had. */
  check(request: CheckRequest): Promise<CheckedNote | null>;
  /** The clinician changed or signed the note. */
  changed(what: "edited" | "signed"): void;
}

export class NoteEditor {
  readonly #needs: EditorNeeds;
  readonly #versions = signal<history.History<Version | null>>(history.begin(null));
  /** Counts changes; an answer to an earlier question is not used. */
  #changes = 0;
  #asking = false;
  /** The transcript that the checks last answered for. */
  #checkedAgainst: string | null = null;

  readonly document = computed(() => this.#versions.value.present?.document ?? null);
  /** How each generated section ended; empty for a note that no model wrote here. */
  readonly states = computed<SectionStates>(() => this.#versions.value.present?.states ?? {});
  /** Marked lines of the note's text that are neither kept, corrected nor removed yet. */
  readonly open = computed(() => this.#of(openLines, []));
  /** Lines that stand below the note as not found in the visit. */
  readonly apart = computed(() => this.#of(linesApart, []));
  /** The whole note as it is copied; '' where there is none. */
  readonly text = computed(() => this.#of((document) => composeDocument(document).text, ""));
  readonly sections = computed(
    () => composeDocument(this.document.value ?? EMPTY_DOCUMENT).sections,
  );
  /** Lines by what the checks say of them, those set apart included. */
  readonly counts = computed(() => this.#of(countVerdicts, countVerdicts(EMPTY_DOCUMENT)));
  readonly locked = computed(() => this.#of(({ signature }) => signature !== null, false));
  readonly canUndo = computed(() => !this.locked.value && this.#versions.value.past.length > 0);
  readonly canRedo = computed(() => !this.locked.value && this.#versions.value.future.length > 0);
  readonly checking = signal<Checking>("idle");
  /** How many lines the visit does not hold, as the checks last said; null where they did not. */
  readonly missing = signal<number | null>(null);
  /** What is open for typing: a line's id, or another name for a line to come. */
  readonly editing = signal<string | null>(null);
  /** The note can be signed: its checks are done and each marked line is decided on. */
  readonly signable = computed(
    () => this.checking.value !== "running" && this.#of(signable, false),
  );
  /** The transcript's turns, as the numbers in the lines' checks count them. */
  readonly turns = computed<Turn[]>(() =>
    splitTurns(normalizeTranscript(this.#needs.transcript.value)),
  );
  /** A generated note took the place of one that the clinician had worked on, a moment ago. */
  readonly replacedEdits = signal(false);

  constructor(needs: EditorNeeds) {
    this.#needs = needs;
  }

  #of<T>(read: (document: NoteDocument) => T, none: T): T {
    const document = this.document.value;
    return document ? read(document) : none;
  }

  /** Forgets everything, and begins with a stored note or none. */
  reset(document: NoteDocument | null = null): void {
    batch(() => {
      this.#changes += 1;
      this.#versions.value = history.begin(document && { document, states: {} });
      this.replacedEdits.value = false;
      this.checking.value = "idle";
      this.editing.value = null;
      this.#tell(document !== null);
    });
    if (document?.lines.some(({ check }) => check === null)) this.recheck();
  }

  /**
   * A generated note, checked, in place of the one before, which undo brings back. `current` tells
   * whether it is still wanted once the checks have answered.
   */
  async take(
    sections: readonly GeneratedSection[],
    current: () => boolean = () => true,
  ): Promise<void> {
    const made = makeDocument(sections, newLineId);
    const asked = statementsOf(made);
    const checked = await this.#check(made);
    if (!current()) return;
    const document = checked ? applyChecks(made, asked, checked) : made;
    const states: SectionStates = {};
    for (const { key, state } of sections) if (state) states[key] = state;
    batch(() => {
      const before = this.document.value;
      this.#changes += 1;
      const version = { document, states };
      this.#versions.value = before
        ? history.record(this.#versions.value, version)
        : history.begin<Version | null>(version);
      this.replacedEdits.value = before !== null && isTouched(before);
      this.checking.value = checked ? "idle" : "failed";
      this.#tell(checked !== null);
    });
  }

  #tell(checked: boolean): void {
    this.missing.value = checked ? this.counts.value.unsupported : null;
  }

  async #check(document: NoteDocument): Promise<CheckedNote | null> {
    const statements = statementsOf(document).map(({ text, section, apart }) => ({
      text,
      section,
      apart,
    }));
    const transcript = this.#needs.transcript.value;
    this.#checkedAgainst = transcript;
    return this.#needs.check({ transcript, statements }).catch(() => null);
  }

  startEditing(name: string): void {
    if (!this.locked.value) this.editing.value = name;
  }

  stopEditing(name: string): void {
    if (this.editing.value === name) this.editing.value = null;
  }

  edit(id: string, text: string): void {
    this.#change((document) => edits.editLine(document, id, text, newLineId));
  }

  remove(id: string): void {
    this.#change((document) => edits.removeLine(document, id));
  }

  keep(id: string, kept = true): void {
    this.#change((document) => edits.keepLine(document, id, kept));
  }

  /** Takes a line that was set apart into the note. */
  putIn(id: string): void {
    this.#change((document) => edits.putInLine(document, id));
  }

  /** Takes the omission with this index into the section where it belongs. */
  insertOmission(index: number): void {
    const omission = this.document.value?.omissions[index];
    if (!omission) return;
    const line = omissionLine(omission, this.turns.value);
    this.#change((document) => edits.insertOmission(document, index, line, newLineId));
  }

  /** Adds the clinician's own words at the end of a section; a note begins with them, too. */
  add(section: ShownKey, text: string): void {
    this.#change((document) => edits.addLines(document, section, text, "typed", newLineId));
  }

  /** Another generated text for one section. */
  replaceSection(section: ShownKey, text: string): void {
    this.#change((document) => edits.replaceSection(document, section, text, newLineId), {
      [section]: "done",
    });
  }

  undo(): void {
    if (this.canUndo.value) this.#go(history.undo(this.#versions.value));
  }

  redo(): void {
    if (this.canRedo.value) this.#go(history.redo(this.#versions.value));
  }

  #go(versions: history.History<Version | null>): void {
    batch(() => {
      this.#versions.value = versions;
      this.replacedEdits.value = false;
    });
    this.#needs.changed("edited");
    this.recheck();
  }

  #change(edit: (document: NoteDocument) => NoteDocument, states: SectionStates = {}): void {
    const before = this.#versions.value.present;
    const from = before?.document ?? EMPTY_DOCUMENT;
    const document = edit(from);
    if (document === from) return;
    batch(() => {
      this.#versions.value = history.record(this.#versions.value, {
        document,
        states: { ...before?.states, ...states },
      });
      this.replacedEdits.value = false;
    });
    this.#needs.changed("edited");
    this.recheck();
  }

  /**
   * Signs and locks the note. False where it cannot be signed: no text, no name, a marked line
   * that nobody decided on, checks still running, or it changed meanwhile.
   */
  async sign(name: string, at = new Date()): Promise<boolean> {
    const document = this.document.value;
    if (!document || !this.signable.value || name.trim() === "") return false;
    const signature = await signatureFor(document, name, at);
    if (this.document.value !== document) return false;
    this.#record({ ...document, signature });
    this.#needs.changed("signed");
    return true;
  }

  /** Opens a signed note for changes; its signature goes. */
  amend(): void {
    const document = this.document.value;
    if (!document?.signature) return;
    this.#record({ ...document, signature: null });
    this.#needs.changed("edited");
  }

  #record(document: NoteDocument): void {
    this.#changes += 1; // an answer that is still under way changes no signed note
    const states = this.states.value;
    this.#versions.value = history.record(this.#versions.value, { document, states });
  }

  /** Asks the checks about the note as it stands. A later change asks again. */
  recheck(): void {
    this.#changes += 1;
    const needed = this.document.value !== null && !this.locked.value;
    this.checking.value = needed ? "running" : "idle";
    if (needed && !this.#asking) void this.#ask();
  }

  /** Asks again where the transcript is another one, or nothing could answer before. */
  recheckIfStale(): void {
    const other = this.#checkedAgainst !== this.#needs.transcript.value;
    if (other || this.checking.value === "failed") this.recheck();
  }

  /** One question at a time: what changed meanwhile is asked once, when the answer is there. */
  async #ask(): Promise<void> {
    this.#asking = true;
    let change: number;
    do {
      change = this.#changes;
      const document = this.document.value;
      if (!document || this.locked.value) break;
      const checked = await this.#check(document);
      if (change === this.#changes) this.#answer(document, checked);
    } while (change !== this.#changes);
    this.#asking = false;
  }

  #answer(document: NoteDocument, checked: CheckedNote | null): void {
    batch(() => {
      this.checking.value = checked ? "idle" : "failed";
      const present = this.#versions.value.present;
      if (!checked || !present) return;
      this.#versions.value = history.amend(this.#versions.value, {
        ...present,
        document: applyChecks(document, statementsOf(document), checked),
      });
      this.#tell(true);
    });
  }
}

function countVerdicts({ lines }: NoteDocument) {
  const of = (verdict: Verdict): number =>
    lines.filter(({ check }) => (check?.verdict ?? "unchecked") === verdict).length;
  const [supported, unsupported] = [of("supported"), of("unsupported")];
  return { lines: lines.length, supported, unsupported, unchecked: of("unchecked") };
}

/** Whether the clinician worked on a note: then nothing takes its place without a word. */
function isTouched({ lines }: NoteDocument): boolean {
  return lines.some(
    ({ edited, origin, kept }: NoteLine) => edited || kept || origin !== "generated",
  );
}
