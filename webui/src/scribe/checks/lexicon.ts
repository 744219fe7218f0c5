/**
 * The words that the checks know, as phrases over stems. One phrase may stand for several
 * concepts ("heartburn": a symptom and GERD); phrases marked '!' say that the concept is absent.
 */
import conditions from "../vocabulary/conditions.json" with { type: "json" };
import drugs from "../vocabulary/drugs.json" with { type: "json" };
import findings from "./findings.json" with { type: "json" };
import terms from "./terms.json" with { type: "json" };
import tests from "./tests.json" with { type: "json" };
import { isPunctuation, stem, tokenize, type Token } from "./text.ts";

export type ConceptType =
  | "drug"
  | "class"
  | "symptom"
  | "exam"
  | "condition"
  | "vital"
  | "test"
  | "allergen"
  | "part"
  | "relative";

export interface Concept {
  type: ConceptType;
  /** Canonical name, lower case. */
  name: string;
  /** The phrase says that it is absent ("afebrile"). */
  absent: boolean;
}

export interface Hit {
  concepts: Concept[];
  /** Other words stand inside it. */
  gapped: boolean;
  /** Token indexes, end exclusive. */
  from: number;
  to: number;
}

interface Phrase {
  /** Stems; "~" stands for up to three words. */
  stems: string[];
  concepts: Concept[];
}

/** Types that parts and relatives may stand inside of; the longest phrase wins among them. */
type Family = "main" | "part" | "relative" | "allergen";

const familyOf = (type: ConceptType): Family =>
  type === "part" || type === "relative" || type === "allergen" ? type : "main";

const GAP = 3;

/** Findings that a body part goes with, in any order of words. */
const LOCATED = new Set(
  [
    "pain",
    "ache",
    "swelling",
    "injury",
    "fracture",
    "stiffness",
    "weakness",
    "numbness",
    "discomfort",
    "soreness",
    "tenderness",
    "edema",
    "inflammation",
    "sprain",
    "strain",
    "spasm",
    "trauma",
    "wound",
  ].map(stem),
);

