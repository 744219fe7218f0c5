/**
 * Visits that the clinician chose to keep, encrypted. Everything that is stored is a sealed record:
 * visits, the audit log's entries, and one index that lists both and holds the settings. The index
 * names the revision of every visit, so that a record put back from an earlier day is noticed too;
 * only the whole database put back as it once was cannot be told from within.
 *
 * Tabs take turns by a Web Lock, and every change is one transaction.
 */
import type { Encounter } from "../note/types.ts";
import { newClock, tick, type AgeClock } from "./age-clock.ts";
import {
  entryId,
  nextEntry,
  NO_ENTRIES,
  verifyLog,
  type AuditEntry,
  type AuditEvent,
  type AuditHead,
  type AuditLog,
  type VaultEvent,
} from "./audit.ts";
import {
  createKey,
  openKey,
  PBKDF2_ITERATIONS,
  rewrapKey,
  seal,
  unseal,
  type KeyRecord,
  type OpenKey,
  type RecordKind,
  type Sealed,
} from "./crypto.ts";
import { VaultError } from "./errors.ts";
import { searchable } from "./search.ts";
import { DATABASE, Store } from "./store.ts";

const LOCK = DATABASE;
const INDEX = "index";
const DAY_MS = 86_400_000;
/** A clock that jumped ahead so far beyond the term may be wrong: then deletion is asked about. */
const JUMP_MS = 90 * DAY_MS;

export interface VaultSettings {
  /** Minutes without use until the visits are locked. */
  lockMinutes: number;
  /** Days after its last change at which a visit is deleted; null: never. */
  keepDays: number | null;
}

export const DEFAULT_SETTINGS: VaultSettings = { lockMinutes: 10, keepDays: null };

interface IndexEntry {
  title: string;
  /** ISO 8601, UTC. */
  created: string;
  /** ISO 8601, UTC. */
  updated: string;
  revision: number;
  signed: boolean;
  /** The index's age clock at the last change. */
  age: number;
}

interface Index {
  visits: Record<string, IndexEntry>;
  audit: AuditHead;
  clock: AgeClock;
  settings: VaultSettings;
  /** Visits that are due for deletion by a clock that may be wrong. */
  asking: string[];
}

/** What the list shows of a visit. */
export interface Summary extends Omit<IndexEntry, "age"> {
  id: string;
  /** How the transcript begins, for a visit without a title. */
  begins: string;
  hasNote: boolean;
}

/** A record that cannot be trusted, so it is not used. */
export interface Damage {
  /** Id of the visit; null: the list itself. */
  id: string | null;
  /** Title and creation as the index has them. */
  title: string | null;
  created: string | null;
  /** 'replaced': an older state stands there; 'returned': it was deleted here before. */
  kind: "altered" | "missing" | "replaced" | "returned";
}

export type SaveResult =
  | { kind: "saved"; revision: number }
  /** Nothing was written: another tab has changed or deleted the visit meanwhile. */
  | { kind: "changed" }
  | { kind: "deleted" };

export interface OpenVisit {
  encounter: Encounter;
  revision: number;
}

/** An entry for the audit log. */
export interface LoggedEvent {
  event: AuditEvent | VaultEvent;
  visit?: string | null;
  detail?: string | null;
  /** When it was, ISO 8601, UTC; now where it is not given. */
  at?: string;
}

/** What a change does besides what it did to the index. */
interface Draft<T> {
  result: T;
  put?: Sealed[];
  remove?: [RecordKind, string][];
  events?: LoggedEvent[];
}

export interface VaultTools {
  now(): number;
  iterations: number;
}

export const TOOLS: VaultTools = { now: () => Date.now(), iterations: PBKDF2_ITERATIONS };

/** Whether visits are kept in this browser, without opening anything. */
export async function vaultExists(): Promise<boolean> {
  if (!isUsable()) return false;
  const store = await Store.find();
  const key = await store?.readKey();
  store?.close();
  return key !== undefined;
}

function isUsable(): boolean {
  return typeof crypto !== "undefined" && "subtle" in crypto && "locks" in navigator;
}

