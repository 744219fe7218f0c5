/**
 * A backup file: the visits as sealed records with the wrapped key, so it opens with the passphrase
 * of the day it was made. A sealed list says which visits belong into it.
 */
import type { Encounter, NoteDocument } from "../note/types.ts";
import { type Bytes, fromBase64, toBase64 } from "./bytes.ts";
import { openKey, unseal, type KeyRecord, type Sealed } from "./crypto.ts";
import { VaultError } from "./errors.ts";
import type { Vault } from "./vault.ts";

const NAME = "browser-scribe visits backup";
const VERSION = 1;

/** What a backup holds. */
export interface Backup {
  encounters: Encounter[];
  /** Titles of visits whose record is altered or missing; '' where even the title is unknown. */
  damaged: string[];
}

interface Manifest {
  visits: { id: string; revision: number; title: string }[];
}

/** The text of a backup file of all visits that can be read. */
export async function makeBackup(vault: Vault): Promise<string> {
  const { key, visits } = await vault.everything();
  const manifest: Manifest = {
    visits: visits.map(({ encounter: { id, title }, revision }) => ({ id, revision, title })),
  };
  const records: Sealed[] = [];
  for (const { encounter, revision } of visits) {
    records.push(await vault.seal("visit", encounter.id, revision, encounter));
  }
  const file = {
    format: NAME,
    version: VERSION,
    key,
    manifest: await vault.seal("backup", "manifest", 1, manifest),
    records,
  };
  return JSON.stringify(file, (_, value: unknown) =>
    value instanceof Uint8Array ? toBase64(value) : value,
  );
}

/** Throws 'not-a-backup', 'key-damaged' or 'wrong-passphrase'. */
export async function readBackup(text: string, passphrase: string): Promise<Backup> {
  const { key, manifest, records } = parseBackup(text);
  const open = await openKey(key, passphrase);
  const list = await unseal<Manifest>(open, manifest).catch(() => null);
  const backup: Backup = { encounters: [], damaged: [] };
  const wanted = new Map(list?.visits.map((visit) => [visit.id, visit]));
  for (const part of records) {
    const record = sealedOrNull(part);
    const entry = record ? wanted.get(record.id) : undefined;
    if (entry) wanted.delete(entry.id);
    const encounter =
      record?.kind === "visit" && (!list || entry?.revision === record.revision)
        ? await unseal<unknown>(open, record).catch(() => null)
        : null;
    if (isEncounter(encounter)) backup.encounters.push(encounter);
    else backup.damaged.push(entry?.title ?? "");
  }
  for (const { title } of wanted.values()) backup.damaged.push(title);
  return backup;
}

export interface SealedBackup {
  key: KeyRecord;
  manifest: Sealed;
  /** Not looked at yet: a damaged one does not spoil the others. */
  records: unknown[];
}

type Plain = Record<string, unknown>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The file's parts, still sealed; throws 'not-a-backup'. */
export function parseBackup(text: string): SealedBackup {
  try {
    const file = JSON.parse(text) as unknown;
    if (!isPlain(file) || file.format !== NAME || file.version !== VERSION)
      throw new Error("format");
    if (!isPlain(file.key) || !Array.isArray(file.records)) throw new Error("content");
    const { format, vault, iterations, salt, iv, wrapped, checksum } = file.key;
    const key: KeyRecord = {
      format: number(format),
      vault: string(vault),
      iterations: number(iterations),
      salt: bytes(salt),
      iv: bytes(iv),
      wrapped: bytes(wrapped),
      checksum: bytes(checksum),
    };
    return { key, manifest: sealed(file.manifest), records: file.records };
  } catch (error) {
    throw new VaultError("not-a-backup", error);
  }
}

function string(value: unknown): string {
  if (typeof value !== "string") throw new Error("not a text");
  return value;
}

function number(value: unknown): number {
  if (typeof value !== "number") throw new Error("not a number");
  return value;
}

const bytes = (value: unknown): Bytes => fromBase64(string(value));

function sealed(value: unknown): Sealed {
  if (!isPlain(value)) throw new Error("not a record");
  const { kind, id, revision, iv, data } = value;
  return {
    kind: string(kind) as Sealed["kind"],
    id: string(id),
    revision: number(revision),
    iv: bytes(iv),
    data: bytes(data),
  };
}

function sealedOrNull(value: unknown): Sealed | null {
  try {
    return sealed(value);
  } catch {
    return null;
  }
}

/** The page relies on this shape; a file that somebody else made may have another. */
export function isEncounter(value: unknown): value is Encounter {
  if (!isPlain(value)) return false;
  const { id, created, title, transcript, note, model } = value;
  return (
    [id, created, title, transcript].every((text) => typeof text === "string") &&
    (model === null || typeof model === "string") &&
    (note === null || isNote(note))
  );
}

export function isNote(value: unknown): value is NoteDocument {
  if (!isPlain(value)) return false;
  const { lines, omissions, signature } = value;
  const isLine = (line: unknown): boolean =>
    isPlain(line) &&
    [line.id, line.section, line.lead, line.text, line.origin, line.place].every(
      (text) => typeof text === "string",
    ) &&
    (line.check === null || (isPlain(line.check) && Array.isArray(line.check.turns)));
  return (
    Array.isArray(lines) &&
    lines.every(isLine) &&
    Array.isArray(omissions) &&
    omissions.every(isPlain) &&
    (signature === null || isPlain(signature))
  );
}
