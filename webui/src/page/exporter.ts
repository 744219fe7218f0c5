/**
 * Copies, files, prints and signs the note, once each of its marked lines is decided on. What the
 * clinician asked for waits while the review goes through them.
 */
import { batch, computed, effect, signal, untracked } from "@preact/signals";

import {
  composeExport,
  makeFile,
  onlySection,
  toClipboardHtml,
  toClipboardText,
  type ExportDocument,
  type FileFormat,
} from "../export/index.ts";
import { newUuid } from "../note/identity.ts";
import type { NoteLine } from "../note/types.ts";
import type { ShownKey } from "../scribe/sections.ts";
import { saveFile } from "./save-file.ts";
import type { Session } from "./session.ts";
import { texts } from "./texts.ts";

export type ExportAction =
  /** A section, or the whole note. */
  | { kind: "copy"; section: ShownKey | null }
  | { kind: "file"; format: FileFormat }
  | { kind: "print" }
  | { kind: "sign" };

/** What the export's dialog shows. */
export type ExportStage =
  { kind: "menu" } | { kind: "review"; action: ExportAction } | { kind: "sign" };

/** What the browser does with an export. */
export interface ExportHost {
  save: (name: string, type: string, content: BlobPart) => void;
  print: () => void;
  /** Whether the clipboard may be written now, which browsers allow just after a click. */
  mayCopy: () => boolean;
}

const browserHost: ExportHost = {
  save: saveFile,
  // The dialog closes first: it would lie over the printed page.
  print: () => requestAnimationFrame(() => requestAnimationFrame(() => window.print())),
  mayCopy: () => (navigator.userActivation as UserActivation | undefined)?.isActive ?? true,
};

/** How long an export waits for the checks before it says so. */
const PATIENCE_MS = 400;

export class Exporter {
  readonly stage = signal<ExportStage | null>(null);
  /** A file is being made. */
  readonly making = signal(false);
  /** Marked lines that nobody has decided on, of what is asked for. */
  readonly undecided = computed<NoteLine[]>(() => {
    const stage = this.stage.value;
    return stage?.kind === "review" ? this.#undecided(stage.action) : [];
  });

  /** Waiting for an answer of the checks. */
  #asked = false;
  readonly #session: Session;
  readonly #host: ExportHost;

  constructor(session: Session, host: ExportHost = browserHost) {
    this.#session = session;
    this.#host = host;
    effect(() => {
      const stage = this.stage.value;
      if (stage?.kind !== "review" || !this.reviewed.value) return;
      untracked(() => {
        if (stage.action.kind !== "copy" || this.#host.mayCopy()) this.proceed();
      });
    });
  }

  /** Nothing of the waiting export is undecided, and no line is being checked again. */
  readonly reviewed = computed(
    () => this.undecided.value.length === 0 && this.#session.editor.checking.value !== "running",
  );

  /** Marked lines in the way of an export; a signed note has none that can still be decided. */
  #undecided(action: ExportAction): NoteLine[] {
    const { open, locked } = this.#session.editor;
    if (locked.value) return [];
    const section = action.kind === "copy" ? action.section : null;
    return open.value.filter((line) => section === null || line.section === section);
  }

  /** The document as it would be exported now; null where there is no text. */
  document(): ExportDocument | null {
    const encounter = this.#session.encounter();
    const styled = encounter.note && this.#session.writing.styled(encounter.note);
    return composeExport(encounter, texts.export.document, styled);
  }

  /** The document in its four sections, whatever the style: each is copied and coded as itself. */
  #inSections(): ExportDocument | null {
    return composeExport(this.#session.encounter(), texts.export.document);
  }

  entitle(title: string): void {
    this.#session.title.value = title;
  }

  openMenu(): void {
    this.stage.value = { kind: "menu" };
  }

  close(): void {
    this.stage.value = null;
  }

  /** Does it now where nothing is in the way, else after the review. */
  ask(action: ExportAction): void {
    const { checking } = this.#session.editor;
    if (this.#asked) return;
    if (this.#undecided(action).length > 0) this.#review(action);
    else if (checking.value !== "running") void this.#carryOut(action);
    else {
      // An answer of the checks that comes at once needs no dialog to wait in.
      this.#asked = true;
      const stop = effect(() => {
        if (checking.value !== "running") queueMicrotask(answered);
      });
      const timer = setTimeout(() => answered(), PATIENCE_MS);
      const answered = (): void => {
        if (!this.#asked) return;
        this.#asked = false;
        clearTimeout(timer);
        stop();
        this.#review(action);
      };
    }
  }

  #review(action: ExportAction): void {
    this.stage.value = { kind: "review", action };
  }

  /**
   * Keeps, corrects or removes a marked line. In one step with the check that follows, so that no
   * corrected line counts as decided on before its answer is there.
   */
  decide(line: NoteLine, how: "keep" | "remove" | { text: string }): void {
    const { editor } = this.#session;
    batch(() => {
      if (how === "keep") editor.keep(line.id);
      else if (how === "remove") editor.remove(line.id);
      else editor.edit(line.id, how.text);
    });
  }

  /** After the review, by the clinician's own click. */
  proceed(): void {
    const stage = this.stage.value;
    if (stage?.kind === "review" && this.reviewed.value) void this.#carryOut(stage.action);
  }

  async #carryOut(action: ExportAction): Promise<void> {
    if (action.kind === "sign") {
      this.stage.value = { kind: "sign" };
      return;
    }
    const single = action.kind === "copy" && action.section !== null;
    const coded = action.kind === "file" && action.format === "fhir";
    const document = single || coded ? this.#inSections() : this.document();
    this.close();
    if (!document) return;
    if (action.kind === "copy") await this.#copy(document, action.section);
    else if (action.kind === "print") this.#print();
    else await this.#save(document, action.format);
  }

  async #copy(whole: ExportDocument, section: ShownKey | null): Promise<void> {
    const document = section === null ? whole : onlySection(whole, section);
    if (!document) return;
    const content = { text: toClipboardText(document), html: toClipboardHtml(document) };
    if (await this.#session.copy(content)) this.#session.audit("exported", section ?? "copy");
  }

  #print(): void {
    this.#host.print();
    this.#session.audit("exported", "print");
  }

  async #save(document: ExportDocument, format: FileFormat): Promise<void> {
    const making = { now: new Date(), newUuid };
    this.making.value = true;
    try {
      const file = await makeFile(format, document, texts.export.document, making);
      this.#host.save(file.name, file.type, file.content);
      this.#session.outcome.value = { kind: "exported", name: file.name };
      this.#session.audit("exported", format);
    } catch {
      this.#session.alert.value = { message: texts.export.failed, remedies: [] };
    } finally {
      this.making.value = false;
    }
  }

  /** Signs the note and locks it; false where it cannot be signed. */
  async sign(name: string): Promise<boolean> {
    const signed = await this.#session.editor.sign(name);
    if (signed) this.close();
    return signed;
  }
}
