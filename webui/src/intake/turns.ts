/** Turns out of pieces, and their text in the one form that the model gets. */
import type { Piece, SpokenTurn } from "./types.ts";

const LONGEST_LABEL = 40;
/** A pause in seconds after which a line without a speaker is a line of its own. */
const PAUSE_SECONDS = 1.5;

/** One line of plain characters: no line ends, no controls, no broken surrogates. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\ufeff\u200e\u200f]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** A label as it stands between brackets: lower case, without brackets, at most 40 characters. */
export function cleanLabel(label: string): string {
  const clean = cleanText(label.slice(0, 4 * LONGEST_LABEL))
    .replace(/[[\]]/g, "")
    .replace(/[:\s]+$/, "");
  return [...clean.toLowerCase()].slice(0, LONGEST_LABEL).join("").toWellFormed().trim();
}

/**
 * Consecutive pieces of a speaker as one turn. Pieces without a speaker are joined until a sentence
 * ends or nobody speaks for a while, since subtitles cut sentences anywhere.
 */
export function mergePieces(pieces: readonly Piece[]): SpokenTurn[] {
  const merged: { speaker: string; texts: string[]; end: number | null }[] = [];
  for (const piece of pieces) {
    const text = cleanText(piece.text);
    if (text === "") continue;
    const speaker = cleanLabel(piece.speaker);
    const last = merged.at(-1);
    if (last && last.speaker === speaker && (speaker !== "" || continues(last, piece))) {
      last.texts.push(text);
      last.end = piece.end;
    } else {
      merged.push({ speaker, texts: [text], end: piece.end });
    }
  }
  return merged.map(({ speaker, texts }) => ({ speaker, text: texts.join(" ") }));
}

function continues(last: { texts: string[]; end: number | null }, next: Piece): boolean {
  if (next.start === null || last.end === null) return false;
  if (next.start - last.end > PAUSE_SECONDS) return false;
  return !/[.?!…]["')\]]*$/.test(last.texts.at(-1) ?? "");
}

/** Turns of the same speaker one after the other become one. */
export function mergeTurns(turns: readonly SpokenTurn[]): SpokenTurn[] {
  return mergePieces(turns.map((turn) => ({ ...turn, start: null, end: null })));
}

/** A turn a line: `[doctor] …`, or the bare line where nobody is named. */
export function turnsText(turns: readonly SpokenTurn[]): string {
  return turns
    .map(({ speaker, text }) => (speaker === "" ? text : `[${speaker}] ${text}`))
    .join("\n");
}
