/** Turns that a statement rests on where its claims name none: by the words they share. */
import type { Reading } from "./claim.ts";

const STOPPED = new Set([
  "the",
  "and",
  "for",
  "with",
  "was",
  "has",
  "had",
  "have",
  "that",
  "this",
  "she",
  "her",
  "his",
  "they",
  "patient",
  "will",
  "are",
  "not",
  "report",
  "stat",
  "note",
  "deni",
  "been",
  "also",
  "were",
  "from",
  "but",
  "doe",
  "about",
  "you",
  "your",
  "any",
]);

/** The turns that share at least half of the content words, rare ones weighing more; at most two. */
export function overlapTurns({ own, talk }: Reading): number[] {
  const words = [
    ...new Set(
      own.stems.filter(
        (word, i) =>
          /^[a-z]{3,}$/.test(word) && !STOPPED.has(word) && (own.tokens[i]?.w.length ?? 0) > 3,
      ),
    ),
  ];
  if (words.length === 0) return [];
  const total = talk.segments.length;
  const weight = (word: string): number =>
    Math.log(1 + total / (1 + (talk.turnsOf.get(word)?.length ?? 0)));
  const full = words.reduce((sum, word) => sum + weight(word), 0);
  const scores = new Map<number, number>();
  for (const word of words) {
    for (const turn of talk.turnsOf.get(word) ?? [])
      scores.set(turn, (scores.get(turn) ?? 0) + weight(word));
  }
  const best = [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 2);
  const top = best[0]?.[1] ?? 0;
  return best
    .filter(([, score]) => score >= 0.4 * full && score >= 0.8 * top)
    .map(([turn]) => turn)
    .sort((a, b) => a - b);
}
