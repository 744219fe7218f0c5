/** ICD-10-CM's codes by the words that lead to them. */
import { stem } from "../scribe/checks/text.ts";
import vocabulary from "../scribe/vocabulary/codes.json" with { type: "json" };

export interface Code {
  code: string;
  title: string;
  /** Can be reported as it is; otherwise it needs further characters. */
  complete: boolean;
}

/** One wording that leads to a code. */
export interface Wording {
  code: Code;
  /** Normalised words, all of which must be said. */
  words: readonly string[];
  /** Written for the project after the Alphabetic Index, not a title or inclusion term. */
  own: boolean;
}

/** Words without a meaning of their own in a title. */
const EMPTY_WORDS = new Set(
  (
    "of in the a an and or with to at by from for on as mellitus unspecified nos uncomplicated disease disorder " +
    "primary essential initial acquired (s) s"
  ).split(" "),
);

/** Parts of a title that say that nothing more is said. */
const NOTHING_MORE =
  /\([^)]*\)|\[[^\]]*\]|, (?:site |organism |cause )?(?:unspecified|not specified)(?: (?:ear|eye|site|side|organism|severity|cause))?\b|\bunspecified (?:ligament|part|site|type|degree|injury|structure) (?:of|at)\b|\b(?:nos|unspecified)\b|\bskin (?:of|and subcutaneous tissue)\b/g;

const ROMAN: Record<string, string> = { ii: "2", iii: "3", iv: "4" };

const SAME: Record<string, string> = {
  diabetic: "diabetes",
  hypertensive: "hypertension",
  depressive: "depression",
  streptococcal: "strep",
  gastro: "gastroesophageal",
  oesophageal: "gastroesophageal",
  esophageal: "esophageal",
  both: "bilateral",
  tumour: "tumor",
  anaemia: "anemia",
  diarrhoea: "diarrhea",
  haemorrhoids: "hemorrhoids",
  oedema: "edema",
};

/** The words of a text that can lead to a code, normalised. */
export function codeWords(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z]+|\d+[a-z]?/g) ?? [];
  return [...new Set(words.map(codeWord).filter((word) => word !== ""))];
}

/** One word in normal form; '' for one that leads nowhere. */
export function codeWord(word: string): string {
  const same = (Object.hasOwn(SAME, word) ? SAME[word] : undefined) ?? word;
  return EMPTY_WORDS.has(same) ? "" : (ROMAN[same] ?? stem(same));
}

export class CodeIndex {
  /** By a word: the wordings in which it stands. */
  readonly #byWord = new Map<string, Wording[]>();
  /** By a code without its last character. */
  readonly #below = new Map<string, Code[]>();
  readonly #codes = new Map<string, Code>();

  constructor(rows: readonly (readonly (string | number)[])[] = vocabulary.codes) {
    for (const [code = "", title = "", complete, ...names] of rows.map((row) => row.map(String))) {
      const entry = { code, title, complete: complete === "1" };
      const own = /^[a-z]/;
      const parent = parentOf(code);
      this.#codes.set(code, entry);
      this.#below.set(parent, [...(this.#below.get(parent) ?? []), entry]);
      if (names[0] === "!") names.shift();
      else this.#add(entry, title, false);
      for (const name of names) this.#add(entry, name, own.test(name));
    }
  }

  #add(code: Code, text: string, own: boolean): void {
    const words = codeWords(own ? text : text.toLowerCase().replace(NOTHING_MORE, " "));
    if (words.length === 0) return;
    const wording = { code, words, own };
    for (const word of words) {
      const list = this.#byWord.get(word);
      if (list) list.push(wording);
      else this.#byWord.set(word, [wording]);
    }
  }

  /** The wordings that hold all of `needed` and nothing beyond `said`. */
  find(needed: readonly string[], said: ReadonlySet<string>): Wording[] {
    const lists = needed.map((word) => this.#byWord.get(word) ?? []);
    const shortest = lists.reduce((a, b) => (b.length < a.length ? b : a), lists[0] ?? []);
    return shortest.filter(
      ({ words }) =>
        needed.every((word) => words.includes(word)) && words.every((word) => said.has(word)),
    );
  }

  /**
   * A code with the side that was said, where its words came from a heading over the sides; the
   * heading itself where a side was said that the code calls unspecified.
   */
  withSide(code: Code, said: ReadonlySet<string>): Code {
    const side = SIDES.find((each) => said.has(each));
    if (side === undefined) return code;
    const over = UNSPECIFIED_SIDE.test(code.title) ? this.#codes.get(parentOf(code.code)) : code;
    if (!over) return code;
    const known = new Set([...codeWords(over.title), ...said, ...ORGANS]);
    const below = (this.#below.get(over.code) ?? []).filter(({ title }) => {
      const words = codeWords(title.toLowerCase().replace(NOTHING_MORE, " "));
      return words.includes(side) && words.every((word) => known.has(word));
    });
    return below.length === 1 && below[0] ? below[0] : over;
  }
}

const SIDES = ["bilateral", "left", "right"].map(codeWord);
const ORGANS = codeWords("ear eye limb side");
const UNSPECIFIED_SIDE =
  /\bunspecified (?:ear|eye|side|limb|upper limb|lower limb|shoulder|elbow|wrist|hand|finger|hip|knee|ankle|foot|leg|arm)\b/i;

const parentOf = (code: string): string => code.slice(0, -1).replace(/\.$/, "");

let shared: CodeIndex | null = null;

/** The one index, built when first needed (some tenths of a second). */
export const codeIndex = (): CodeIndex => (shared ??= new CodeIndex());
