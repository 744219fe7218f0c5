/**
 * How stored visits are encrypted. A random AES-256 key encrypts every record with AES-GCM and a
 * fresh random 96-bit IV (NIST SP 800-38D allows 2³² of them under one key). That key is stored
 * wrapped by a second one, which PBKDF2-HMAC-SHA-256 derives from the passphrase, so a change of
 * passphrase re-wraps one key and rewrites no record. Neither key is ever readable by scripts.
 *
 * The associated data of a record names its vault, kind, id and revision: a record that was altered,
 * or put in the place of another, does not decrypt.
 */
import { type Bytes, encode, randomBytes, sameBytes, sha256, toBase64 } from "./bytes.ts";
import { VaultError } from "./errors.ts";

/** Changes when stored records can no longer be read by the code before. */
export const FORMAT = 1;

/** OWASP Password Storage Cheat Sheet (2023 and since): PBKDF2-HMAC-SHA-256 from 600,000 on. */
export const PBKDF2_ITERATIONS = 600_000;

/** A wrapped key that asks for more was not written here, and would only stall the page. */
const MOST_ITERATIONS = 10_000_000;

const SALT_BYTES = 32;
const IV_BYTES = 12;
/** Records are padded to a multiple of this, so that their size tells little. */
const PADDED_BYTES = 1024;

const PRODUCT = "browser-scribe visits";

/** The data key, wrapped by the passphrase's key, and what is needed to derive that one. */
export interface KeyRecord {
  format: number;
  /** A UUID. */
  vault: string;
  iterations: number;
  salt: Bytes;
  iv: Bytes;
  wrapped: Bytes;
  /** SHA-256 of all the rest: tells damage from a wrong passphrase. */
  checksum: Bytes;
}

export type RecordKind = "visit" | "audit" | "index" | "backup" | "draft";

/** What stays readable of a record, and is bound to its content. */
export interface RecordName {
  kind: RecordKind;
  id: string;
  /** Grows by one with each change. */
  revision: number;
}

/** A record as it is stored. */
export interface Sealed extends RecordName {
  iv: Bytes;
  data: Bytes;
}

export interface OpenKey {
  vault: string;
  key: CryptoKey;
}

/** A new vault: its data key, and the key record to store. */
export async function createKey(
  passphrase: string,
  iterations = PBKDF2_ITERATIONS,
): Promise<{ open: OpenKey; record: KeyRecord }> {
  const vault = crypto.randomUUID();
  const exposed = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, [
    "encrypt",
    "decrypt",
  ]);
  const record = await wrap(exposed, vault, passphrase, iterations);
  return { open: { vault, key: await unwrap(record, passphrase, false) }, record };
}

/**
 * The data key. Throws 'key-damaged' where the record fails its checksum, and 'wrong-passphrase'
 * where it is whole and this passphrase does not fit.
 */
export async function openKey(record: KeyRecord, passphrase: string): Promise<OpenKey> {
  await checkKey(record);
  return { vault: record.vault, key: await unwrap(record, passphrase, false) };
}

/** The same data key under another passphrase, and at the present cost. */
export async function rewrapKey(
  record: KeyRecord,
  passphrase: string,
  next: string,
  iterations = PBKDF2_ITERATIONS,
): Promise<KeyRecord> {
  await checkKey(record);
  return wrap(await unwrap(record, passphrase, true), record.vault, next, iterations);
}

async function checkKey(record: KeyRecord): Promise<void> {
  const whole =
    record.format === FORMAT &&
    Number.isInteger(record.iterations) &&
    record.iterations > 0 &&
    record.iterations <= MOST_ITERATIONS &&
    sameBytes(record.checksum, await checksum(record));
  if (!whole) throw new VaultError("key-damaged");
}

const checksum = ({ format, vault, iterations, salt, iv, wrapped }: Omit<KeyRecord, "checksum">) =>
  sha256(
    JSON.stringify([format, vault, iterations, toBase64(salt), toBase64(iv), toBase64(wrapped)]),
  );

async function wrap(
  key: CryptoKey,
  vault: string,
  passphrase: string,
  iterations: number,
): Promise<KeyRecord> {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const wrapping = await derive(passphrase, salt, iterations);
  const cipher = { name: "AES-GCM", iv, additionalData: keyData(vault, iterations, salt) };
  const wrapped = new Uint8Array(await crypto.subtle.wrapKey("raw", key, wrapping, cipher));
  const rest = { format: FORMAT, vault, iterations, salt, iv, wrapped };
  return { ...rest, checksum: await checksum(rest) };
}

async function unwrap(
  { vault, iterations, salt, iv, wrapped }: KeyRecord,
  passphrase: string,
  extractable: boolean,
): Promise<CryptoKey> {
  const wrapping = await derive(passphrase, salt, iterations);
  const cipher = { name: "AES-GCM", iv, additionalData: keyData(vault, iterations, salt) };
  try {
    return await crypto.subtle.unwrapKey("raw", wrapped, wrapping, cipher, "AES-GCM", extractable, [
      "encrypt",
      "decrypt",
    ]);
  } catch (error) {
    throw new VaultError("wrong-passphrase", error);
  }
}

/** One passphrase has one form, however a keyboard composes its letters. */
async function derive(passphrase: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const secret = encode(passphrase.normalize("NFKC"));
  const base = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["wrapKey", "unwrapKey"],
  );
}

const keyData = (vault: string, iterations: number, salt: Bytes): Bytes =>
  encode(JSON.stringify([PRODUCT, FORMAT, vault, "key", iterations, toBase64(salt)]));

const recordData = (vault: string, { kind, id, revision }: RecordName): Bytes =>
  encode(JSON.stringify([PRODUCT, FORMAT, vault, kind, id, revision]));

/** Encrypts plain data under a name. */
export async function seal(
  { vault, key }: OpenKey,
  { kind, id, revision }: RecordName,
  value: unknown,
): Promise<Sealed> {
  const name = { kind, id, revision };
  const text = encode(JSON.stringify(value));
  const padded = new Uint8Array(Math.ceil(text.length / PADDED_BYTES) * PADDED_BYTES).fill(0x20);
  padded.set(text);
  const iv = randomBytes(IV_BYTES);
  const cipher = { name: "AES-GCM", iv, additionalData: recordData(vault, name) };
  return { ...name, iv, data: new Uint8Array(await crypto.subtle.encrypt(cipher, key, padded)) };
}

/** The data of a record; throws 'damaged' where it is not exactly what was sealed under its name. */
export async function unseal<T>({ vault, key }: OpenKey, record: Sealed): Promise<T> {
  let plain: ArrayBuffer;
  try {
    const additionalData = recordData(vault, record);
    const cipher = { name: "AES-GCM", iv: record.iv, additionalData };
    plain = await crypto.subtle.decrypt(cipher, key, record.data);
  } catch (error) {
    throw new VaultError("damaged", error);
  }
  return JSON.parse(new TextDecoder().decode(plain)) as T;
}
