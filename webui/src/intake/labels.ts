/**
 * Speaker labels of common recorders in plain lines, in all their forms:
 * `[doctor] …`, `Doctor: …`, `00:12 Doctor: …`, `[00:12] Doctor: …`, `Doctor (0:12): …`,
 * `>> DOCTOR: …`, `**Doctor:** …`, and labels alone on a line before what was said
 * (`Speaker 1  0:12`, `0:12 Speaker 1`, `Doctor`).
 */
import { cleanLabel } from "./turns.ts";
import type { Piece, Remark } from "./types.ts";
import { isAnonymous, roleOf } from "./roles.ts";

const CLOCK = String.raw`\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?`;
/** A time before anything else: `00:12`, `[00:12]`, `(0:12) -`, `00:12 --> 00:15`. */
const TIME_FIRST = new RegExp(
  String.raw`^[[(]?(${CLOCK})(?:[ \t]{0,4}(?:-->|[-–—])[ \t]{0,4}${CLOCK})?[\])]?[ \t]{0,4}(?:[-–—|][ \t]{1,4})?`,
);
const BRACKETED = /^\[([^\]\n]{1,40})\][ \t]*:?[ \t]*/;
const COLON =
  /^([\p{L}\d][\p{L}\p{M}\p{N}_.'’&/-]*(?: [\p{L}\p{M}\p{N}_.'’&/()-]+){0,3}) ?:(?=\s|$)[ \t]*/u;
const COLON_AFTER_TIME = new RegExp(
  String.raw`^([\p{L}][\p{L}\p{M}\p{N}_.'’ -]{0,39}?)[ \t]{0,4}[[(]?${CLOCK}[\])]?[ \t]{0,4}:[ \t]*`,
  "u",
);
/** `Speaker 1  0:12` alone on its line. */
const TIME_LAST = new RegExp(
  String.raw`^([\p{L}][\p{L}\p{M}\p{N}_.'’ -]{0,39}?)[ \t]{0,8}[|,–—-]?[ \t]{0,8}[[(]?(${CLOCK})[\])]?$`,
  "u",
);
const NAME_ALONE = /^[\p{L}][\p{L}\p{M}\p{N}_.'’-]*(?: [\p{L}\p{M}\p{N}_.'’-]+){0,3}$/u;

interface Line {
  label: string | null;
  text: string;
  start: number | null;
  /** 'sure': the form leaves no doubt; 'maybe': `Some words: …`, which text can be as well. */
  certainty: "sure" | "maybe" | "none";
  /** `>>`: somebody else begins to speak. */
  change: boolean;
}

/** Labels and their text; lines without a label belong to the turn before them. */
export function readLines(text: string, markdown: boolean): { pieces: Piece[]; remarks: Remark[] } {
  let headings = 0;
  const lines: Line[] = [];
  for (const raw of text.split(/\r\n?|[\n\u0085\u2028\u2029]/)) {
    let line = raw.replace(/\u00a0/g, " ").trim();
    if (markdown) {
      const heading = /^#{1,6}\s+(.*)$/.exec(line);
      line = plainMarkdown(heading?.[1] ?? line);
      if (heading && !isLabelAlone(line)) {
        headings += 1;
        continue;
      }
    }
    if (line !== "" && !/^([-=_*]\s?){3,}$/.test(line)) lines.push(readLine(line));
  }
  const remarks: Remark[] = headings > 0 ? [{ code: "headings-left-out", count: headings }] : [];
  return { pieces: assemble(lines), remarks };
}