/** An unlocked vault; `lock` ends it. */
export class Vault {
  readonly #store: Store;
  readonly #tools: VaultTools;
  #key: OpenKey | null;
  /** What a search looks at, by visit. */
  readonly #texts = new Map<string, string>();
  /** The index could not be read and was made anew. */
  #repaired = false;

  private constructor(store: Store, key: OpenKey, tools: VaultTools) {
    this.#store = store;
    this.#key = key;
    this.#tools = tools;
  }

  /** Turns keeping on. Throws where something is stored already. */
  static async create(
    passphrase: string,
    settings: VaultSettings = DEFAULT_SETTINGS,
    tools = TOOLS,
  ): Promise<Vault> {
    if (!isUsable()) throw new VaultError("insecure");
    const store = await Store.create();
    const { open, record } = await createKey(passphrase, tools.iterations);
    const vault = new Vault(store, open, tools);
    await navigator.locks.request(LOCK, async () => {
      if (await store.readKey()) throw new VaultError("storage");
      const index: Index = {
        visits: {},
        audit: NO_ENTRIES,
        clock: newClock(tools.now()),
        settings,
        asking: [],
      };
      const entries = await vault.#append(index, [{ event: "created" }]);
      const put = [...entries, await vault.#sealIndex(index, 1)];
      await store.write({ key: record, put });
    });
    return vault;
  }

  /** Throws 'off', 'wrong-passphrase' or 'key-damaged'. */
  static async unlock(passphrase: string, tools = TOOLS): Promise<Vault> {
    if (!isUsable()) throw new VaultError("insecure");
    const store = await Store.find();
    const record = await store?.readKey();
    if (!store || !record) {
      store?.close();
      throw new VaultError("off");
    }
    try {
      const vault = new Vault(store, await openKey(record, passphrase), tools);
      if (record.iterations < tools.iterations)
        await vault.changePassphrase(passphrase, passphrase);
      await vault.record([{ event: "unlocked" }]).catch(ignoreFullDisk);
      return vault;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** Deletes all that is stored, key and log included; needs no passphrase. */
  static async destroy(): Promise<void> {
    const store = await Store.find();
    await store?.destroy();
  }

  get locked(): boolean {
    return this.#key === null;
  }

  /** Drops the key and all that was decrypted. */
  lock(): void {
    this.#key = null;
    this.#texts.clear();
    this.#store.close();
  }

  /** Wraps the same data key anew. Throws 'wrong-passphrase' where the present one is another. */
  async changePassphrase(present: string, next: string): Promise<void> {
    await navigator.locks.request(LOCK, async () => {
      const key = await rewrapKey(await this.#keyRecord(), present, next, this.#tools.iterations);
      await this.#store.write({ key });
    });
    if (present !== next) await this.record([{ event: "passphrase" }]);
  }

  /**
   * All visits, newest first, and what is damaged. Where ids are given, only those are read again.
   */
  async list(only?: readonly string[]): Promise<{ visits: Summary[]; damaged: Damage[] }> {
    return this.#reading(async () => {
      const { index } = await this.#index();
      const visits: Summary[] = [];
      const damaged: Damage[] = this.#repaired
        ? [{ id: null, title: null, created: null, kind: "altered" }]
        : [];
      const known = Object.entries(index.visits).filter(([id]) => !only || only.includes(id));
      for (const [id, entry] of known) {
        const { title, created, updated, revision, signed } = entry;
        const record = await this.#store.read("visit", id);
        const read = await this.#openRecord(record, entry);
        if (typeof read === "string") {
          this.#texts.delete(id);
          damaged.push({ id, title, created, kind: read });
          continue;
        }
        const encounter = { ...read, title };
        this.#texts.set(id, searchable(encounter));
        const begins = beginning(encounter.transcript);
        const hasNote = encounter.note !== null;
        visits.push({ id, title, created, updated, revision, signed, begins, hasNote });
      }
      const stored = only ?? (await this.#store.ids("visit"));
      for (const id of stored) {
        if (id in index.visits) continue;
        this.#texts.delete(id);
        if (!only) damaged.push({ id, title: null, created: null, kind: "returned" });
      }
      visits.sort((a, b) => (a.updated < b.updated ? 1 : a.updated > b.updated ? -1 : 0));
      return { visits, damaged };
    });
  }

  /** Folded title, transcript and note of a visit that `list` has read. */
  text(id: string): string {
    return this.#texts.get(id) ?? "";
  }

  /** Throws 'missing' or 'damaged'. */
  async open(id: string, events: LoggedEvent[] = []): Promise<OpenVisit> {
    const visit = await this.#reading(async () => {
      const { index } = await this.#index();
      const entry = index.visits[id];
      if (!entry) throw new VaultError("missing");
      const read = await this.#openRecord(await this.#store.read("visit", id), entry);
      if (typeof read === "string") throw new VaultError("damaged");
      return { encounter: { ...read, title: entry.title }, revision: entry.revision };
    });
    if (events.length > 0) await this.record(events).catch(ignoreFullDisk);
    return visit;
  }

  async #openRecord(
    record: Sealed | undefined,
    { revision }: IndexEntry,
  ): Promise<Encounter | Exclude<Damage["kind"], "returned">> {
    if (!record) return "missing";
    try {
      const encounter = await unseal<Encounter>(this.#opened, record);
      return record.revision === revision ? encounter : "replaced";
    } catch (error) {
      if (error instanceof VaultError && error.code === "damaged") return "altered";
      throw error;
    }
  }

  /**
   * Stores a visit. `known` is the revision that the caller has seen last, null for a new visit; where
   * another one is stored, nothing is written. The title of a stored visit is changed by `rename`.
   */
  async save(
    encounter: Encounter,
    known: number | null,
    events: LoggedEvent[] = [],
  ): Promise<SaveResult> {
    return this.#change<SaveResult>(async (index) => {
      const entry = index.visits[encounter.id];
      if (known !== null && !entry) return { result: { kind: "deleted" } };
      if (entry && entry.revision !== known) return { result: { kind: "changed" } };
      const revision = await this.#nextRevision(encounter.id, entry);
      const title = entry?.title ?? encounter.title;
      const put = [await this.seal("visit", encounter.id, revision, { ...encounter, title })];
      index.visits[encounter.id] = { ...this.#entry(index, encounter, revision), title };
      const first: LoggedEvent[] = entry ? [] : [{ event: "saved", visit: encounter.id }];
      return { result: { kind: "saved", revision }, put, events: [...first, ...events] };
    });
  }

