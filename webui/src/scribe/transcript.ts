/** A visit's transcript as text: line ends, words, and the turns that people took in it. */

/** One speaker's turn; `start` and `end` are offsets into the normalised transcript. */
export interface Turn {
  /** 'doctor', 'patient', … in lower case, or '' where the line names nobody. */
  speaker: string;
  text: string;
  start: number;
  end: number;
}

/** `[doctor] …`, or `Doctor: …` with a label of at most three words. */
const SPEAKER =
  /^[ \t]*(?:\[([^\]\n]{1,40})\]|([A-Za-z][\w.'-]*(?: [\w.'-]+){0,2}):(?=\s|$))[ \t]*/;

/**
 * The text as the model gets it, in training too: line ends become `\n`, spaces at line ends and
 * blank space around the whole go, broken surrogates become U+FFFD. Nothing else is touched.
 */
export function normalizeTranscript(text: string): string {
  return text
    .toWellFormed()
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
    .replace(/[ \t\u00a0]+$/gm, "")
    .trim();
}

/** Words of a text: runs without blank space that hold a letter or a digit. */
export function countWords(text: string): number {
  return text.match(/[^\s]*[\p{L}\p{N}][^\s]*/gu)?.length ?? 0;
}

/**
 * The turns of a normalised transcript, in order. A line that names a speaker begins a turn and
 * the lines without a name after it belong to it; where no line names one, every line is a turn.
 */
export function splitTurns(transcript: string): Turn[] {
  const lines = [...transcript.matchAll(/[^\n]+/g)].filter((line) => line[0].trim() !== "");
  const named = lines.some((line) => SPEAKER.test(line[0]));
  const turns: Turn[] = [];
  for (const line of lines) {
    const label = SPEAKER.exec(line[0]);
    const end = line.index + line[0].length;
    const last = turns.at(-1);
    if (label || !named || !last) {
      const speaker = (label?.[1] ?? label?.[2] ?? "").trim().toLowerCase();
      turns.push({ speaker, text: "", start: line.index, end });
    } else {
      last.end = end;
    }
  }
  for (const turn of turns) {
    turn.text = transcript.slice(turn.start, turn.end).replace(SPEAKER, "").trim();
  }
  return turns;
}

/**
 * A transcript with other names of its speakers, told in lower case; labels that keep their name
 * stay as they are written, and so does all that was said.
 */
export function renameSpeakers(transcript: string, rename: (speaker: string) => string): string {
  return transcript
    .split("\n")
    .map((line) => {
      const label = SPEAKER.exec(line);
      if (!label) return line;
      const speaker = (label[1] ?? label[2] ?? "").trim().toLowerCase();
      const name = rename(speaker);
      return name === speaker ? line : `[${name}] ${line.slice(label[0].length)}`.trimEnd();
    })
    .join("\n");
}

/**
 * The longest end (or start) of a normalised transcript that `fits`, cut between turns; where not
 * even one turn fits, between sentences, then words, then characters. '' when nothing fits.
 * `fits` must hold for every shorter piece of a piece for which it holds.
 */
export function cutTranscript(
  transcript: string,
  keep: "start" | "end",
  fits: (piece: string) => boolean,
): string {
  if (fits(transcript)) return transcript;
  const levels: (() => number[])[] = [
    () => splitTurns(transcript).map((turn) => turn.start),
    () => boundaries(transcript, /[.!?…]["')\]]*\s+|\n+/g),
    () => boundaries(transcript, /\s+/g),
    () => boundaries(transcript, /[\s\S]/gu),
  ];
  for (const cuts of levels) {
    const piece = longestPiece(transcript, cuts(), keep, fits);
    if (piece !== "") return piece;
  }
  return "";
}

/** Offsets at which a piece may begin or end: after each match. */
function boundaries(text: string, separator: RegExp): number[] {
  return [...text.matchAll(separator)].map((match) => match.index + match[0].length);
}

/** Bisection over the cuts, which are in rising order. */
function longestPiece(
  text: string,
  cuts: number[],
  keep: "start" | "end",
  fits: (piece: string) => boolean,
): string {
  const piece = (cut: number): string =>
    (keep === "start" ? text.slice(0, cut) : text.slice(cut)).trim();
  // Sorted from the longest piece to the shortest; the first that fits is wanted.
  const order = keep === "start" ? [...cuts].reverse() : cuts;
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(piece(order[middle] ?? 0))) high = middle;
    else low = middle + 1;
  }
  const cut = order[low];
  return cut === undefined ? "" : piece(cut);
}
