/**
 * Names of persons in a transcript: after titles and greetings, after 'my name is', and by a list of
 * given names and surnames. Many transcripts have no capitals, so both kinds are read.
 */
import names from "../scribe/vocabulary/names.json";
import type { Span } from "./mask.ts";
import { isAnonymous, roleOf } from "./roles.ts";

const GIVEN = new Set<string>(names.given);
const SURNAMES = new Set<string>(names.surnames);
const AMBIGUOUS_GIVEN = new Set<string>(names.ambiguous_given);
const AMBIGUOUS = new Set<string>([...names.ambiguous_given, ...names.ambiguous_surnames]);

interface Token {
  /** Without a possessive ending, lower case. */
  word: string;
  start: number;
  end: number;
  capital: boolean;
  possessive: boolean;
  /** First of a sentence or of a turn, where a capital tells nothing. */
  first: boolean;
  /** What stands between this word and the next. */
  gap: string;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Words that are no name after any cue. */
const STOP = set(
  `a about after again all also am an and any anyone are as ask asked at back be because been before but by
  call called calling can could did do does doing done down even every everyone first folks for from get
  going gonna good got guys had has have having he hello her here hey hi him his how i i'd i'll i'm i've if
  in into is it it's its just know last later let like lot made make many may maybe me miss more morning much my
  need never new next no not now of off oh ok okay on once one only or other our out over own please really
  recommended referred right said saw says see seen she should since sir so some somebody someone something
  sorry sounds still sure take taking tell than thank thanks that that's the their them then there these
  they thing think this those to today tomorrow tonight too told two under until up us usually very wanted
  wants was we well went were what when where which while who why will with work would yeah yes yesterday
  yet you you're your contin patient doctor nurse ma'am everybody office appointment practitioner team on-call`,
);
/** Words with a capital that are no person: months, days, nations, places. */
const NO_PERSON = set(
  `january february march april may june july august september october november december monday tuesday
  wednesday thursday friday saturday sunday english spanish french german irish italian polish dutch
  swedish danish finnish turkish welsh scottish chinese japanese korean indian mexican american christmas
  easter thanksgiving medicare medicaid england ireland scotland wales france germany spain italy china
  india japan korea mexico canada america florida texas california virginia georgia carolina dakota montana
  washington london paris boston chicago houston dallas austin phoenix savannah israel kenya jordan
  god jesus christ lord siri alexa dragon dax`,
);
/** What a person's name stands before in the name of a disease, a sign or a device. */
const EPONYM_NOUNS = set(
  `disease syndrome sign test palsy palsies fracture thyroiditis lymphoma contracture chorea dementia
  esophagus oesophagus tumor tumour tremor phenomenon ulcer score scale classification criteria maneuver
  manoeuvre reflex catheter stain cyst node nodes triad procedure operation bodies body duct gland ganglion
  hernia nodule nodules deformity anemia encephalopathy sarcoma osteotomy chart drain walker brace boot
  splint needle tube valve bypass clinic hospital pharmacy index neuroma arthropathy disorder sequence wort carcinoma membrane angina anomaly stomatitis
  fever deficiency thalassemia class cancer atrophy covid kidney sepsis virus defect`,
);

/** 'certain': whatever follows is a name; 'likely': only what looks like one. */
const CUES: readonly { words: string[]; certain: boolean }[] = [
  ...["mr", "mrs", "ms", "mx", "dr", "prof"].map((title) => ({ words: [title], certain: true })),
  ...[
    "my name is",
    "my name's",
    "name is",
    "name was",
    "full name",
    "first name",
    "last name",
    "surname",
  ].map((said) => ({ words: said.split(" "), certain: true })),
  ...[
    "hi",
    "hello",
    "hey",
    "dear",
    "miss",
    "doctor",
    "professor",
    "nurse",
    "uncle",
    "aunt",
    "auntie",
    "call me",
    "goes by",
    "i'm",
    "i am",
    "this is",
    "thanks",
    "thank you",
    "good morning",
    "morning",
    "good afternoon",
    "good evening",
    "bye",
    "goodbye",
    "welcome",
    "named",
    "sister",
    "brother",
    "wife",
    "husband",
    "son",
    "daughter",
    "mother",
    "father",
    "mom",
    "dad",
    "friend",
    "partner",
    "neighbor",
    "grandson",
    "granddaughter",
    "cousin",
    "girlfriend",
    "boyfriend",
    "patient",
    "pt",
    "see",
    "saw",
    "ask",
    "told",
  ].map((said) => ({ words: said.split(" "), certain: false })),
];
const CUES_BY_LAST = new Map<string, { words: string[]; certain: boolean }[]>();
for (const cue of CUES) {
  const last = cue.words.at(-1)!;
  CUES_BY_LAST.set(last, [...(CUES_BY_LAST.get(last) ?? []), cue]);
}
/** Small words within surnames. */
const PARTICLES = set("van der den de del della di da la le du von zu al el bin ibn ter");
const TITLES = set("mr mrs ms mx dr prof");
const GREETINGS = set("hi hello hey dear");
/** The most words of one name. */
const LONGEST = 4;
/** Share of words with a capital within sentences, from which capitals mean something. */
const CASED_SHARE = 0.01;

/** Every word of every name that was found. */
export function findNames(text: string): Span[] {
  const labels = labelNames(text);
  const tokens = tokenize(text);
  const cased = hasCapitals(tokens);
  const found = new Set<number>();
  const known = new Set<string>(labels.words);
  for (let at = 0; at < tokens.length; at++) {
    for (let next = at; next < at + LONGEST && next < tokens.length; next++) {
      const cued = next === at ? cueBefore(tokens, at) : found.has(next - 1) ? "within" : null;
      if (next > at && !/^\.? $/.test(tokens[next - 1]!.gap)) break;
      if (!isName(tokens, next, cued, cased)) break;
      if (found.has(next)) continue;
      found.add(next);
      if (tokens[next]!.word.length > 1) known.add(tokens[next]!.word);
    }
  }
  // What was once a name is one wherever it cannot be a word.
  for (const [at, token] of tokens.entries()) {
    if (found.has(at) || !known.has(token.word) || isEponym(tokens, at)) continue;
    const plain = listed(token.word) && token.word.length > 3;
    if (cased ? token.capital : plain || isAddressed(tokens, at)) found.add(at);
  }
  const spans = [...found].map((at): Span => {
    const { start, end } = tokens[at]!;
    return { kind: "NAME", start, end };
  });
  return [...labels.spans, ...spelled(text), ...spans];
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let last: Token | null = null;
  for (const found of text.matchAll(/\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*/gu)) {
    const start = found.index;
    const possessive = /['’]s$/i.test(found[0]);
    const whole = possessive ? found[0].slice(0, -2) : found[0];
    const gap: string = last ? text.slice(last.end, start) : text.slice(0, start);
    if (last) last.gap = last.possessive ? "'s" : gap;
    const title: boolean = last !== null && TITLES.has(last.word);
    last = {
      word: whole.toLowerCase().replace(/’/g, "'"),
      start,
      end: start + whole.length,
      capital: /^\p{Lu}/u.test(whole),
      possessive,
      first: last === null || (/[.?!:\n\]]/.test(gap) && !title),
      gap: "",
    };
    tokens.push(last);
  }
  return tokens;
}

/** Whether capitals within sentences are there at all. */
function hasCapitals(tokens: readonly Token[]): boolean {
  const within = tokens.filter(
    ({ first, word }) => !first && word !== "i" && !word.startsWith("i'"),
  );
  const capitals = within.filter(({ capital }) => capital).length;
  const firsts = tokens.filter(({ first, gap }) => first && !gap.startsWith("]")); // no labels
  const begun = firsts.filter(({ capital }) => capital).length;
  return capitals > within.length * CASED_SHARE || begun > firsts.length / 2;
}

function cueBefore(tokens: readonly Token[], at: number): "certain" | "likely" | null {
  const before = tokens[at - 1];
  if (!before || before.possessive) return null;
  let best: "certain" | "likely" | null = null;
  for (const { words, certain } of CUES_BY_LAST.get(before.word) ?? []) {
    const said = words.every((word, i) => tokens[at - words.length + i]?.word === word);
    const comma =
      GREETINGS.has(before.word) ||
      ["morning", "afternoon", "evening", "you", "thanks", "welcome", "bye", "goodbye"].includes(
        before.word,
      );
    const gap = TITLES.has(before.word) ? /^\.? ?$/ : comma ? /^ ?,? $/ : /^(?: | ?: ?| ?, )$/;
    if (said && gap.test(before.gap)) {
      if (certain) return "certain";
      best = "likely";
    }
  }
  return best;
}

function isName(
  tokens: readonly Token[],
  at: number,
  cue: "certain" | "likely" | "within" | null,
  cased: boolean,
): boolean {
  const token = tokens[at]!;
  const { word, capital } = token;
  const addressed = cased && capital && !token.first && /^ ?,/.test(token.gap);
  if (STOP.has(word) && !(addressed && AMBIGUOUS_GIVEN.has(word))) return false;
  if (TITLES.has(word)) return false;
  const after = cue === "within" && GIVEN.has(tokens[at - 1]!.word);
  if (NO_PERSON.has(word) && !((after || cue === "certain") && AMBIGUOUS.has(word))) return false;
  if ((listed(word) || AMBIGUOUS.has(word)) && isIntroduced(tokens, at)) return true;
  if (cue === "within" && PARTICLES.has(word) && tokens[at + 1]?.capital) return true;
  if (word.length === 1)
    return (
      (cue === "certain" && /^\. ?$|^ $/.test(token.gap) && capital) ||
      (cue === "within" && capital && token.gap === ". ")
    );
  const known = listed(word);
  const ambiguous = AMBIGUOUS.has(word);
  if (isEponym(tokens, at) && cue !== "certain") return false;
  if (cased) {
    if (!capital) {
      // A cue for any name still counts where somebody typed without capitals.
      return cue === "certain" && known;
    }
    if (cue === "certain") return true;
    if (cue === "likely") {
      const greeted = GREETINGS.has(tokens[at - 1]!.word) && /^ ?[,.!?\n]/.test(token.gap);
      return known || ambiguous || greeted || GIVEN.has(tokens[at + 1]?.word ?? "");
    }
    if (cue === "within") return known || ambiguous || !isShouted(token);
    if (known) return true;
    if (!ambiguous || token.possessive) return false;
    if (token.first) return AMBIGUOUS_GIVEN.has(word) && /^ ?,/.test(token.gap);
    const beside = tokens[at + 1];
    return (
      AMBIGUOUS_GIVEN.has(word) ||
      isAddressed(tokens, at) ||
      Boolean(beside?.capital && token.gap === " ")
    );
  }
  if (token.gap.startsWith("-")) return false; // a word that was broken off
  if (cue === "certain") {
    const before = tokens[at - 1]!;
    const marked = TITLES.has(before.word) ? before.gap.startsWith(".") : endsHere(token);
    return known || ambiguous || marked;
  }
  if (cue === "within") {
    return (
      known ||
      (ambiguous && endsHere(token)) ||
      (GIVEN.has(tokens[at - 1]!.word) && ambiguous && isAddressed(tokens, at))
    );
  }
  // Pieces of words and sounds ('wan na', 'lo') look like short names.
  if (known && (word.length > 3 || cue === "likely" || isAddressed(tokens, at))) return true;
  return (
    cue === "likely" &&
    ambiguous &&
    (GREETINGS.has(tokens[at - 1]!.word) || tokens[at - 1]!.word === "doctor") &&
    endsHere(token)
  );
}

/** All in capitals, as abbreviations are. */
function isShouted({ word, start, end }: Token): boolean {
  return end - start === word.length && word.length <= 5 && word === word.toUpperCase();
}

function listed(word: string): boolean {
  return GIVEN.has(word) || SURNAMES.has(word);
}

/** 'Faith is a 29-year-old woman'. */
function isIntroduced(tokens: readonly Token[], at: number): boolean {
  const [is, a] = [tokens[at + 1], tokens[at + 2]];
  return is?.word === "is" && /^an?$/.test(a?.word ?? "") && /^ ?\d/.test(a?.gap ?? "");
}

/** A sentence or a part of it ends after the word. */
function endsHere({ gap }: Token): boolean {
  return gap === "" || /^\s*[,.?!\n]/.test(gap);
}

/** Between commas, or between a comma and the sentence's end: 'so , mark , how are you'. */
function isAddressed(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  return before !== undefined && /,/.test(before.gap) && endsHere(tokens[at]!);
}

/** 'Graves disease', "Bell's palsy": part of a disease's name and of nobody's. */
function isEponym(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1];
  if (!next || !/^(?: |'s|['’] )/.test(tokens[at]!.gap)) return false;
  const second = tokens[at + 2];
  const double = next.gap === " " && second !== undefined && EPONYM_NOUNS.has(second.word);
  return EPONYM_NOUNS.has(next.word) || (double && !second.capital);
}

