/** A browser's storage made up anew for each test, and visits to put into it. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";

import type { Encounter } from "../../src/note/types.ts";
import type { Sealed } from "../../src/vault/crypto.ts";
import { DATABASE } from "../../src/vault/store.ts";
import type { VaultTools } from "../../src/vault/vault.ts";

export const PASSPHRASE = "correct horse battery staple";
export const DAY = 86_400_000;

export function freshStorage(): void {
  globalThis.indexedDB = new IDBFactory();
}

/** Cheap keys, and a clock that the test sets. */
export function tools(start = Date.UTC(2030, 0, 1)): VaultTools & { time: number } {
  const made = { time: start, iterations: 1000, now: () => made.time };
  return made;
}

export function visit(change: Partial<Encounter> = {}): Encounter {
  return {
    id: crypto.randomUUID(),
    created: "2030-01-01T09:00:00.000Z",
    title: "AB, knee",
    transcript: "[doctor] What brings you in?\n[patient] My knee is swollen.\n",
    note: null,
    model: null,
    ...change,
  };
}

/** Changes stored records behind the vault's back; null deletes one. */
export async function tamper(change: (record: Sealed) => Sealed | null): Promise<void> {
  const database = await openDB(DATABASE);
  for (const record of (await database.getAll("records")) as Sealed[]) {
    const changed = change(structuredClone(record));
    if (changed) await database.put("records", changed);
    else await database.delete("records", [record.kind, record.id]);
  }
  database.close();
}

export function flipped(record: Sealed): Sealed {
  record.data[record.data.length >> 1]! ^= 1;
  return record;
}

/** Everything that lies in the database, as text. */
export async function dump(): Promise<string> {
  const database = await openDB(DATABASE);
  const all: unknown[] = [await database.getAll("records"), await database.getAll("key")];
  database.close();
  return JSON.stringify(all, (_, value: unknown) =>
    value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value,
  );
}
