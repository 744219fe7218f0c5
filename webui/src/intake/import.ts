/** A file → a transcript, whatever recorder wrote it. */
import { readCues } from "./cues.ts";
import { decodeText } from "./decode.ts";
import { IntakeError } from "./errors.ts";
import { nameSpeakers } from "./guess.ts";
import { readJson } from "./json.ts";
import { readLines } from "./labels.ts";
import { mergePieces, turnsText } from "./turns.ts";
import type { Format, Imported, Piece, Remark } from "./types.ts";

/** Sizes above which a file is refused, in bytes: about ten times the longest visit. */
export const MOST_TEXT_BYTES = 5e6;
export const MOST_DOCX_BYTES = 20e6;

const FORMATS: Record<string, Format> = {
  txt: "text",
  text: "text",
  log: "text",
  md: "markdown",
  markdown: "markdown",
  vtt: "vtt",
  srt: "srt",
  json: "json",
  jsonl: "json",
  docx: "docx",
};

/** For a file dialogue. */
export const ACCEPTED = Object.keys(FORMATS).map((extension) => `.${extension}`);

/** What reads a Word document; loaded when the first one is opened. */
export type DocxReader = (bytes: Uint8Array, file: string) => string;

/**
 * The turns of a file by its name's extension, and by what is in it where that has none.
 *
 * @throws IntakeError for what cannot be read; nothing else.
 */
export async function importFile(
  file: { name: string; size: number; arrayBuffer(): Promise<ArrayBuffer> },
  loadDocx: () => Promise<DocxReader>,
): Promise<Imported> {
  const { name } = file;
  const format = formatOf(name);
  if (format === null) throw new IntakeError({ code: "unknown-kind", file: name });
  const limit = format === "docx" ? MOST_DOCX_BYTES : MOST_TEXT_BYTES;
  if (file.size > limit) {
    throw new IntakeError({ code: "too-big", file: name, bytes: file.size, limit });
  }
  if (file.size === 0) throw new IntakeError({ code: "empty", file: name });
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new IntakeError({ code: "unreadable", file: name });
  }
  if (format === "docx") {
    const read = await loadDocx();
    return importText(read(bytes, name), "docx", name);
  }
  const { text, encoding } = decodeText(bytes, name);
  const remarks: Remark[] = encoding === "windows-1252" ? [{ code: "windows-1252" }] : [];
  return importText(text, format === "text" ? sniff(text) : format, name, remarks);
}

/**
 * The turns of a text in a known format.
 *
 * @throws IntakeError where it holds no transcript.
 */
export function importText(
  text: string,
  format: Format,
  file: string,
  before: readonly Remark[] = [],
): Imported {
  const { pieces, remarks } = readPieces(text, format, file);
  const found = mergePieces(pieces);
  if (found.length === 0) throw new IntakeError({ code: "empty", file });
  const { turns, remark } = nameSpeakers(found);
  const all = [...before, ...remarks, ...(remark ? [remark] : [])];
  return { turns, text: turnsText(turns), format, remarks: all };
}

function readPieces(
  text: string,
  format: Format,
  file: string,
): { pieces: Piece[]; remarks: Remark[] } {
  if (format === "vtt" || format === "srt") return readCues(text, format, file);
  if (format === "json") return { pieces: readJson(text, file), remarks: [] };
  return readLines(text, format === "markdown");
}

function formatOf(name: string): Format | null {
  const extension = /\.([^.]{1,10})$/.exec(name)?.[1]?.toLowerCase();
  return extension === undefined ? "text" : (FORMATS[extension] ?? null);
}

/** What a text is by its content: subtitles and JSON are often saved as `.txt`. */
export function sniff(text: string): Format {
  const head = text
    .slice(0, 2000)
    .replace(/^\ufeff/, "")
    .trimStart();
  if (/^WEBVTT(?:\s|$)/.test(head)) return "vtt";
  if (
    /^(?:\d+\s*\n)?\s*\d{1,2}:\d{2}(?::\d{2})?[.,]\d{1,3}\s*-->/.test(head.replace(/\r\n?/g, "\n"))
  ) {
    return "srt";
  }
  if (/^[[{]/.test(head)) {
    try {
      JSON.parse(text);
      return "json";
    } catch {
      return "text"; // `[doctor] …` begins with a bracket too
    }
  }
  return "text";
}
