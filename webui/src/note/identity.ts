/** Random identities, on plain http too, where `crypto.randomUUID` is withheld. */

const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A UUID of version 4. */
export function newUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return hexadecimal(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** A line's id: random, so that no line of a note ever gets one that another had. */
export const newLineId = (): string =>
  `line-${hexadecimal(crypto.getRandomValues(new Uint8Array(8)))}`;