export class Lexicon {
  readonly #phrases: Record<Family, Map<string, Phrase[]>> = {
    main: new Map(),
    part: new Map(),
    relative: new Map(),
    allergen: new Map(),
  };
  readonly #byKey = new Map<string, Phrase>();
  /** Names of drugs as one word, for words misheard. */
  readonly drugWords = new Map<string, string[]>();
  /** Drugs of a class. */
  readonly classes = new Map<string, ReadonlySet<string>>();
  /** Ingredients of a combination. */
  readonly ingredients = new Map<string, readonly string[]>();
  /** Names that mean a drug only where something in the clause says so. */
  readonly ambiguous: ReadonlySet<string>;

  constructor() {
    this.ambiguous = new Set(drugs.ambiguous.map((name) => plain(name)));
    this.#addAll("part", terms.parts);
    this.#addDrugs();
    this.#addAll("symptom", findings.symptoms);
    this.#addAll("exam", findings.exam);
    this.#addAll("condition", findings.conditions);
    this.#addConditions();
    this.#addAll("vital", tests.vitals);
    this.#addAll("test", tests.tests);
    this.#addAll("allergen", terms.allergens);
    this.#addAll("relative", terms.relatives);
    for (const family of Object.values(this.#phrases)) {
      for (const list of family.values()) list.sort((a, b) => b.stems.length - a.stems.length);
    }
  }

  #addDrugs(): void {
    const all = drugs.drugs as Record<string, string[]>;
    const combinations = drugs.combinations as Record<string, string[]>;
    for (const [name, parts] of Object.entries(combinations)) this.ingredients.set(name, parts);
    for (const [name, names] of Object.entries({ ...all })) this.#addDrug(name, names);
    for (const [name, names] of Object.entries(terms.drugs)) this.#addDrug(name, names);
    const classes = drugs.classes as Record<string, string[]>;
    const classNames = drugs.class_names as Record<string, string[]>;
    for (const [name, members] of Object.entries(classes)) {
      this.classes.set(name, new Set(members));
      for (const each of [name, ...(classNames[name] ?? [])]) this.#add("class", name, each);
    }
    for (const [name, names] of Object.entries(terms.classes)) {
      for (const each of names) this.#add("class", name, each);
    }
  }

  #addDrug(name: string, names: string[]): void {
    for (const each of [name, ...names]) {
      this.#add("drug", name, each);
      if (/^[a-z]{5,}$/.test(each)) {
        const known = this.drugWords.get(each);
        if (known) known.push(name);
        else this.drugWords.set(each, [name]);
      }
    }
    const joint = [name, ...names].find((each) => /^[a-z]+ and [a-z]+$/.test(each));
    if (joint && !this.ingredients.has(name)) this.ingredients.set(name, joint.split(" and "));
    const parts = this.ingredients.get(name);
    if (parts && parts.length === 2) {
      this.#add("drug", name, parts.join(" "));
      this.#add("drug", name, [...parts].reverse().join(" "));
    }
  }

  /** The package's conditions under the project's own names where a synonym is shared. */
  #addConditions(): void {
    const known = new Map<string, Concept[]>();
    for (const list of this.#phrases.main.values()) {
      for (const phrase of list) {
        const found = phrase.concepts.filter(
          ({ type }) => type === "condition" || type === "symptom" || type === "exam",
        );
        if (found.length > 0) known.set(phrase.stems.join(" "), found);
      }
    }
    const ambiguous = new Set(conditions.ambiguous.map(plain));
    const packages: [ConceptType, Record<string, string[]>][] = [
      ["condition", conditions.conditions],
      ["symptom", conditions.symptoms],
    ];
    for (const [type, entries] of packages) {
      for (const [name, names] of Object.entries(entries)) {
        const own = known.get(plain(name));
        for (const each of [name, ...names]) {
          const stems = stemsOf(each);
          const key = stems.join(" ");
          if (known.has(key) || ambiguous.has(key) || this.#isLoose(key, stems)) continue;
          if (own)
            for (const concept of own)
              this.#addStems(concept.type, concept.name, stems, key, false);
          else this.#addStems(type, name, stems, key, false);
        }
      }
    }
  }

  /** Names that say less than their words do: "shoulder pain", "33 weeks", "shellfish allergy". */
  #isLoose(key: string, words: readonly string[]): boolean {
    if (key.length < 3 || /^\d/.test(key) || /\ballergi$|^add$|pandem|^gestat/.test(key))
      return true;
    const rest = words.filter((word) => !LOCATED.has(word) && !SKIPPED.has(word) && word !== "of");
    if (rest.length === words.length) return false;
    return rest.every((word) => this.#phrases.part.has(word));
  }

  #addAll(type: ConceptType, entries: Record<string, string[]>): void {
    for (const [name, phrases] of Object.entries(entries)) {
      for (const phrase of phrases) this.#add(type, name, phrase);
    }
  }

  #add(type: ConceptType, name: string, written: string): void {
    const absent = written.startsWith("!");
    const stems = stemsOf(absent ? written.slice(1) : written);
    this.#addStems(type, name, stems, stems.join(" "), absent);
  }

  #addStems(
    type: ConceptType,
    name: string,
    stems: string[],
    joined: string,
    absent: boolean,
  ): void {
    const first = stems[0];
    if (first === undefined) return;
    const index = this.#phrases[familyOf(type)];
    let list = index.get(first);
    if (!list) index.set(first, (list = []));
    const key = `${familyOf(type)}:${joined}`;
    let phrase = this.#byKey.get(key);
    if (!phrase) {
      list.push((phrase = { stems, concepts: [] }));
      this.#byKey.set(key, phrase);
    }
    if (!phrase.concepts.some((each) => each.type === type && each.name === name)) {
      phrase.concepts.push({ type, name, absent });
    }
  }

  /** Phrases of a family in the tokens, the longest at each place, without overlap. */
  find(tokens: readonly Token[], stems: readonly string[], family: Family): Hit[] {
    const hits: Hit[] = [];
    const index = this.#phrases[family];
    for (let i = 0; i < tokens.length;) {
      const list = index.get(stems[i] ?? "");
      let best: Hit | null = null;
      for (const phrase of list ?? []) {
        // The list falls in length: what is shorter than the best cannot beat it, gaps apart.
        if (best && !phrase.stems.includes("~") && phrase.stems.length + 2 < best.to - i) continue;
        const to = matchAt(tokens, stems, i, phrase.stems);
        if (to > (best?.to ?? 0)) {
          best = { concepts: phrase.concepts, gapped: phrase.stems.includes("~"), from: i, to };
        }
      }
      if (best) {
        hits.push(best);
        // A gap is left to others: "blood in the stool" ends the match, its gap holds nothing.
        i = best.to;
      } else i++;
    }
    return hits;
  }
}

const plain = (name: string): string => stemsOf(name).join(" ");

function stemsOf(phrase: string): string[] {
  return phrase
    .split(" ~ ")
    .map((part) => (NEEDS_READING.test(part) ? normalWords(part) : part.split(/[ -]+/)))
    .flatMap((part, i) => [...(i > 0 ? ["~"] : []), ...part.map(stem)]);
}

/** Letters to join, numbers and marks: such a phrase is read as text is. */
const NEEDS_READING =
  /[^a-z -]|\b(?:[a-z]|one|two|three|four|five|six|seven|eight|nine|ten|first|second|third|fourth|half)\b/;

const normalWords = (text: string): string[] =>
  tokenize(text)
    .map(({ w }) => w)
    .filter((w) => !isPunctuation(w));

const SKIPPED = new Set(["the", "my", "your", "his", "her", "a", "an"]);

/** Token index after a phrase that begins at `i`, or 0. Articles inside a phrase are passed over. */
function matchAt(
  tokens: readonly Token[],
  stems: readonly string[],
  i: number,
  phrase: readonly string[],
): number {
  let at = i;
  for (let k = 0; k < phrase.length; k++) {
    const want = phrase[k];
    if (want === "~") {
      const next = phrase[k + 1];
      let end = at;
      while (end - at <= GAP && stems[end] !== next) {
        if (end >= tokens.length || isPunctuation(tokens[end]?.w ?? ".")) return 0;
        end++;
      }
      if (stems[end] !== next) return 0;
      at = end;
      continue;
    }
    if (k > 0 && stems[at] !== want && SKIPPED.has(tokens[at]?.w ?? "")) at++;
    if (stems[at] !== want) return 0;
    at++;
  }
  return at;
}

let shared: Lexicon | null = null;

/** The one lexicon, built when first needed (some tens of milliseconds). */
export const lexicon = (): Lexicon => (shared ??= new Lexicon());
