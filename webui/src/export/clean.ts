/** Text that every format can hold. */

/** Characters that XML 1.0 does not allow or discourages (https://www.w3.org/TR/xml/#charsets). */
const UNWRITABLE =
  /[^\t\n\u0020-\u007E\u00A0-\uD7FF\uE000-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Invisible marks that show what follows in another order than it is stored: '52 mg' for '25 mg'. */
const REORDERING = /[\u202A-\u202E\u2066-\u2069]/g;

/** The text with `\n` as its line end and without what cannot be written or shows as another. */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, "\n")
    .replace(REORDERING, "")
    .replace(UNWRITABLE, "");
}

/** The same on one line. */
export const cleanLine = (text: string): string => clean(text).replace(/\s+/g, " ").trim();
