/** SHA-256 by the browser where it offers that (secure contexts only), else in JavaScript. */

const hexadecimal = (digest: Uint8Array): string =>
  Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Lower-case hexadecimal SHA-256. `subtle` is null where the browser withholds it. */
export async function sha256(
  bytes: Uint8Array<ArrayBuffer>,
  subtle: SubtleCrypto | null = (globalThis.crypto as Partial<Crypto> | undefined)?.subtle ?? null,
): Promise<string> {
  if (subtle !== null) return hexadecimal(new Uint8Array(await subtle.digest("SHA-256", bytes)));
  const library = await import("@noble/hashes/sha2.js");
  return hexadecimal(library.sha256(bytes));
}