/** Emphasis, quotes, bullets and escapes go; what they hold stays. */
function plainMarkdown(line: string): string {
  return line
    .replace(/^(?:[-*+>]\s+)+/, "")
    .replace(/\*\*|__|`/g, "")
    .replace(/\\([\\`*_{}[\]()#+.!<>-])/g, "$1")
    .trim();
}

function isLabelAlone(line: string): boolean {
  const bare = line.replace(/:$/, "");
  return NAME_ALONE.test(bare) && (roleOf(bare) !== null || isAnonymous(bare));
}

function readLine(whole: string): Line {
  let line = whole;
  const chevrons = /^>{2,}[ \t]*/.exec(line);
  if (chevrons) line = line.slice(chevrons[0].length);
  const time = TIME_FIRST.exec(line);
  let start: number | null = null;
  if (time) {
    start = seconds(time[1] ?? "");
    line = line.slice(time[0].length);
  }
  const found = labelOf(line, time !== null || chevrons !== null);
  if (found) return { start, change: chevrons !== null, ...found };
  // A time that belongs to the sentence ('10:30 tomorrow') stays in it.
  const bracketed = time !== null && /^[[(]/.test(time[0]);
  const text = time && !bracketed && line !== "" && !chevrons ? whole : line;
  return { label: null, text, start, certainty: "none", change: chevrons !== null };
}

function labelOf(
  line: string,
  marked: boolean,
): { label: string; text: string; certainty: "sure" | "maybe" } | null {
  const bracketed = BRACKETED.exec(line);
  if (bracketed && /\p{L}/u.test(bracketed[1] ?? "")) {
    return { label: bracketed[1]!, text: line.slice(bracketed[0].length), certainty: "sure" };
  }
  const timed = COLON_AFTER_TIME.exec(line);
  if (timed) return { label: timed[1]!, text: line.slice(timed[0].length), certainty: "sure" };
  const colon = COLON.exec(line);
  if (colon && /\p{L}/u.test(colon[1] ?? "")) {
    const label = colon[1]!;
    const sure = marked || roleOf(label) !== null || isAnonymous(label);
    return { label, text: line.slice(colon[0].length), certainty: sure ? "sure" : "maybe" };
  }
  const last = TIME_LAST.exec(line);
  if (last && looksLikeName(last[1] ?? "")) return { label: last[1]!, text: "", certainty: "sure" };
  if (marked && NAME_ALONE.test(line) && looksLikeName(line)) {
    const known = roleOf(line) !== null || isAnonymous(line);
    return { label: line, text: "", certainty: known ? "sure" : "maybe" };
  }
  if (!marked && isLabelAlone(line)) {
    return { label: line.replace(/:$/, ""), text: "", certainty: "sure" };
  }
  const tab = /^([^\t]{1,40})\t+/.exec(line);
  if (tab && (roleOf(tab[1]!) !== null || isAnonymous(tab[1]!))) {
    return { label: tab[1]!, text: line.slice(tab[0].length), certainty: "sure" };
  }
  return null;
}

/** Every word begins with a capital or is a number, or the whole is a known label. */
function looksLikeName(label: string): boolean {
  if (roleOf(label) !== null || isAnonymous(label)) return true;
  const words = label.split(/\s+/);
  return words.length <= 4 && words.every((word) => /^[\p{Lu}\d]/u.test(word));
}

/** Labels that might be text count where they come back, or where they look like a name. */
function assemble(lines: readonly Line[]): Piece[] {
  const counts = new Map<string, number>();
  for (const { label } of lines) {
    if (label !== null) counts.set(cleanLabel(label), (counts.get(cleanLabel(label)) ?? 0) + 1);
  }
  const settled = lines.map((line): Line => {
    const { label, certainty } = line;
    if (label === null || certainty === "sure") return line;
    const back = (counts.get(cleanLabel(label)) ?? 0) > 1;
    if (back || (looksLikeName(label) && !HEADINGS.test(label))) return line;
    return { ...line, label: null, text: `${label}: ${line.text}`.trim() };
  });
  const named = settled.some(({ label }) => label !== null);
  const pieces: { speaker: string; texts: string[]; start: number | null }[] = [];
  for (const { label, text, start, change } of settled) {
    const last = pieces.at(-1);
    if (label !== null) pieces.push({ speaker: label, texts: [text], start });
    else if (change || !named || !last) pieces.push({ speaker: "", texts: [text], start });
    else last.texts.push(text);
  }
  return pieces.map(({ speaker, texts, start }) => ({
    speaker,
    text: texts.join(" "),
    start,
    end: null,
  }));
}

/** What stands before a colon at the head of an export, and nobody says. */
const HEADINGS =
  /^(?:date|time|title|note|notes|subject|duration|plan|assessment|subjective|objective|summary|transcript|recorded|location|participants?|keywords|language|file|http|https)\b/i;

function seconds(clock: string): number {
  return clock
    .replace(",", ".")
    .split(":")
    .reduce((total, part) => total * 60 + Number(part), 0);
}
