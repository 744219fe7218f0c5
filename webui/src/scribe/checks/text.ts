/**
 * Text → tokens that notes and talk share: lower case, contractions opened, fillers and stutters
 * dropped, spelled letters joined ("b i d", "L-A-M-I-C-T-A-L"), numbers read (numbers.ts).
 */
import { mergeNumbers } from "./numbers.ts";

export interface Token {
  /** Normal form: a word, a number's digits, or one of `. ? ! , ; : / + % ( ) -`. */
  w: string;
  start: number;
  end: number;
  /** Readings of a number, the likeliest first ("one oh two four": 102.4, 1024). */
  n?: number[];
  ordinal?: boolean;
  /** "120s", "the hundreds". */
  plural?: boolean;
  /** "3b": the letter after a stage's number. */
  letter?: string;
}

const PIECE =
  /(?:mm+-?\s?hm+|uh-?huh|mhm+)(?![a-z])|(?:uh-uh|nuh-uh|mm-mm)(?![a-z])|(?:[a-z]\.){2,}(?:[a-z](?![a-z]))?|\d+(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\.\d+|\d+|\p{L}+(?:['’]\p{L}+)*|['’]\p{L}+|\.\.\.|…|[^\s]/giu;

const FILLERS = new Set([
  "uh",
  "um",
  "er",
  "erm",
  "ah",
  "hm",
  "hmm",
  "mm",
  "gosh",
  "whoo",
  "oh",
  "uhm",
]);

const OPENED: Record<string, string[]> = {
  cannot: ["can", "not"],
  "can't": ["can", "not"],
  cant: ["can", "not"],
  "won't": ["will", "not"],
  wont: ["will", "not"],
  "ain't": ["is", "not"],
  gonna: ["going", "to"],
  wanna: ["want", "to"],
  youre: ["you"],
  thats: ["that"],
  theres: ["there"],
  "y'all": ["you"],
  "o'clock": ["oclock"],
};

const NOT_WITHOUT_MARK = /^(do|does|did|have|has|had|is|are|was|were|should|would|could)nt$/;

/** Tokens of a text; offsets are UTF-16 code units of it. */
export function tokenize(text: string): Token[] {
  const raw: Token[] = [];
  const push = (w: string, start: number, end: number): void => void raw.push({ w, start, end });
  for (const match of text.matchAll(PIECE)) {
    const start = match.index;
    const end = start + match[0].length;
    const piece = match[0].toLowerCase().replace(/’/g, "'");
    if (/^(?:mm+-?\s?hm+|uh-?huh|mhm+)$/.test(piece)) push("yes", start, end);
    else if (/^(?:uh-uh|nuh-uh|mm-mm)$/.test(piece)) push("no", start, end);
    else if (/^[23]$/.test(piece) && isSquared(raw.at(-1), start)) push(piece, start, end);
    else if (/^\d|^\.\d/.test(piece)) {
      raw.push({ w: piece.replace(/,/g, ""), start, end, n: [Number(piece.replace(/,/g, ""))] });
    } else if (/^(?:[a-z]\.){2,}[a-z]?$/.test(piece)) push(piece.replace(/\./g, ""), start, end);
    else if (piece === "..." || piece === "…" || piece === "—") push(",", start, end);
    else if (piece === "n't" || piece === "'nt") push("not", start, end);
    else if (/^\p{L}/u.test(piece)) word(piece, start, end, push);
    else if (/^'[a-z]+$/.test(piece)) continue;
    else if (piece === "–" || piece === "-" || piece === "‐" || piece === "‑") {
      push("-", start, end);
    } else if (piece === "×") push("x", start, end);
    else if (piece === "\u2022" || piece === "•") push(";", start, end);
    else push(piece, start, end);
  }
  return mergeNumbers(withoutStutter(joinLetters(initials(hyphens(raw, text)))));
}

/** "kg/m2": the exponent of a unit is no number. */
const isSquared = (before: Token | undefined, start: number): boolean =>
  before?.end === start && /^[cm]?m$/.test(before.w);

function word(
  piece: string,
  start: number,
  end: number,
  push: (w: string, start: number, end: number) => void,
): void {
  const opened = Object.hasOwn(OPENED, piece) ? OPENED[piece] : undefined;
  if (opened) return opened.forEach((w) => push(w, start, end));
  const bare = NOT_WITHOUT_MARK.exec(piece)?.[1];
  if (bare !== undefined) {
    push(bare, start, end);
    return push("not", start, end);
  }
  if (piece === "n") return push("n", start, end);
  if (piece.endsWith("n't")) {
    push(piece.slice(0, -3), start, end);
    return push("not", start, end);
  }
  const mark = piece.indexOf("'");
  const head = mark > 0 ? piece.slice(0, mark) : piece;
  push(head, start, end);
}

/** The full stop of an initial goes: "h. pylori", "e. coli". */
function initials(tokens: Token[]): Token[] {
  return tokens.filter((token, i) => {
    if (token.w !== ".") return true;
    const before = tokens[i - 1]?.w ?? "";
    return !(/^[b-hj-z]$/.test(before) && /^[a-z]{3}/.test(tokens[i + 1]?.w ?? ""));
  });
}

/** A hyphen between words goes; between digits it is "to"; elsewhere it parts like a comma. */
function hyphens(tokens: Token[], text: string): Token[] {
  const kept: Token[] = [];
  tokens.forEach((token, i) => {
    if (token.w !== "-") {
      kept.push(token);
      return;
    }
    const before = tokens[i - 1];
    const after = tokens[i + 1];
    const tight = before?.end === token.start && after?.start === token.end;
    if (before?.n && after?.n) kept.push({ ...token, w: "to" });
    else if (before && after && !tight && !/[a-z0-9]/i.test(text.charAt(token.start - 1))) {
      kept.push({ ...token, w: "," });
    }
  });
  return kept;
}

/** Runs of single letters become one word; "a" and "i" begin one only where three or more follow. */
function joinLetters(tokens: Token[]): Token[] {
  const kept: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    let end = i;
    while (end < tokens.length && /^[a-z]$/.test(tokens[end]?.w ?? "")) end++;
    const spelled = spelledWith(tokens, i);
    if (spelled > 0) {
      const letters = tokens.slice(i, i + spelled).filter(({ w }) => w !== ",");
      kept.push({
        w: letters.map(({ w }) => w).join(""),
        start: letters[0]?.start ?? 0,
        end: letters.at(-1)?.end ?? 0,
      });
      i += spelled - 1;
      continue;
    }
    // A plural ends a run: "m c ps".
    const last = tokens[end]?.w ?? "";
    const plural = end - i >= 2 && /^[a-z]s$/.test(last) && !/^(?:is|as|us)$/.test(last);
    const run = tokens.slice(i, plural ? end + 1 : end);
    const from = /^[ai]$/.test(run[0]?.w ?? "") && run.length < 3 ? 1 : 0;
    if (run.length - from >= 2) {
      kept.push(...run.slice(0, from));
      const letters = run.slice(from);
      kept.push({
        w: letters.map(({ w }) => w).join(""),
        start: letters[0]?.start ?? 0,
        end: letters.at(-1)?.end ?? 0,
      });
      i += run.length - 1;
    } else if (tokens[i]) kept.push(tokens[i] as Token);
  }
  return kept;
}

/** Tokens of a word spelled with a comma after each letter ("X, A, R, E, L, T, O"), or 0. */
function spelledWith(tokens: readonly Token[], i: number): number {
  let end = i;
  while (/^[a-z]$/.test(tokens[end]?.w ?? "") && tokens[end + 1]?.w === ",") end += 2;
  if (!/^[a-z]$/.test(tokens[end]?.w ?? "")) return 0;
  return end - i >= 6 ? end - i + 1 : 0;
}

/** Without fillers, repeated commas, and words said twice ("my, uh, my left shoulder"). */
function withoutStutter(tokens: Token[]): Token[] {
  const kept: Token[] = [];
  tokens.forEach((token, i) => {
    const next = tokens[i + 1];
    if (FILLERS.has(token.w)) {
      // "mm" after a number is a unit, "oh" between digits a zero.
      const before = kept.at(-1);
      const number = before !== undefined && (before.n !== undefined || NUMBERISH.test(before.w));
      const zero =
        token.w === "oh" &&
        next !== undefined &&
        (number || before?.w === "point") &&
        NUMBERISH.test(next.w);
      if (!zero && !(number && token.w === "mm")) return;
    }
    if (token.w === "you" && next?.w === "know" && (tokens[i + 2]?.w ?? ",") === ",") return;
    if (token.w === "know" && tokens[i - 1]?.w === "you" && (next?.w ?? ",") === ",") return;
    const last = kept.at(-1);
    if (token.w === "," && (last === undefined || last.w === ",")) return;
    if (last?.w === token.w && STUTTERED.has(token.w)) return;
    if (last?.w === "," && kept.at(-2)?.w === token.w && STUTTERED.has(token.w)) {
      kept.pop();
      return;
    }
    kept.push(token);
  });
  return kept;
}

/** Words that are said twice without meaning it. */
const STUTTERED = new Set(
  (
    "i he she it we they you my your his her the a an and but or of in on at to for with is are was were has have " +
    "that this there so do does did not be just like if what when who how"
  ).split(" "),
);

const NUMBERISH =
  /^(?:\d.*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|oh)$/;

export const isPunctuation = (w: string): boolean => !/[\p{L}\p{N}]/u.test(w);

const stems = new Map<string, string>();

/** A word's stem, for matching inflected forms: plural, -ing, -ed, -ness, -ly. */
export function stem(w: string): string {
  const known = stems.get(w);
  if (known !== undefined) return known;
  const made = makeStem(w);
  if (stems.size > 50_000) stems.clear();
  stems.set(w, made);
  return made;
}

function makeStem(w: string): string {
  if (w.length < 4 || /\d/.test(w)) return w;
  let s = w;
  if (s.endsWith("ies") && s.length > 4) s = `${s.slice(0, -3)}y`;
  else if (/(?:ss|x|z|ch|sh)es$/.test(s)) s = s.slice(0, -2);
  else if (s.endsWith("s") && !/(?:ss|us|is)$/.test(s)) s = s.slice(0, -1);
  for (const ending of ["ness", "ing", "ed", "ly"]) {
    if (!s.endsWith(ending)) continue;
    const rest = s.slice(0, -ending.length);
    if (rest.length < 3 || !/[aeiouy]/.test(rest)) continue;
    s = rest;
    if (/([bdfgmnprt])\1$/.test(s) && ending !== "ness" && ending !== "ly") s = s.slice(0, -1);
    break;
  }
  if (s.length > 4 && s.endsWith("y")) s = `${s.slice(0, -1)}i`;
  if (s.length > 3 && s.endsWith("e")) s = s.slice(0, -1);
  return s;
}
