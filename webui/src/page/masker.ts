/** Loads what masks names, with its list of names, when masking is first switched on. */
import type { Masked } from "../intake/mask.ts";

let loaded: ((transcript: string) => Masked) | null = null;

export async function loadMask(): Promise<void> {
  loaded ??= (await import("../intake/mask.ts")).mask;
}

/**
 * The masked transcript. Masking is on only once this is loaded.
 *
 * @throws Error before that, so that nothing passes unmasked by mistake.
 */
export function maskTranscript(transcript: string): Masked {
  if (!loaded) throw new Error("the list of names is not loaded");
  return loaded(transcript);
}
