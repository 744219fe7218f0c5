/**
 * Transcripts in JSON, as recorders and speech services export them. A service is recognised by
 * the fields that its results have; what none is recognised in is searched for the longest list of
 * things that have a text.
 */
import { IntakeError } from "./errors.ts";
import type { Piece } from "./types.ts";

type Fields = Record<string, unknown>;

/** Fields that hold what was said, and who said it, the most telling first. */
const TEXT_FIELDS = [
  "text",
  "transcript",
  "Content",
  "content",
  "utterance",
  "sentence",
  "display",
  "displayText",
  "raw_text",
  "message",
  "caption",
  "body",
  "value",
  "line",
  "dialogue",
];
const SPEAKER_FIELDS = [
  "speaker",
  "speaker_name",
  "speakerName",
  "speaker_label",
  "speakerLabel",
  "speaker_id",
  "speakerId",
  "speakerTag",
  "ParticipantRole",
  "role",
  "participant",
  "name",
  "who",
  "author",
  "from",
  "user",
  "channel",
  "channelTag",
  "channel_label",
];
const START_FIELDS = ["start", "start_time", "startTime", "BeginAudioTime", "offset", "from"];
const END_FIELDS = ["end", "end_time", "endTime", "EndAudioTime", "to"];
/** Depth to which an unknown file is searched. */
const DEPTH = 8;

/** What a service's result looks like: null where it is not that service's. */
interface Shape {
  name: string;
  read(root: unknown): Piece[] | null;
}

/**
 * The pieces of a transcript in JSON (or JSON Lines).
 *
 * @throws IntakeError 'bad-json', 'unknown-json' or 'json-without-speech'.
 */
