/** How good a passphrase is, told roughly, and a good one to take. */
export const LEAST_CHARACTERS = 12;

export type Strength = "short" | "weak" | "fair" | "strong";

const COMMON =
  /pass(word|phrase|wort)|qwert[yz]|asdf|letmein|welcome|admin|login|secret|iloveyou|monkey|dragon|doctor|nurse|hospital|clinic|patient|medical|visits?|scribe|summer|winter|spring|autumn|(19|20)\d\d/g;

/**
 * Guesses are counted by distinct steps from letter to letter, with common words taken as one sign:
 * repeats and rows of the alphabet count for little. 'strong' is about four unrelated words.
 */
export function strengthOf(passphrase: string): Strength {
  const text = passphrase.normalize("NFKC");
  if ([...text].length < LEAST_CHARACTERS) return "short";
  const reduced = [...text.toLowerCase().replace(COMMON, "w")];
  const steps = new Set<string>();
  for (let i = 1; i < reduced.length; i++) {
    const [a, b] = [reduced[i - 1]!, reduced[i]!];
    const distance = b.codePointAt(0)! - a.codePointAt(0)!;
    if (Math.abs(distance) > 1) steps.add(a + b);
  }
  if (steps.size < 8) return "weak";
  return steps.size < 16 ? "fair" : "strong";
}

const CONSONANTS = "bdfghjklmnprstvz";
const VOWELS = "aeiou";

/** Six random words of four letters, some 75 bits: 'lomu-kafi-…'. */
export function suggestPassphrase(): string {
  const pick = (letters: string): string => letters[randomBelow(letters.length)]!;
  const syllable = (): string => pick(CONSONANTS) + pick(VOWELS);
  return Array.from({ length: 6 }, () => syllable() + syllable()).join("-");
}

function randomBelow(limit: number): number {
  const fair = 256 - (256 % limit);
  const byte = new Uint8Array(1);
  do crypto.getRandomValues(byte);
  while (byte[0]! >= fair);
  return byte[0]! % limit;
}
