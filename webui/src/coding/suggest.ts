/**
 * ICD-10-CM codes for the lines of an assessment, as suggestions for a person to decide on. A line
 * gets a code only for what it says of the patient, now and for sure: not for what is denied, ruled
 * out, only suspected (the coding guidelines, section IV.H, let outpatient visits code none of
 * these), past, or a relative's. A code is as specific as the line's words and no more.
 */
import { readSegment } from "../scribe/checks/document.ts";
import { hasType, NOTE, PATIENT, type Mention, type Segment } from "../scribe/checks/segment.ts";
import { isPunctuation } from "../scribe/checks/text.ts";
import { codeIndex, codeWord, codeWords, type Code, type Wording } from "./codes.ts";

export interface CodedLine {
  /** Id of the line. */
  id: string;
  text: string;
}

export interface Suggestion extends Code {
  /** The line that it comes from. */
  line: string;
  /** The line's words that led to it. */
  words: string;
}

/** Suggestions for one line at most. */
export const MOST = 3;

/** Codes for lines, in the lines' order; a code that an earlier line has is not given again. */
export function suggestCodes(lines: readonly CodedLine[]): Suggestion[] {
  const given = new Set<string>();
  return lines.flatMap(({ id, text }) =>
    codesOf(text)
      .filter(({ code }) => !given.has(code) && given.add(code))
      .map((found) => ({ ...found, line: id })),
  );
}

/** Words that make what stands behind them in the sentence no diagnosis of today's. */
const NOT_SO_BEFORE =
  /\b(?:likely|probabl[ey]|possibl[ey]|possibility of|presum\w+|suspect\w*|suspicio\w+|suggest\w*|consistent with|compatible with|concern\w*|versus|vs|rules? out|ruled out|ruling out|r\/?o|exclude\w*|differential\w*|consider\w*|may|might|could|question of|history of|hx|h\/?o|previous\w*|prior|resolved|status post|s\/?p|risk|screening|screen|prevent\w*|prophyla\w*|vaccin\w*|immuni\w*|evaluat\w*|work-?up|test(?:ed|ing)? for|family|if|unless|remission|cured|past|former|childhood|remote|negative for|no evidence)\b/;

/** And what makes no diagnosis of what stands before them. */
const NOT_SO_AFTER =
  /^(?:[^.;]{0,12})?\b(?:versus|vs|unlikely|(?:was |is |has been |have been )?ruled out|resolved|(?:is|are) (?:possible|suspected|likely)|possible|suspected|in remission|excluded|risk|screening|vaccin\w*|prophyla\w*|prevention|in (?:his|her|the) (?:mother|father|family))\b/;

/** Words of findings that are a diagnosis only with a body part. */
const LOOSE = new Set(
  codeWords(
    "pain ache swelling injury weakness numbness discomfort stiffness tenderness inflammation sprain strain trauma wound lesion mass " +
      "infection problem fracture tear spasm edema bleeding contusion abscess cyst ulcer fall",
  ),
);

/** What the checks take for a symptom, and what is no diagnosis in these words alone. */
const EVERYDAY = new Set(["worried", "worry", "worries", "ring", "fall", "fell", "falls"]);

const saidBy = ({ tokens }: Segment, { from, to }: Mention): string =>
  tokens
    .slice(from, to)
    .map(({ w }) => w)
    .join(" ");

/** Words around a mention that can belong to it. */
const REACH = 7;

const JOINS = new Set([
  "with",
  "due",
  "to",
  "from",
  "secondary",
  "and",
  "complicated",
  "by",
  "associated",
  "of",
  "the",
  "in",
]);

export function codesOf(text: string): (Code & { words: string })[] {
  const segment = readSegment(0, NOTE, text, PATIENT);
  const mentions = segment.mentions.filter(
    (mention) =>
      hasType(mention, "condition", "symptom") && !EVERYDAY.has(saidBy(segment, mention)),
  );
  const standing = mentions.filter((mention) => isSo(segment, text, mention));
  const found: { wording: Wording; mention: Mention; from: number; to: number }[] = [];
  for (const mention of standing) {
    const { from, to } = windowOf(segment, mention, mentions, standing);
    const said = wordsIn(segment, standing, from, to);
    const wording = best(versionsOf(segment, mention), said);
    if (wording) found.push({ wording, mention, from, to });
  }
  // What a longer wording says already is not said again: 'diabetes' beside 'diabetes with …'.
  const kept = found.filter(
    ({ wording }, i) =>
      !found.some(
        (other, k) =>
          k !== i &&
          (other.wording.code === wording.code ? k < i : includes(other.wording, wording)),
      ),
  );
  return kept.slice(0, MOST).map(({ wording, mention }) => ({
    ...wording.code,
    words: text.slice(
      segment.tokens[mention.from]?.start ?? 0,
      segment.tokens[mention.to - 1]?.end ?? 0,
    ),
  }));
}

const includes = (long: Wording, short: Wording): boolean =>
  long.words.length > short.words.length && short.words.every((word) => long.words.includes(word));

