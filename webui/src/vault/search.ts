/** Search in what is decrypted: every word of the query has to be there somewhere. */
import type { Encounter } from "../note/types.ts";

/** Without case and accents. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** All that a search looks at: title, transcript and note. */
export function searchable({ title, transcript, note }: Encounter): string {
  const lines = note?.lines.map(({ text }) => text) ?? [];
  return fold([title, transcript, ...lines].join("\n"));
}

export function matches(folded: string, query: string): boolean {
  return fold(query)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}
