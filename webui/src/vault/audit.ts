/**
 * What was done, as a chain: each entry carries the hash of the one before, and the vault's index
 * the number and the hash of the last. An entry that was removed, changed or moved breaks it.
 */
import { sha256, toHex } from "./bytes.ts";

/** What the page's parts report about a visit. */
export type AuditEvent = "generated" | "edited" | "signed" | "exported" | "opened" | "deleted";

/** What the vault itself adds. */
export type VaultEvent =
  | "created" // the vault was turned on
  | "unlocked"
  | "saved" // a visit was stored for the first time
  | "copied" // it was changed in two tabs, and the later state became a copy
  | "renamed"
  | "expired" // deleted because of its age
  | "passphrase"
  | "settings"
  | "backup"
  | "imported"
  | "repaired"; // the index was damaged and was made anew

export interface AuditEntry {
  /** From 1, without gaps. */
  number: number;
  /** The wall clock, ISO 8601, UTC. */
  at: string;
  event: AuditEvent | VaultEvent;
  /** Id of the visit; its title is not kept here, so that deletion leaves no name behind. */
  visit: string | null;
  /** Such as the format of an export; never text of a visit. */
  detail: string | null;
  /** Hash of the entry before, hexadecimal. */
  previous: string;
  hash: string;
}

/** Where the chain ends. */
export interface AuditHead {
  count: number;
  hash: string;
}

export interface AuditProblem {
  number: number;
  kind: "missing" | "altered" | "broken" | "surplus";
}

export interface AuditLog {
  entries: AuditEntry[];
  problems: AuditProblem[];
}

export const NO_ENTRIES: AuditHead = { count: 0, hash: "0".repeat(64) };

/** Record id of an entry; ids sort as numbers do. */
export const entryId = (number: number): string => String(number).padStart(9, "0");

async function hashOf(entry: Omit<AuditEntry, "hash">): Promise<string> {
  const { number, at, event, visit, detail, previous } = entry;
  return toHex(await sha256(JSON.stringify([number, at, event, visit, detail, previous])));
}

export async function nextEntry(
  head: AuditHead,
  what: Pick<AuditEntry, "at" | "event" | "visit" | "detail">,
): Promise<AuditEntry> {
  const entry = { number: head.count + 1, ...what, previous: head.hash };
  return { ...entry, hash: await hashOf(entry) };
}

/** Checks entries, in their order, against each other and the head; null stands for a damaged one. */
export async function verifyLog(
  found: readonly { number: number; entry: AuditEntry | null }[],
  head: AuditHead,
): Promise<AuditLog> {
  const log: AuditLog = { entries: [], problems: [] };
  const byNumber = new Map(found.map(({ number, entry }) => [number, entry]));
  let hash: string | null = NO_ENTRIES.hash;
  for (let number = 1; number <= head.count; number++) {
    const entry = byNumber.get(number);
    byNumber.delete(number);
    if (!entry) {
      log.problems.push({ number, kind: entry === null ? "altered" : "missing" });
      hash = null; // what follows can only be checked against itself
      continue;
    }
    const whole = entry.number === number && entry.hash === (await hashOf(entry));
    const follows = hash === null || entry.previous === hash;
    if (!whole || !follows) log.problems.push({ number, kind: whole ? "broken" : "altered" });
    log.entries.push(entry);
    hash = entry.hash;
  }
  if (hash !== null && hash !== head.hash) {
    log.problems.push({ number: head.count, kind: "broken" });
  }
  for (const number of byNumber.keys()) log.problems.push({ number, kind: "surplus" });
  return log;
}

/** RFC 4180, a line an entry, with the hashes from which the chain can be checked elsewhere. */
export function logToCsv(entries: readonly AuditEntry[]): string {
  const rows = entries.map(({ number, at, event, visit, detail, previous, hash }) => [
    String(number),
    at,
    event,
    visit ?? "",
    detail ?? "",
    previous,
    hash,
  ]);
  const header = ["number", "time", "event", "visit", "detail", "previous", "hash"];
  return [header, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Spreadsheets run what begins like a formula; an apostrophe makes it text. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