/** Letters one by one: `S-M-I-T-H`, or after 'spelled'. */
function spelled(text: string): Span[] {
  const found = text.matchAll(
    /(?:\bspelled |\bspelt |\bspell (?:it|that) )?(?<letters>\b\p{L}(?:-\p{L}){3,20}\b)|\bspelled (?<spaced>\p{L}(?:[ .,]{1,2}\p{L}){2,20})(?![\p{L}'’])/dgiu,
  );
  return [...found].flatMap(({ indices }) => {
    const range = indices?.groups?.["letters"] ?? indices?.groups?.["spaced"];
    return range ? [{ kind: "NAME" as const, start: range[0], end: range[1] }] : [];
  });
}

/** Labels of speakers that are no role: every word of them is a name. */
function labelNames(text: string): { spans: Span[]; words: string[] } {
  const spans: Span[] = [];
  const words: string[] = [];
  for (const found of text.matchAll(/^[ \t]{0,8}\[(?<label>[^\]\n]{1,40})\]/dgm)) {
    const [start] = found.indices!.groups!["label"]!;
    const label = found.groups!["label"]!;
    const plain = label.replace(/^(?:dr|mr|mrs|ms|doctor|nurse|prof)\b\.?\s*/i, "");
    if (plain === "" || (plain === label && roleOf(label) !== null) || isAnonymous(label)) continue;
    if (roleOf(plain) !== null) continue;
    const offset = start + label.length - plain.length;
    for (const word of plain.matchAll(/\p{L}[\p{L}\p{M}'’-]+/gu)) {
      if (STOP.has(word[0].toLowerCase())) continue;
      spans.push({
        kind: "NAME",
        start: offset + word.index,
        end: offset + word.index + word[0].length,
      });
      words.push(word[0].toLowerCase());
    }
  }
  return { spans, words };
}