/** Whether a line says that the patient has it, now and for sure. */
function isSo({ tokens, sentences }: Segment, text: string, mention: Mention): boolean {
  const { negated, uncertain, ceased, person, past, asked, from, to } = mention;
  if (negated || uncertain || ceased || past || asked || person !== PATIENT) return false;
  const sentence = sentences.find((each) => from >= each.from && from < each.to);
  const start = tokens[sentence?.from ?? 0]?.start ?? 0;
  const begin = tokens[from]?.start ?? 0;
  const end = tokens[to - 1]?.end ?? begin;
  const before = text.slice(start, begin).toLowerCase();
  const clause = before.slice(Math.max(before.lastIndexOf(";"), before.lastIndexOf(" but ")) + 1);
  const after = text
    .slice(end)
    .toLowerCase()
    .split(/[;.](?:\s|$)|, (?!but)/)[0];
  return (
    !NOT_SO_BEFORE.test(clause) &&
    !NOT_SO_AFTER.test(after ?? "") &&
    !/^\s*\?/.test(text.slice(end))
  );
}

/**
 * The tokens that can say more about a mention: those of its clause, up to the next finding unless
 * a word joins the two ('diabetes with neuropathy').
 */
function windowOf(
  segment: Segment,
  mention: Mention,
  mentions: readonly Mention[],
  standing: readonly Mention[],
): { from: number; to: number } {
  const { tokens, negated } = segment;
  const stops = (i: number): boolean => {
    const w = tokens[i]?.w ?? ".";
    return (isPunctuation(w) && w !== "(" && w !== ")" && w !== "/") || (negated[i] ?? false);
  };
  const at = (i: number): Mention | undefined =>
    mentions.find(
      (each) => each !== mention && i >= each.from && i < each.to && !overlaps(each, mention),
    );
  let { from, to } = mention;
  while (from > 0 && mention.from - from < REACH && !stops(from - 1)) {
    const other = at(from - 1);
    if (other && !joined(segment, other.to, from, standing.includes(other))) break;
    from = other ? other.from : from - 1;
  }
  let commas = 0;
  while (to < tokens.length && to - mention.to < REACH) {
    // 'Type 2 diabetes, with hyperglycemia', 'knee pain, left'.
    const comma = tokens[to]?.w === "," && commas === 0 && COMMA_ON.test(tokens[to + 1]?.w ?? "");
    if (comma) commas += 1;
    else if (stops(to)) break;
    const other = at(to);
    if (other && !joined(segment, to, other.from, standing.includes(other), mention.to)) break;
    to = other ? other.to : to + 1;
  }
  return { from, to };
}

const COMMA_ON =
  /^(?:with|left|right|bilateral|acute|chronic|recurrent|mild|moderate|severe|stage)$/;

const overlaps = (a: Mention, b: Mention): boolean => a.from < b.to && b.from < a.to;

/** Two findings belong together where nothing but joining words stands between them. */
function joined(
  { tokens }: Segment,
  from: number,
  to: number,
  standing: boolean,
  since = from,
): boolean {
  if (!standing) return false;
  const between = tokens.slice(since, to).map(({ w }) => w);
  return between.every((w) => JOINS.has(w)) && between.some((w) => w !== "and" && w !== "the");
}

function wordsIn(
  { tokens, negated }: Segment,
  standing: readonly Mention[],
  from: number,
  to: number,
): Set<string> {
  const said = new Set<string>();
  for (let i = from; i < to; i++) {
    const token = tokens[i];
    if (!token || negated[i]) continue;
    const number = token.n?.[0];
    const figure = number === undefined ? [] : [String(number) + (token.letter ?? "")];
    for (const word of token.letter ? figure : [...figure, token.w]) {
      const normal = codeWord(word);
      if (normal !== "") said.add(normal);
    }
  }
  for (const mention of standing) {
    if (mention.from < from || mention.to > to) continue;
    for (const { name } of mention.concepts) for (const word of codeWords(name)) said.add(word);
  }
  return said;
}

/** What a code's wording must hold: the mention's own words, or a name of what it means. */
function versionsOf(segment: Segment, mention: Mention): string[][] {
  const own = codeWords(saidBy(segment, mention));
  return [own, ...mention.concepts.map(({ name }) => codeWords(name))].filter(
    ({ length }) => length > 0,
  );
}

/**
 * The wording that uses most of what was said; a complete code before one that is not. Names of what
 * the mention means count only where its own words lead nowhere.
 */
function best(versions: readonly string[][], said: ReadonlySet<string>): Wording | null {
  for (const version of versions) {
    const [first] = codeIndex()
      .find(version, said)
      .filter(({ words }) => words.some((word) => !LOOSE.has(word)))
      .sort(
        (a, b) =>
          b.words.length - a.words.length ||
          Number(b.own) - Number(a.own) ||
          Number(b.code.complete) - Number(a.code.complete) ||
          a.code.code.length - b.code.code.length ||
          a.code.code.localeCompare(b.code.code),
      );
    if (first) return { ...first, code: codeIndex().withSide(first.code, said) };
  }
  return null;
}
