/** WebVTT and SubRip: cues with times, voices and text. */
import { IntakeError } from "./errors.ts";
import { readLines } from "./labels.ts";
import type { Piece, Remark } from "./types.ts";

const TIME = String.raw`(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?`;
const TIMES = new RegExp(String.raw`^\s{0,8}${TIME}\s{0,8}-->\s{0,8}${TIME}(?:\s|$)`);
const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  nbsp: " ",
  quot: '"',
  apos: "'",
  lrm: "",
  rlm: "",
};

/**
 * The cues of a `.vtt` or `.srt` file. Blocks of notes, styles and regions are left out, and cue
 * settings and identifiers are not text. Where a cue has no voice tag, its text may begin with a
 * label (`Doctor: …`), as most meeting recorders write it.
 *
 * @throws IntakeError 'no-cues' where no line has times.
 */
export function readCues(
  text: string,
  format: "vtt" | "srt",
  file: string,
): { pieces: Piece[]; remarks: Remark[] } {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n?|\n/);
  const remarks: Remark[] = [];
  const pieces: Piece[] = [];
  let cues = 0;
  let notes = 0;
  const odd: number[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (!line.includes("-->")) {
      if (/^(?:NOTE|STYLE|REGION)(?:\s|$)/.test(line) && (i === 0 || lines[i - 1]!.trim() === "")) {
        if (line.startsWith("NOTE")) notes += 1;
        while (i + 1 < lines.length && lines[i + 1]!.trim() !== "") i += 1;
      }
      continue;
    }
    const times = TIMES.exec(line);
    if (!times) odd.push(i + 1);
    const payload: string[] = [];
    while (i + 1 < lines.length && lines[i + 1]!.trim() !== "" && !lines[i + 1]!.includes("-->")) {
      i += 1;
      payload.push(lines[i]!);
    }
    // The number of the next cue stands before its times, without a blank line between in some.
    if (lines[i + 1]?.includes("-->") && /^\s*\d+\s*$/.test(payload.at(-1) ?? "")) payload.pop();
    cues += 1;
    const start = times ? seconds(times, 1) : null;
    const end = times ? seconds(times, 5) : null;
    for (const { speaker, text } of voices(payload.join("\n"))) {
      pieces.push({ speaker, text, start, end });
    }
  }
  if (cues === 0) throw new IntakeError({ code: "no-cues", file, format });
  if (notes > 0) remarks.push({ code: "notes-left-out", count: notes });
  if (odd.length > 0) remarks.push({ code: "odd-times", line: odd[0]!, count: odd.length });
  return { pieces: labelled(pieces), remarks };
}

function seconds(times: RegExpExecArray, from: number): number {
  const [hours, minutes, whole, thousandths] = times.slice(from, from + 4);
  return (
    Number(hours ?? 0) * 3600 +
    Number(minutes) * 60 +
    Number(whole) +
    Number((thousandths ?? "0").padEnd(3, "0")) / 1000
  );
}

/** A cue's text by voice; other tags go, and entities are what they stand for. */
function voices(payload: string): { speaker: string; text: string }[] {
  const found: { speaker: string; text: string }[] = [{ speaker: "", text: "" }];
  let at = 0;
  for (const tag of payload.matchAll(/<(\/?[a-zA-Z\d][^<>]*)>/g)) {
    found.at(-1)!.text += payload.slice(at, tag.index);
    at = tag.index + tag[0].length;
    const voice = /^v(?:\.[^\s<>]*)?\s+([^<>]*)$/.exec(tag[1]!);
    if (voice) found.push({ speaker: entities(voice[1]!), text: "" });
    else if (/^\/v$/.test(tag[1]!)) found.push({ speaker: "", text: "" });
  }
  found.at(-1)!.text += payload.slice(at);
  return found
    .map(({ speaker, text }) => ({ speaker, text: entities(text) }))
    .filter(({ text }) => text.trim() !== "");
}

function entities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|([a-z]{2,4}));/g, (whole, ...groups) => {
    const [decimal, hexadecimal, name] = groups as (string | undefined)[];
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimal !== undefined ? Number(decimal) : parseInt(hexadecimal ?? "", 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Labels at the head of cues' text, where no cue has a voice. */
function labelled(pieces: Piece[]): Piece[] {
  if (pieces.some(({ speaker }) => speaker !== "")) return pieces;
  // Each cue on a line of its own, so that the labels are judged over the whole file.
  const joined = pieces.map(({ text }) => text.replace(/\s+/g, " ").trim() || "…");
  const { pieces: read } = readLines(joined.join("\n"), false);
  if (!read.some(({ speaker }) => speaker !== "")) return pieces;
  return read;
}
