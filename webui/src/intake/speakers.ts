/** Who speaks in a transcript as text, and other names for them. */
import { normalizeTranscript, renameSpeakers, splitTurns } from "../scribe/transcript.ts";
import { nameSpeakers } from "./guess.ts";
import { isAnonymous } from "./roles.ts";
import { cleanLabel, turnsText } from "./turns.ts";
import type { Remark } from "./types.ts";

export interface Speaker {
  /** '' for turns that name nobody. */
  label: string;
  turns: number;
}

/** The speakers in the order of their first turn. */
export function speakersIn(transcript: string): Speaker[] {
  const counts = new Map<string, number>();
  for (const { speaker } of splitTurns(normalizeTranscript(transcript))) {
    counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
  }
  return [...counts].map(([label, turns]) => ({ label, turns }));
}

/** A speaker under another name; a name that is taken joins the two. */
export function renameSpeaker(transcript: string, from: string, to: string): string {
  const name = cleanLabel(to);
  return name === ""
    ? transcript
    : renameSpeakers(transcript, (one) => (one === from ? name : one));
}

/** Doctor and patient the other way round. */
export function swapSpeakers(transcript: string): string {
  const other: Record<string, string> = { doctor: "patient", patient: "doctor" };
  return renameSpeakers(transcript, (speaker) => other[speaker] ?? speaker);
}

export function canSwap(speakers: readonly Speaker[]): boolean {
  return speakers.some(({ label }) => label === "doctor" || label === "patient");
}

/** Whether nobody or nobody in particular is named, so that doctor and patient could be guessed. */
export function canGuess(speakers: readonly Speaker[]): boolean {
  const turns = speakers.reduce((sum, speaker) => sum + speaker.turns, 0);
  return turns > 1 && speakers.some(({ label }) => label === "" || isAnonymous(label));
}

/** The transcript with doctor and patient guessed; null where there was nothing to guess. */
export function guessSpeakers(transcript: string): { text: string; remark: Remark } | null {
  const turns = splitTurns(normalizeTranscript(transcript)).map(({ speaker, text }) => ({
    speaker,
    text: text.replace(/\s+/g, " "),
  }));
  const { turns: named, remark } = nameSpeakers(turns);
  return remark ? { text: turnsText(named), remark } : null;
}