export function readJson(text: string, file: string): Piece[] {
  const root = parse(text.replace(/^\ufeff/, ""), file);
  let empty: string | null = null;
  for (const shape of SHAPES) {
    const pieces = shape.read(root);
    if (!pieces) continue;
    if (pieces.some((piece) => piece.text.trim() !== "")) return pieces;
    empty ??= shape.name;
  }
  if (empty !== null) throw new IntakeError({ code: "json-without-speech", file, shape: empty });
  throw new IntakeError({ code: "unknown-json", file, found: describe(root) });
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    // One value a line, as many recorders stream it.
    if (lines.length > 1 && lines.every((line) => /^\s*[{[]/.test(line))) {
      try {
        return lines.map((line) => JSON.parse(line) as unknown);
      } catch {
        // Then it is neither; the first error tells more.
      }
    }
    throw new IntakeError({ code: "bad-json", file, line: lineOf(error, text) });
  }
}

/** Browsers tell the place of an error in their own words: a line, or an offset. */
function lineOf(error: unknown, text: string): number | null {
  const message = error instanceof Error ? error.message : "";
  const line = /line (\d+)/.exec(message)?.[1];
  if (line !== undefined) return Number(line);
  const offset = /position (\d+)/.exec(message)?.[1];
  return offset === undefined ? null : text.slice(0, Number(offset)).split("\n").length;
}

const SHAPES: Shape[] = [
  { name: "AWS HealthScribe (Conversation.TranscriptSegments)", read: readHealthScribe },
  { name: "AWS Transcribe (results.items)", read: readTranscribe },
  { name: "Google Speech-to-Text (results.alternatives)", read: readGoogle },
  { name: "Deepgram (results.channels)", read: readDeepgram },
  { name: "Speechmatics (results.alternatives.content)", read: readSpeechmatics },
  { name: "Azure Speech (recognizedPhrases, phrases)", read: readAzure },
  { name: "Rev (monologues)", read: readRev },
  { name: "Whisper (segments)", read: (root) => readList(root, ["segments"]) },
  { name: "whisper.cpp (transcription)", read: (root) => readList(root, ["transcription"]) },
  { name: "AssemblyAI (utterances)", read: (root) => readList(root, ["utterances"]) },
  { name: "Otter (transcripts)", read: (root) => readList(root, ["transcripts"]) },
  { name: "a list of turns", read: readAnyList },
  { name: "one text", read: readOneText },
];

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A label out of whatever a service puts there: a name, a number, or fields with either. */
function label(value: unknown): string {
  if (typeof value === "number" && Number.isFinite(value)) return `speaker ${value}`;
  if (typeof value === "string") {
    if (/^\d{1,3}$/.test(value)) return `speaker ${value}`;
    return /^[A-Z]$/.test(value) ? `speaker ${value.toLowerCase()}` : value;
  }
  const inner = fields(value);
  return (
    SPEAKER_FIELDS.map((name) => inner[name])
      .filter((found) => typeof found === "string" || typeof found === "number")
      .map(label)[0] ?? string(inner["id"])
  );
}

function speakerOf(of: Fields): string {
  for (const name of SPEAKER_FIELDS) {
    if (of[name] !== undefined && of[name] !== null) {
      const found = label(of[name]);
      if (found !== "") return found;
    }
  }
  const participant = fields(of["ParticipantDetails"]);
  return label(participant["ParticipantRole"] ?? participant["ParticipantId"]);
}

function time(of: Fields, names: readonly string[]): number | null {
  for (const name of names) {
    const value = of[name];
    const number = typeof value === "string" ? Number.parseFloat(value) : value;
    if (typeof number === "number" && Number.isFinite(number)) return number;
  }
  return null;
}

function textOf(of: Fields): string | null {
  for (const name of TEXT_FIELDS) {
    const value = of[name];
    if (typeof value === "string") return value;
  }
  const words = list(of["words"]).map((word) =>
    typeof word === "string" ? word : wordOf(fields(word)),
  );
  return words.length > 0 ? joinWords(words) : null;
}

function wordOf(of: Fields): string {
  const names = ["punctuated_word", "word", "text", "content", "value"];
  return string(names.map((name) => of[name]).find((found) => typeof found === "string"));
}

/** Words with spaces between them, none before punctuation. */
function joinWords(words: readonly string[]): string {
  return words
    .map((word) => word.trim())
    .filter((word) => word !== "")
    .map((word, at) => (at === 0 || /^[.,?!:;%…]+$/.test(word) ? word : ` ${word}`))
    .join("");
}

function piece(of: Fields, speaker = speakerOf(of)): Piece | null {
  const text = textOf(of);
  if (text === null) return null;
  return { speaker, text, start: time(of, START_FIELDS), end: time(of, END_FIELDS) };
}

function pieces(values: readonly unknown[]): Piece[] {
  return values.flatMap((value) => {
    if (typeof value === "string") return [{ speaker: "", text: value, start: null, end: null }];
    return piece(fields(value)) ?? [];
  });
}

/** Words that each name their speaker → a piece per run of one speaker. */
function runs(words: readonly { speaker: string; word: string }[]): Piece[] {
  const found: { speaker: string; words: string[] }[] = [];
  for (const { speaker, word } of words) {
    const last = found.at(-1);
    if (last && (last.speaker === speaker || speaker === "")) last.words.push(word);
    else found.push({ speaker, words: [word] });
  }
  return found.map((run) => ({
    speaker: run.speaker,
    text: joinWords(run.words),
    start: null,
    end: null,
  }));
}

function readList(root: unknown, names: readonly string[]): Piece[] | null {
  for (const name of names) {
    const values = fields(root)[name];
    if (Array.isArray(values) && values.length > 0) return pieces(list(values));
  }
  return null;
}

function readHealthScribe(root: unknown): Piece[] | null {
  const segments = fields(fields(root)["Conversation"])["TranscriptSegments"];
  return Array.isArray(segments) ? pieces(list(segments)) : null;
}

function readTranscribe(root: unknown): Piece[] | null {
  const results = fields(fields(root)["results"]);
  if (!Array.isArray(results["items"]) || !Array.isArray(results["transcripts"])) return null;
  const segments = list(results["audio_segments"]);
  if (segments.some((segment) => speakerOf(fields(segment)) !== "")) return pieces(segments);
  const speakers = new Map<string, string>();
  const labels = fields(results["speaker_labels"] ?? results["channel_labels"]);
  for (const segment of [...list(labels["segments"]), ...list(labels["channels"])].map(fields)) {
    for (const item of list(segment["items"]).map(fields)) {
      const speaker = speakerOf(item) || speakerOf(segment);
      speakers.set(string(item["start_time"]), speaker);
    }
  }
  const words = list(results["items"])
    .map(fields)
    .map((item) => ({
      speaker: speakerOf(item) || (speakers.get(string(item["start_time"])) ?? ""),
      word: string(fields(list(item["alternatives"])[0])["content"]),
    }));
  if (words.some(({ speaker }) => speaker !== "")) return runs(words);
  return pieces(list(results["transcripts"]));
}

function readGoogle(root: unknown): Piece[] | null {
  const response = fields(fields(root)["response"] ?? root);
  const results = list(response["results"]).map(fields);
  const best = results.map((result) => fields(list(result["alternatives"])[0]));
  if (!best.some((alternative) => typeof alternative["transcript"] === "string")) return null;
  const words = best.map((alternative) =>
    list(alternative["words"])
      .map(fields)
      .map((word) => ({ speaker: speakerOf(word), word: wordOf(word) })),
  );
  // With speakers wanted, version 1 repeats every word in the last result, and tags them there.
  const last = words.at(-1) ?? [];
  const before = words.slice(0, -1).flat();
  if (last.length >= before.length && last.some(({ speaker }) => speaker !== "")) {
    const whole = before.every(({ speaker }) => speaker === "" || speaker === "speaker 0");
    if (whole) return runs(last);
  }
  if (words.flat().some(({ speaker }) => speaker !== "")) return runs(words.flat());
  return results.flatMap((result, at) => piece(best[at] ?? {}, speakerOf(result)) ?? []);
}

function readDeepgram(root: unknown): Piece[] | null {
  const results = fields(fields(root)["results"]);
  if (!Array.isArray(results["channels"])) return null;
  if (list(results["utterances"]).length > 0) return pieces(list(results["utterances"]));
  return list(results["channels"]).flatMap((channel, at) => {
    const best = fields(list(fields(channel)["alternatives"])[0]);
    const several = list(results["channels"]).length > 1;
    const own = several ? `speaker ${at + 1}` : "";
    const paragraphs = list(fields(best["paragraphs"])["paragraphs"]).map(fields);
    if (paragraphs.length > 0) {
      return paragraphs.flatMap((paragraph) => {
        const speaker = several ? own : speakerOf(paragraph);
        return pieces(list(paragraph["sentences"])).map((found) => ({ ...found, speaker }));
      });
    }
    const words = list(best["words"])
      .map(fields)
      .map((word) => ({ speaker: several ? own : speakerOf(word), word: wordOf(word) }));
    if (words.some(({ speaker }) => speaker !== "")) return runs(words);
    return piece(best, own) ?? [];
  });
}

function readSpeechmatics(root: unknown): Piece[] | null {
  const results = list(fields(root)["results"]).map(fields);
  const words = results.map((result) => {
    const best = fields(list(result["alternatives"])[0]);
    return { speaker: speakerOf(best), word: string(best["content"]) };
  });
  return words.some(({ word }) => word !== "") ? runs(words) : null;
}

function readAzure(root: unknown): Piece[] | null {
  const phrases = list(fields(root)["recognizedPhrases"] ?? fields(root)["phrases"]).map(fields);
  if (phrases.length === 0) return null;
  return phrases.flatMap((phrase) => {
    const best = fields(list(phrase["nBest"])[0]);
    return piece({ ...best, ...phrase }, speakerOf(phrase)) ?? [];
  });
}

function readRev(root: unknown): Piece[] | null {
  if (!Array.isArray(fields(root)["monologues"])) return null;
  const names = new Map(
    list(fields(root)["speakers"])
      .map(fields)
      .map((speaker) => [speaker["id"], string(speaker["name"])] as const),
  );
  return list(fields(root)["monologues"])
    .map(fields)
    .map((monologue) => ({
      speaker: names.get(monologue["speaker"]) || speakerOf(monologue),
      text: list(monologue["elements"])
        .map((element) => string(fields(element)["value"]))
        .join(""),
      start: null,
      end: null,
    }));
}

/** The longest list of texts, or of things with a text, anywhere in the file. */
function readAnyList(root: unknown): Piece[] | null {
  let best: Piece[] | null = null;
  let size = 0;
  let speakers = -1;
  const look = (value: unknown, depth: number): void => {
    if (depth > DEPTH || typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      const found = pieces(list(value));
      const named = found.filter(({ speaker }) => speaker !== "").length;
      // Bare texts are a transcript only where the whole file is a list of them.
      const spoken = value === root || list(value).some((one) => typeof one === "object");
      const better =
        Math.min(named, 1) > speakers || (Math.min(named, 1) === speakers && found.length > size);
      if (spoken && found.length > 0 && better) {
        [best, size, speakers] = [found, found.length, Math.min(named, 1)];
      }
    }
    for (const inner of Object.values(value)) look(inner, depth + 1);
  };
  look(root, 0);
  return best;
}

function readOneText(root: unknown): Piece[] | null {
  for (const name of ["text", "transcript", "dialogue", "transcription", "DisplayText"]) {
    const value = fields(root)[name];
    if (typeof value === "string") {
      return value.split("\n").map((line) => ({ speaker: "", text: line, start: null, end: null }));
    }
  }
  return typeof root === "string" ? pieces([root]) : null;
}

/** What is in a file that nothing was recognised in, for the error. */
function describe(root: unknown): string {
  if (Array.isArray(root))
    return root.length === 0 ? "[]" : `[${describe(root[0])}, …]`.slice(0, 80);
  if (typeof root !== "object" || root === null) return typeof root;
  const names = Object.keys(root)
    .slice(0, 6)
    .map((name) => name.slice(0, 24));
  return `{${names.join(", ")}${Object.keys(root).length > 6 ? ", …" : ""}}`;
}
