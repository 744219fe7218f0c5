/** What is made of the note besides its four sections: styles, letters, suggested codes. */
import { computed, signal } from "@preact/signals";

import type { CodedLine, Suggestion } from "../coding/suggest.ts";
import { composeLetter, letterText, type Letter, type LetterKind } from "../letter/letter.ts";
import { EMPTY_DOCUMENT } from "../note/document.ts";
import type { NoteDocument } from "../note/types.ts";
import type { ShownKey } from "../scribe/sections.ts";
import {
  AS_WRITTEN,
  layout,
  layoutText,
  learnStyle,
  parseTemplate,
  PRESETS,
  presetStyle,
  sectionTexts,
  type Learned,
  type NoteStyle,
  type StyledSection,
  type Template,
  type TemplateError,
} from "../style/index.ts";
import type { NoteEditor } from "./note-editor.ts";
import { texts } from "./texts.ts";

/** Id of the clinician's template, and of a learned style, among those of the presets. */
export const OWN = "own";
export const LEARNED = "learned";

/** 'failed': nothing could look them up. */
export type Codes = "looking" | "failed" | Suggestion[];

export class Writing {
  readonly #editor: NoteEditor;
  readonly #suggest: (lines: CodedLine[]) => Promise<Suggestion[] | null>;

  /** Id of the style in use. */
  readonly style = signal<string>(AS_WRITTEN);
  readonly template = signal<string>("");
  readonly templateErrors = signal<TemplateError[]>([]);
  readonly #template = signal<Template | null>(null);
  /** Notes to learn from, as they were pasted; never stored. */
  readonly examples = signal<string>("");
  readonly learned = signal<Learned | null>(null);
  readonly nothingLearned = signal(false);
  readonly codes = signal<Codes>([]);
  /** The section whose form for writing it again is open. */
  readonly wishing = signal<ShownKey | null>(null);
  /** What the printed page shows instead of the note. */
  readonly printing = signal<string | null>(null);

  constructor(editor: NoteEditor, suggest: (lines: CodedLine[]) => Promise<Suggestion[] | null>) {
    this.#editor = editor;
    this.#suggest = suggest;
  }

  /** The styles that can be chosen now. */
  readonly choices = computed<string[]>(() => [
    ...PRESETS.map(({ id }) => id),
    ...(this.#template.value ? [OWN] : []),
    ...(this.learned.value ? [LEARNED] : []),
  ]);

  /** Null: the note as it is written. */
  readonly #chosen = computed<NoteStyle | null>(() => {
    const id = this.style.value;
    if (id === AS_WRITTEN) return null;
    if (id === LEARNED) return this.learned.value?.style ?? null;
    const template = this.#template.value;
    const base = presetStyle(AS_WRITTEN);
    if (id === OWN) return template && base ? { ...base, template } : null;
    return presetStyle(id);
  });

  /** A note's sections in the chosen style; null where it is to stand as it is written. */
  styled(document: NoteDocument): StyledSection[] | null {
    const style = this.#chosen.value;
    return style && sectionTexts(layout(document, style));
  }

  /** The note in the chosen style as a text. */
  readonly preview = computed(() => {
    const style = this.#chosen.value;
    if (!style) return this.#editor.text.value;
    return layoutText(layout(this.#editor.document.value ?? EMPTY_DOCUMENT, style));
  });

  typeTemplate(text: string): void {
    this.template.value = text;
  }

  typeExamples(text: string): void {
    this.examples.value = text;
  }

  /** Opens a section's form for writing it again, or closes the one that is open. */
  wish(section: ShownKey | null): void {
    this.wishing.value = section;
  }

  /** Prints a text instead of the note. */
  print(text: string): void {
    this.printing.value = text;
    window.print();
  }

  choose(id: string): void {
    if (this.choices.value.includes(id)) this.style.value = id;
  }

  /** Takes the clinician's template into use, or says what is wrong in it. */
  useTemplate(): void {
    const { template, errors } = parseTemplate(this.template.value);
    this.templateErrors.value = errors ?? [];
    if (!template) return;
    this.#template.value = template;
    this.style.value = OWN;
  }

  learn(): void {
    const notes = this.examples.value.split(/^[ \t]*-{3,}[ \t]*$/m);
    const learned = learnStyle(notes);
    this.nothingLearned.value = learned === null;
    if (!learned) return;
    this.learned.value = learned;
    this.style.value = LEARNED;
  }

  /** A letter as it stands by the note now; null where nothing of the note belongs into it. */
  letter(kind: LetterKind): { letter: Letter; text: string } | null {
    const document = this.#editor.document.value;
    const letter = document && composeLetter(document, kind);
    if (!letter || letter.parts.length === 0) return null;
    return { letter, text: letterText(letter, texts.letter.words) };
  }

  /** Asks for the codes of the assessment as it stands; marked lines give none. */
  async lookUp(): Promise<void> {
    const lines = (this.#editor.document.value?.lines ?? []).filter(
      ({ section, place, check, kept }) =>
        section === "assessment" && place === "note" && (kept || check?.verdict !== "unsupported"),
    );
    this.codes.value = "looking";
    const found = await this.#suggest(lines.map(({ id, text }) => ({ id, text })));
    this.codes.value = found ?? "failed";
  }
}
