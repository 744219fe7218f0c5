/** Where sealed records lie: one IndexedDB database. Knows nothing of what is in them. */
import { deleteDB, openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { KeyRecord, RecordKind, Sealed } from "./crypto.ts";
import { storageError, VaultError } from "./errors.ts";

/** Other pages of the same origin may have databases, too. */
export const DATABASE = "browser-scribe-visits";
const VERSION = 1;

interface Schema extends DBSchema {
  key: { key: "key"; value: KeyRecord };
  records: { key: [RecordKind, string]; value: Sealed };
}

/** What one transaction changes: all of it, or nothing. */
export interface Change {
  key?: KeyRecord;
  put?: Sealed[];
  remove?: [RecordKind, string][];
}

const ofKind = (kind: RecordKind): IDBKeyRange => IDBKeyRange.bound([kind], [kind, []]);

export class Store {
  readonly #database: IDBPDatabase<Schema>;

  private constructor(database: IDBPDatabase<Schema>) {
    this.#database = database;
  }

  /** The database where there is one, else null; looking creates nothing. */
  static async find(): Promise<Store | null> {
    try {
      const known = await indexedDB.databases?.();
      if (known && !known.some(({ name }) => name === DATABASE)) return null;
    } catch {
      // Not every browser tells; then opening does.
    }
    return Store.#open(false);
  }

  static async create(): Promise<Store> {
    const store = await Store.#open(true);
    if (!store) throw new VaultError("storage");
    return store;
  }

  static async #open(create: boolean): Promise<Store | null> {
    if (typeof indexedDB === "undefined" || indexedDB === null) throw new VaultError("unavailable");
    let absent = false;
    try {
      const database = await openDB<Schema>(DATABASE, VERSION, {
        upgrade(database, before, _version, transaction) {
          if (before === 0 && !create) {
            absent = true;
            transaction.done.catch(() => undefined);
            transaction.abort();
            return;
          }
          database.createObjectStore("key");
          database.createObjectStore("records", { keyPath: ["kind", "id"] });
        },
        // Another tab deletes everything: this one must not keep it alive.
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      });
      return new Store(database);
    } catch (error) {
      if (absent) return null;
      const found = storageError(error);
      throw found.code === "full" ? found : new VaultError("unavailable", error);
    }
  }

  readKey(): Promise<KeyRecord | undefined> {
    return this.#read((database) => database.get("key", "key"));
  }

  read(kind: RecordKind, id: string): Promise<Sealed | undefined> {
    return this.#read((database) => database.get("records", [kind, id]));
  }

  /** Ids of all records of a kind, in their order. */
  async ids(kind: RecordKind): Promise<string[]> {
    const keys = await this.#read((database) => database.getAllKeys("records", ofKind(kind)));
    return keys.map(([, id]) => id);
  }

  async #read<T>(work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      return await work(this.#database);
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Throws 'full' where the disk is; then nothing was changed. */
  async write({ key, put = [], remove = [] }: Change): Promise<void> {
    try {
      const transaction = this.#database.transaction(["key", "records"], "readwrite", {
        durability: "strict",
      });
      const work: Promise<unknown>[] = [transaction.done];
      try {
        const records = transaction.objectStore("records");
        if (key) work.push(transaction.objectStore("key").put(key, "key"));
        for (const record of put) work.push(records.put(record));
        for (const name of remove) work.push(records.delete(name));
        await Promise.all(work);
      } catch (error) {
        for (const one of work) one.catch(() => undefined); // the first one tells
        const cause = transaction.error ?? error; // a full disk may end the requests as 'aborted'
        abort(transaction);
        throw cause;
      }
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Deletes the database; what it held is gone even while another tab still has it open. */
  async destroy(): Promise<void> {
    try {
      const transaction = this.#database.transaction(["key", "records"], "readwrite");
      await Promise.all([
        transaction.objectStore("key").clear(),
        transaction.objectStore("records").clear(),
        transaction.done,
      ]);
      this.#database.close();
      await deleteDB(DATABASE);
    } catch (error) {
      throw storageError(error);
    }
  }

  close(): void {
    this.#database.close();
  }
}

/** A transaction that a failed request has already ended cannot be aborted again. */
function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    return;
  }
}
