/** Bytes of a text file → its characters. */
import { IntakeError } from "./errors.ts";

export interface Decoded {
  text: string;
  encoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
}

/** Bytes that are looked at to tell UTF-16 without a mark, and text from anything else. */
const SAMPLE_BYTES = 4096;
/** Share of control characters from which a file is no text. */
const MOST_CONTROLS = 0.02;

/**
 * A byte order mark decides; else zero bytes at every other place mean UTF-16; else what is valid
 * UTF-8 is that, and what is not is Windows-1252, which older recorders write.
 *
 * @throws IntakeError 'not-text' for a file of another kind.
 */
export function decodeText(bytes: Uint8Array, file: string): Decoded {
  const encoding = markedEncoding(bytes) ?? unmarkedUtf16(bytes);
  const decoded = encoding
    ? { text: new TextDecoder(encoding).decode(bytes), encoding }
    : decodeBytewise(bytes);
  const sample = decoded.text.slice(0, SAMPLE_BYTES);
  const controls = sample.match(/[\0-\x08\x0e-\x1a\x1c-\x1f]/g)?.length ?? 0; // eslint-disable-line no-control-regex
  if (controls > sample.length * MOST_CONTROLS) throw new IntakeError({ code: "not-text", file });
  return decoded;
}

function decodeBytewise(bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), encoding: "utf-8" };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "windows-1252" };
  }
}

function markedEncoding(bytes: Uint8Array): Decoded["encoding"] | null {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return null;
}

function unmarkedUtf16(bytes: Uint8Array): Decoded["encoding"] | null {
  const length = Math.min(bytes.length, SAMPLE_BYTES) & ~1;
  if (length < 4) return null;
  const zeros = [0, 0];
  for (let i = 0; i < length; i++) if (bytes[i] === 0) zeros[i & 1]! += 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > length * 0.35 && even < length * 0.05) return "utf-16le";
  if (even > length * 0.35 && odd < length * 0.05) return "utf-16be";
  return null;
}