  /** Never one that a stored record already has, so that an earlier state cannot pass for this one. */
  async #nextRevision(id: string, entry: IndexEntry | undefined): Promise<number> {
    const stored = (await this.#store.read("visit", id))?.revision;
    const last = Math.max(entry?.revision ?? 0, Number.isSafeInteger(stored) ? stored! : 0);
    return last + 1;
  }

  async rename(id: string, title: string): Promise<void> {
    await this.#change((index) => {
      const entry = index.visits[id];
      if (!entry) throw new VaultError("missing");
      if (entry.title === title) return { result: undefined };
      entry.title = title;
      return { result: undefined, events: [{ event: "renamed", visit: id }] };
    });
    await this.list([id]);
  }

  /** Deletes visits, damaged ones too. */
  async remove(ids: readonly string[], event: "deleted" | "expired" = "deleted"): Promise<void> {
    await this.#change((index) => {
      for (const id of ids) {
        delete index.visits[id];
        this.#texts.delete(id);
      }
      index.asking = index.asking.filter((id) => !ids.includes(id));
      const remove = ids.map((id): [RecordKind, string] => ["visit", id]);
      return { result: undefined, remove, events: ids.map((visit) => ({ event, visit })) };
    });
  }

  /**
   * Deletes what is older than the settings allow. `asking`: visits that are due only because the
   * clock jumped far ahead, so that it may be wrong; they stay until the clinician has decided.
   */
  async expire(): Promise<{ deleted: string[]; asking: string[] }> {
    const due = await this.#change((index) => ({ result: { ids: dueOf(index), ...index } }));
    const asking = due.ids.filter((id) => due.asking.includes(id));
    const deleted = due.ids.filter((id) => !due.asking.includes(id));
    if (deleted.length > 0) await this.remove(deleted, "expired");
    return { deleted, asking };
  }

  /** Visits that were asked about stay for another term. */
  async keepLonger(ids: readonly string[]): Promise<void> {
    await this.#change((index) => {
      for (const id of ids) if (index.visits[id]) index.visits[id].age = index.clock.age;
      index.asking = index.asking.filter((id) => !ids.includes(id));
      return { result: undefined };
    });
  }

  async settings(): Promise<VaultSettings> {
    return this.#reading(async () => (await this.#index()).index.settings);
  }

  async setSettings(settings: VaultSettings): Promise<void> {
    await this.#change((index) => {
      index.settings = settings;
      const { lockMinutes, keepDays } = settings;
      const detail = `lock after ${lockMinutes} min, keep ${keepDays ?? "without end"} days`;
      return { result: undefined, events: [{ event: "settings", detail }] };
    });
  }

  /** Adds to the audit log. */
  async record(events: readonly LoggedEvent[]): Promise<void> {
    await this.#change(() => ({ result: undefined, events: [...events] }));
  }

  /** The whole audit log, checked. */
  async log(): Promise<AuditLog> {
    return this.#reading(async () => {
      const { index } = await this.#index();
      return verifyLog(await this.#entries(), index.audit);
    });
  }

  async #entries(): Promise<{ number: number; entry: AuditEntry | null }[]> {
    const found: { number: number; entry: AuditEntry | null }[] = [];
    for (const id of await this.#store.ids("audit")) {
      const record = await this.#store.read("audit", id);
      const entry = record && (await unseal<AuditEntry>(this.#opened, record).catch(() => null));
      found.push({ number: Number(id), entry: entry ?? null });
    }
    return found;
  }

  /** Encrypts something that is not stored here, such as a backup's records or a tab's draft. */
  seal(kind: RecordKind, id: string, revision: number, value: unknown): Promise<Sealed> {
    return seal(this.#opened, { kind, id, revision }, value);
  }

  unseal<T>(record: Sealed): Promise<T> {
    return unseal<T>(this.#opened, record);
  }

  /** All visits that can be read, with the key record that opens them. */
  async everything(): Promise<{ key: KeyRecord; visits: OpenVisit[] }> {
    return this.#reading(async () => {
      const key = await this.#keyRecord();
      const { index } = await this.#index();
      const visits: OpenVisit[] = [];
      for (const [id, entry] of Object.entries(index.visits)) {
        const read = await this.#openRecord(await this.#store.read("visit", id), entry);
        if (typeof read === "string") continue;
        visits.push({ encounter: { ...read, title: entry.title }, revision: entry.revision });
      }
      return { key, visits };
    });
  }

  /**
   * Takes visits over from a backup, all or none. One that is stored here in another state becomes a
   * copy with a new id.
   */
  async take(encounters: readonly Encounter[]): Promise<{ added: number; same: number }> {
    return this.#change(async (index) => {
      const put: Sealed[] = [];
      const events: LoggedEvent[] = [];
      let same = 0;
      for (const encounter of encounters) {
        let id = encounter.id;
        const entry = index.visits[id];
        if (entry) {
          const stored = await this.#openRecord(await this.#store.read("visit", id), entry);
          const equal = typeof stored !== "string" && sameContent(stored, encounter);
          same += Number(equal);
          if (equal) continue;
          id = crypto.randomUUID();
        }
        const revision = await this.#nextRevision(id, undefined);
        put.push(await this.seal("visit", id, revision, { ...encounter, id }));
        index.visits[id] = this.#entry(index, encounter, revision);
        events.push({ event: "imported", visit: id });
      }
      return { result: { added: put.length, same }, put, events };
    });
  }

  // --- what the above is made of ---

  get #opened(): OpenKey {
    if (!this.#key) throw new VaultError("locked");
    return this.#key;
  }

  #time(): string {
    return new Date(this.#tools.now()).toISOString();
  }

  #entry(index: Index, { title, created, note }: Encounter, revision: number): IndexEntry {
    const signed = Boolean(note?.signature);
    return { title, created, updated: this.#time(), revision, signed, age: index.clock.age };
  }

  #sealIndex(index: Index, revision: number): Promise<Sealed> {
    return this.seal("index", INDEX, revision, index);
  }

  async #reading<T>(work: () => Promise<T>): Promise<T> {
    return navigator.locks.request(LOCK, { mode: "shared" }, work);
  }

  /** Reads the index, lets it be changed, and writes all in one transaction. */
  async #change<T>(work: (index: Index) => Draft<T> | Promise<Draft<T>>): Promise<T> {
    const change = async (): Promise<T> => {
      const { index, revision, rebuilt } = await this.#index();
      const before = index.clock.age;
      index.clock = tick(index.clock, this.#tools.now());
      const { keepDays } = index.settings;
      if (keepDays !== null && index.clock.age - before > keepDays * DAY_MS + JUMP_MS) {
        index.asking = dueOf(index);
      }
      const { result, put = [], remove = [], events = [] } = await work(index);
      const entries = await this.#append(
        index,
        rebuilt ? [{ event: "repaired" }, ...events] : events,
      );
      const sealed = await this.#sealIndex(index, revision + 1);
      await this.#store.write({ put: [...put, ...entries, sealed], remove });
      return result;
    };
    return navigator.locks.request(LOCK, change);
  }

  async #append(index: Index, events: readonly LoggedEvent[]): Promise<Sealed[]> {
    const sealed: Sealed[] = [];
    for (const { event, visit = null, detail = null, at = this.#time() } of events) {
      const entry = await nextEntry(index.audit, { at, event, visit, detail });
      index.audit = { count: entry.number, hash: entry.hash };
      sealed.push(await this.seal("audit", entryId(entry.number), 1, entry));
    }
    return sealed;
  }

  async #index(): Promise<{ index: Index; revision: number; rebuilt: boolean }> {
    await this.#keyRecord();
    const record = await this.#store.read("index", INDEX);
    const revision = Number(record?.revision) || 0;
    try {
      if (record) return { index: await unseal(this.#opened, record), revision, rebuilt: false };
    } catch (error) {
      if (!(error instanceof VaultError && error.code === "damaged")) throw error;
    }
    this.#repaired = true;
    return { index: await this.#rebuiltIndex(), revision, rebuilt: true };
  }

  /** Throws 'off' where another tab has deleted everything, whatever it stored since. */
  async #keyRecord(): Promise<KeyRecord> {
    const record = await this.#store.readKey();
    if (record?.vault !== this.#opened.vault) throw new VaultError("off");
    return record;
  }

  /** The index from the records that can be read; where the log ended can no longer be proved. */
  async #rebuiltIndex(): Promise<Index> {
    const clock = newClock(this.#tools.now());
    const settings = DEFAULT_SETTINGS;
    const index: Index = { visits: {}, audit: NO_ENTRIES, clock, settings, asking: [] };
    for (const id of await this.#store.ids("visit")) {
      const record = (await this.#store.read("visit", id))!;
      const encounter = await unseal<Encounter>(this.#opened, record).catch(() => null);
      const created = encounter?.created ?? this.#time();
      index.visits[id] = {
        title: encounter?.title ?? "",
        created,
        updated: created,
        revision: record.revision,
        signed: Boolean(encounter?.note?.signature),
        age: 0,
      };
    }
    const last = (await this.#entries()).findLast(({ entry }) => entry !== null);
    if (last?.entry) index.audit = { count: last.number, hash: last.entry.hash };
    return index;
  }
}

function dueOf({ visits, clock, settings }: Index): string[] {
  const { keepDays } = settings;
  if (keepDays === null) return [];
  return Object.entries(visits)
    .filter(([, { age }]) => clock.age - age >= keepDays * DAY_MS)
    .map(([id]) => id);
}

const BEGINS_CHARACTERS = 80;

function beginning(transcript: string): string {
  const words = transcript
    .replace(/^\s*\[[^\]]*\]/gm, " ")
    .replace(/\s+/g, " ")
    .trim();
  return words.length <= BEGINS_CHARACTERS ? words : `${words.slice(0, BEGINS_CHARACTERS - 1)}…`;
}

/** Titles aside, which are changed without a new revision. */
function sameContent(a: Encounter, b: Encounter): boolean {
  return JSON.stringify({ ...a, title: "" }) === JSON.stringify({ ...b, title: "" });
}

function ignoreFullDisk(error: unknown): void {
  if (!(error instanceof VaultError && error.code === "full")) throw error;
}
