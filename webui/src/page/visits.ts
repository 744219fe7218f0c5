/** Visits that are kept, as the page shows them: off, locked or open, and what can be done then. */
import { batch, computed, effect, signal, untracked } from "@preact/signals";

import type { Encounter } from "../note/types.ts";
import type { AuditEvent, AuditLog } from "../vault/audit.ts";
import { logToCsv } from "../vault/audit.ts";
import { makeBackup, readBackup } from "../vault/backup.ts";
import { storageError, VaultError, type VaultErrorCode } from "../vault/errors.ts";
import { IdleTimer } from "../vault/idle.ts";
import { matches } from "../vault/search.ts";
import {
  DEFAULT_SETTINGS,
  TOOLS,
  Vault,
  vaultExists,
  type Damage,
  type LoggedEvent,
  type Summary,
  type VaultSettings,
  type VaultTools,
} from "../vault/vault.ts";
import type { Drafts, Kept } from "./draft.ts";
import type { Session } from "./session.ts";
import { TabChannel, type TabMessage } from "./tab-channel.ts";
import { inEveryLanguage, texts } from "./texts.ts";

/** 'unknown': not looked yet. */
export type VisitsState = "unknown" | "unavailable" | "insecure" | "off" | "locked" | "open";

/** Whether what stands in the page is stored too. */
export type Saving = "none" | "saving" | "saved" | "failed" | "detached";

/** A visit of the page that is stored, maybe under another id: then it is a copy. */
interface Tracked extends Kept {
  title: string;
  /** What was stored, to tell whether something changed since. */
  content: string;
}

/** A remark in the page, outside the dialog, until it is dismissed. */
export interface VisitsMessage {
  text: string;
  action?: "unlock" | "keep";
}

/** While somebody types without a pause, or a full disk may have room again. */
const SAVE_AT_LATEST_MS = 8000;
const IDLE_LOOK_MS = 2000;
const ACTIVE_EVERY_MS = 10_000;
const STOP_PATIENCE_MS = 3000;
/** Edits of one visit within this time are one entry of the log. */
const EDITS_MS = 600_000;
const MOST_WAITING_EVENTS = 1000;

/** What tests replace. */
export interface VisitsUse {
  /** From the last key press until the visit is stored. */
  saveDelay: number;
  tools: VaultTools;
}

export class Visits {
  readonly state = signal<VisitsState>("unknown");
  /** The dialog is open. */
  readonly shown = signal(false);
  readonly busy = signal(false);
  /** What went wrong with the last request. */
  readonly error = signal<string | null>(null);
  /** What the last request did. */
  readonly done = signal<string | null>(null);
  readonly message = signal<VisitsMessage | null>(null);
  readonly all = signal<Summary[]>([]);
  readonly damaged = signal<Damage[]>([]);
  /** Visits that a clock which may be wrong says to delete. */
  readonly asking = signal<string[]>([]);
  readonly query = signal("");
  readonly settings = signal<VaultSettings>(DEFAULT_SETTINGS);
  readonly log = signal<AuditLog | null>(null);
  readonly logProblems = signal(0);
  readonly saving = signal<Saving>("none");
  readonly savedAt = signal<Date | null>(null);
  /** Id under which the visit in the page is stored. */
  readonly openId = signal<string | null>(null);
  /** What deriving the key took last, in milliseconds. */
  readonly keyMilliseconds = signal<number | null>(null);
  /** Whether the browser promised not to delete what is stored when space is short. */
  readonly persistent = signal<boolean | null>(null);

  readonly found = computed(() => {
    const query = this.query.value.trim();
    const all = this.all.value;
    return query === "" ? all : all.filter(({ id }) => this.#matches(id, query));
  });

  readonly #session: Session;
  #use: VisitsUse = { saveDelay: 1200, tools: TOOLS };
  #drafts: Drafts | null = null;
  #vault: Vault | null = null;
  #channel: TabChannel | null = null;
  #idle = new IdleTimer(DEFAULT_SETTINGS.lockMinutes * 60_000);
  #looking: ReturnType<typeof setInterval> | undefined;
  #toldActive = 0;
  /** Stored visits by the id that the page's visit has. */
  readonly #tracked = new Map<string, Tracked>();
  /** Ids of page visits that another tab deleted. */
  readonly #detached = new Set<string>();
  /** Visits that were taken off the page and could not be stored yet. */
  readonly #waiting = new Map<string, Encounter>();
  /** The page's visit as it was last seen. */
  #latest: Encounter | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitingSince: number | null = null;
  /** One thing is stored after the other. */
  #work: Promise<unknown> = Promise.resolve();
  #events: LoggedEvent[] = [];
  #lastEdit: { visit: string; at: number } | null = null;
  #locking: Promise<void> | null = null;
  /** The visit that stood in the page when it was locked. */
  #reopen: string | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Looks whether visits are kept here, and follows the session from now on. */
  async start(drafts: Drafts, use: Partial<VisitsUse> = {}): Promise<void> {
    this.#use = { ...this.#use, ...use };
    this.#drafts = drafts;
    this.#channel = new TabChannel((message) => void this.#heard(message));
    this.#session.audit = (event, detail) => this.audit(event, detail);
    effect(() => {
      const encounter = this.#session.encounter();
      untracked(() => this.#changed(encounter));
    });
    for (const type of ["pointerdown", "pointermove", "keydown", "input", "wheel"]) {
      addEventListener(type, () => this.#active(), { capture: true, passive: true });
    }
    for (const type of ["visibilitychange", "pageshow", "focus"]) {
      addEventListener(type, () => this.#look(), { capture: true });
    }
    // A tab that is hidden may never be heard of again.
    addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.#flush();
    });
    await this.#find();
  }

  async #find(): Promise<void> {
    try {
      if (!isSecureContext) this.state.value = "insecure";
      else this.state.value = (await vaultExists()) ? "locked" : "off";
      if (this.state.value === "off") this.#drafts?.forgetSealed();
    } catch (error) {
      const { code } = storageError(error);
      this.state.value = code === "insecure" ? "insecure" : "unavailable";
    }
    if (this.state.value === "locked" && this.#drafts?.hasSealed()) {
      this.message.value = { text: texts.visits.sealedDraft, action: "unlock" };
    }
  }

  show(): void {
    batch(() => {
      this.shown.value = true;
      this.error.value = null;
      this.done.value = null;
    });
    if (this.state.value === "unavailable" || this.state.value === "off") void this.#find();
    void navigator.storage
      ?.persisted?.()
      .then((persistent) => (this.persistent.value = persistent))
      .catch(() => undefined);
  }

  close(): void {
    this.shown.value = false;
  }

  dismiss(): void {
    this.message.value = null;
  }

  search(query: string): void {
    this.query.value = query;
  }

  /** The title of the visit in the page. */
  nameCurrent(title: string): void {
    this.#session.title.value = title;
  }

  // --- on, off, locked, open ---

  async turnOn(passphrase: string): Promise<boolean> {
    return this.#request(async () => {
      const begun = performance.now();
      const vault = await Vault.create(passphrase, DEFAULT_SETTINGS, this.#use.tools);
      this.keyMilliseconds.value = performance.now() - begun;
      void this.#askForPersistence(); // the browser may ask the clinician, who may take their time
      await this.#opened(vault);
      this.#channel?.post({ type: "on" });
    });
  }

  async #askForPersistence(): Promise<void> {
    const granted = await navigator.storage?.persist?.().catch(() => false);
    this.persistent.value = granted ?? false;
  }

  async unlock(passphrase: string): Promise<boolean> {
    return this.#request(async () => {
      const begun = performance.now();
      const vault = await Vault.unlock(passphrase, this.#use.tools);
      this.keyMilliseconds.value = performance.now() - begun;
      await this.#opened(vault);
    });
  }

  async #opened(vault: Vault): Promise<void> {
    const settings = await vault.settings();
    const { deleted, asking } = await vault.expire().catch((error: unknown) => {
      if (storageError(error).code === "full") return { deleted: [], asking: [] };
      throw error;
    });
    const { visits, damaged } = await vault.list();
    this.#vault = vault;
    this.#idle = new IdleTimer(settings.lockMinutes * 60_000);
    clearInterval(this.#looking);
    this.#looking = setInterval(() => this.#look(), IDLE_LOOK_MS);
    for (const id of deleted) this.#channel?.post({ type: "deleted", ids: [id] });
    batch(() => {
      this.settings.value = settings;
      this.all.value = visits;
      this.damaged.value = damaged;
      this.asking.value = asking;
      this.message.value = null;
      this.state.value = "open";
      if (deleted.length > 0) this.done.value = texts.visits.expired(deleted.length);
    });
    await this.#bringBack();
    this.#changed(this.#session.encounter());
    void this.#flushEvents();
    void this.#checkLog();
  }

  /** What stood in this tab before a reload or a lock, where nothing new stands there now. */
  async #bringBack(): Promise<void> {
    const draft = await this.#drafts?.openSealed(this.#vault!);
    const reopen = this.#reopen;
    this.#reopen = null;
    if (draft) {
      const { kept, encounter } = draft;
      if (kept) this.#tracked.set(encounter.id, { ...kept, title: encounter.title, content: "" });
      if (isEmpty(this.#session.encounter())) this.#session.restore(encounter);
      else await this.#save(encounter);
    } else if (reopen !== null && isEmpty(this.#session.encounter())) {
      if (this.all.value.some(({ id }) => id === reopen)) await this.#show(reopen);
    }
    this.#drafts?.sealWith(this.#vault, (id) => this.#keptOf(id));
  }

  /** Stores what is not stored yet, then forgets the key and clears the page. */
  lock(why: "asked" | "idle" | "elsewhere" = "asked"): Promise<void> {
    this.#locking ??= this.#lock(why).finally(() => {
      this.#locking = null;
    });
    return this.#locking;
  }

  async #lock(why: "asked" | "idle" | "elsewhere"): Promise<void> {
    const vault = this.#vault;
    if (!vault) return;
    await this.#stopWriting();
    const stored = await this.#flush();
    if (this.#vault !== vault) return;
    const encounter = this.#session.encounter();
    const cleared = stored && !this.#detached.has(encounter.id);
    const kept = this.#keptOf(encounter.id);
    this.#reopen = cleared && kept && !isEmpty(encounter) ? kept.id : null;
    this.#forget();
    if (kept && !cleared) this.#tracked.set(encounter.id, { ...kept, title: "", content: "" });
    batch(() => {
      this.state.value = "locked";
      if (cleared) this.#session.clear();
      const text = cleared ? texts.visits.locked[why] : texts.visits.lockedUnsaved;
      this.message.value = { text, action: "unlock" };
    });
    if (!cleared) this.#drafts?.refresh();
    if (why !== "elsewhere") this.#channel?.post({ type: "locked" });
  }

  /** A note that is being written ends, so that what stands there can be stored. */
  async #stopWriting(): Promise<void> {
    const { busy } = this.#session;
    if (!busy.value) return;
    this.#session.stop();
    const until = performance.now() + STOP_PATIENCE_MS;
    while (busy.value && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Drops the key and everything that was decrypted with it. */
  #forget(): void {
    this.#vault?.lock();
    this.#vault = null;
    this.#latest = null;
    for (const id of this.#tracked.keys()) if (!this.#waiting.has(id)) this.#tracked.delete(id);
    clearTimeout(this.#timer);
    clearInterval(this.#looking);
    this.#drafts?.sealWith(null);
    batch(() => {
      this.all.value = [];
      this.damaged.value = [];
      this.asking.value = [];
      this.query.value = "";
      this.log.value = null;
      this.logProblems.value = 0;
      this.openId.value = null;
      this.saving.value = "none";
      this.savedAt.value = null;
    });
  }

  /** Deletes all that is stored; what stands in the page stays there. */
  async turnOff(): Promise<boolean> {
    return this.#request(async () => {
      this.#forget();
      await Vault.destroy();
      this.#events = [];
      this.#reopen = null;
      this.#drafts?.refresh();
      this.state.value = "off";
      this.message.value = null;
      this.#channel?.post({ type: "off" });
      this.done.value = texts.visits.off.done;
    });
  }

  async changePassphrase(present: string, next: string): Promise<boolean> {
    return this.#request(async (vault) => {
      await vault.changePassphrase(present, next);
      this.done.value = texts.visits.settings.passphraseChanged;
    });
  }

  async change(settings: VaultSettings): Promise<boolean> {
    return this.#request(async (vault) => {
      await vault.setSettings(settings);
      await this.#takeSettings(vault);
      this.#channel?.post({ type: "settings" });
      await this.#expire(vault);
      this.done.value = texts.visits.settings.saved;
    });
  }

  async #takeSettings(vault: Vault): Promise<void> {
    const settings = await vault.settings();
    this.settings.value = settings;
    this.#idle.limit = settings.lockMinutes * 60_000;
  }

  async #expire(vault: Vault): Promise<void> {
    const { deleted, asking } = await vault.expire();
    this.asking.value = asking;
    if (deleted.length === 0) return;
    this.#gone(deleted);
    this.#channel?.post({ type: "deleted", ids: deleted });
  }

  // --- the list ---

  #matches(id: string, query: string): boolean {
    return this.#vault !== null && matches(this.#vault.text(id), query);
  }

  /** A new visit; the one before is stored first. */
  async begin(): Promise<boolean> {
    return this.#request(async () => {
      if (!(await this.#flush())) return this.#explainFailure();
      this.#session.clear();
      this.close();
    });
  }

  async open(id: string): Promise<boolean> {
    return this.#request(async () => {
      if (!(await this.#flush())) return this.#explainFailure();
      await this.#show(id);
      this.close();
    });
  }

  async #show(id: string): Promise<void> {
    const vault = this.#vault;
    if (!vault) return;
    const { encounter, revision } = await vault.open(id, [{ event: "opened", visit: id }]);
    this.#detached.delete(id);
    this.#tracked.set(id, {
      id,
      revision,
      title: encounter.title,
      content: contentOf(encounter),
    });
    this.#session.restore(encounter);
    batch(() => {
      this.openId.value = id;
      this.saving.value = "saved";
      this.savedAt.value = null;
    });
  }

  async rename(id: string, title: string): Promise<boolean> {
    return this.#request(async (vault) => {
      if (id === this.openId.value) {
        this.#session.title.value = title;
        await this.#flush();
      } else {
        await vault.rename(id, title);
        await this.#refresh([id]);
        this.#channel?.post({ type: "changed", id, revision: null });
      }
    });
  }

  async remove(ids: readonly string[]): Promise<boolean> {
    return this.#request(async (vault) => {
      await this.#work;
      await vault.remove(ids);
      if (this.openId.value !== null && ids.includes(this.openId.value)) {
        this.#clearDeleted(ids);
      } else this.#untrack(ids);
      this.#gone(ids);
      this.#channel?.post({ type: "deleted", ids: [...ids] });
      this.done.value = texts.visits.deleted(ids.length);
    });
  }

  async keepLonger(): Promise<boolean> {
    return this.#request(async (vault) => {
      await vault.keepLonger(this.asking.value);
      this.asking.value = [];
    });
  }

  #gone(ids: readonly string[]): void {
    batch(() => {
      this.all.value = this.all.value.filter(({ id }) => !ids.includes(id));
      this.damaged.value = this.damaged.value.filter(({ id }) => id === null || !ids.includes(id));
      this.asking.value = this.asking.value.filter((id) => !ids.includes(id));
    });
  }

  async #refresh(ids: readonly string[]): Promise<void> {
    const vault = this.#vault;
    if (!vault) return;
    const { visits, damaged } = await vault.list(ids);
    if (this.#vault !== vault) return;
    const others = this.all.value.filter(({ id }) => !ids.includes(id));
    batch(() => {
      this.all.value = [...visits, ...others].sort((a, b) => b.updated.localeCompare(a.updated));
      const still = this.damaged.value.filter(({ id }) => id === null || !ids.includes(id));
      this.damaged.value = [...still, ...damaged.filter(({ id }) => id !== null)];
    });
  }

  // --- files ---

  /** The text of a backup file; null where it cannot be made. */
  async backup(): Promise<string | null> {
    let text: string | null = null;
    await this.#request(async (vault) => {
      await this.#flush();
      text = await makeBackup(vault);
      await vault.record([{ event: "backup", detail: texts.visits.files.encrypted }]);
    });
    return text;
  }

  /** All visits as plain JSON. */
  async plain(): Promise<string | null> {
    let text: string | null = null;
    await this.#request(async (vault) => {
      await this.#flush();
      const { visits } = await vault.everything();
      text = JSON.stringify(
        visits.map(({ encounter }) => encounter),
        null,
        1,
      );
      await vault.record([{ event: "backup", detail: texts.visits.files.plainDetail }]);
    });
    return text;
  }

  async importBackup(text: string, passphrase: string): Promise<boolean> {
    return this.#request(async (vault) => {
      const { encounters, damaged } = await readBackup(text, passphrase);
      const { added, same } = await vault.take(encounters);
      const { visits, damaged: here } = await vault.list();
      batch(() => {
        this.all.value = visits;
        this.damaged.value = here;
        this.done.value = texts.visits.files.imported(added, same, damaged);
      });
    });
  }

  async logCsv(): Promise<string | null> {
    await this.readLog();
    return this.log.value && logToCsv(this.log.value.entries);
  }

  async readLog(): Promise<boolean> {
    return this.#request(async (vault) => {
      await this.#flushEvents();
      const log = await vault.log();
      batch(() => {
        this.log.value = log;
        this.logProblems.value = log.problems.length;
      });
    });
  }

  async #checkLog(): Promise<void> {
    const log = await this.#vault?.log().catch(() => null);
    if (log && this.#vault) this.logProblems.value = log.problems.length;
  }

  // --- the log ---

  audit(event: AuditEvent, detail?: string): void {
    if (this.state.value !== "open" && this.state.value !== "locked") return;
    const own = untracked(() => this.#session.encounter().id);
    const visit = this.#keptOf(own)?.id ?? own;
    if (event === "edited") {
      const now = performance.now();
      const last = this.#lastEdit;
      if (last?.visit === visit && now - last.at < EDITS_MS) return;
      this.#lastEdit = { visit, at: now };
    } else this.#lastEdit = null;
    const at = new Date().toISOString();
    if (this.#events.length < MOST_WAITING_EVENTS) {
      this.#events.push({ event, visit, detail: detail ?? null, at });
    }
    void this.#flushEvents();
  }

  #flushEvents(): Promise<void> {
    return this.#inTurn(async () => {
      const events = this.#events;
      if (!this.#vault || events.length === 0) return;
      this.#events = [];
      try {
        await this.#vault.record(events);
      } catch (error) {
        this.#events = [...events, ...this.#events];
        this.#failed(error);
      }
    });
  }

  // --- storing the page's visit ---

  #keptOf(own: string): Kept | null {
    const tracked = this.#tracked.get(own);
    return tracked ? { id: tracked.id, revision: tracked.revision } : null;
  }

  #untrack(stored: readonly string[]): void {
    for (const [own, { id }] of this.#tracked) if (stored.includes(id)) this.#tracked.delete(own);
  }

  /** Takes a deleted visit off the page, without storing it as one that was left. */
  #clearDeleted(ids: readonly string[]): void {
    this.#untrack(ids);
    this.#latest = null;
    this.#session.clear();
  }

  #changed(encounter: Encounter): void {
    const before = this.#latest;
    this.#latest = encounter;
    this.#idle.touch();
    if (!this.#vault) return;
    if (before && before.id !== encounter.id) {
      void this.#leave(before);
      batch(() => {
        this.openId.value = this.#keptOf(encounter.id)?.id ?? null;
        this.saving.value = this.openId.value === null ? "none" : "saved";
        this.savedAt.value = null;
      });
    }
    if (!this.#isDirty(encounter)) {
      if (this.saving.value === "saving" && this.openId.value !== null) this.saving.value = "saved";
      return;
    }
    this.saving.value = this.#detached.has(encounter.id) ? "detached" : "saving";
    this.#soon();
  }

  /** A visit that stands in the page no more is stored; where that fails it waits in this tab. */
  async #leave(encounter: Encounter): Promise<void> {
    if (await this.#save(encounter)) this.#left(encounter.id);
    else if (!this.#detached.has(encounter.id)) this.#waiting.set(encounter.id, encounter);
  }

  /** Nothing of it is needed any more, unless it stands in the page again. */
  #left(own: string): void {
    if (this.#session.encounter().id !== own) this.#tracked.delete(own);
  }

  #isDirty(encounter: Encounter): boolean {
    const tracked = this.#tracked.get(encounter.id);
    if (!tracked) return !isEmpty(encounter);
    return tracked.content !== contentOf(encounter) || tracked.title !== encounter.title;
  }

  #soon(): void {
    const now = performance.now();
    this.#waitingSince ??= now;
    const delay = Math.min(this.#use.saveDelay, this.#waitingSince + SAVE_AT_LATEST_MS - now);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#flush(), Math.max(0, delay));
  }

  /** Stores the page's visit as it stands; false where that failed. */
  async #flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#waitingSince = null;
    if (!this.#vault) return true;
    for (const [id, encounter] of [...this.#waiting]) {
      if (!(await this.#save(encounter))) return false;
      this.#waiting.delete(id);
      this.#left(id);
    }
    return this.#save(this.#session.encounter());
  }

  #save(encounter: Encounter): Promise<boolean> {
    return this.#inTurn(async () => {
      if (!this.#vault || !this.#isDirty(encounter)) return true;
      if (this.#detached.has(encounter.id)) return false;
      try {
        await this.#store(this.#vault, encounter);
        return true;
      } catch (error) {
        this.#failed(error, encounter);
        return false;
      }
    });
  }

  async #store(vault: Vault, encounter: Encounter): Promise<void> {
    const tracked = this.#tracked.get(encounter.id);
    const id = tracked?.id ?? encounter.id;
    const content = contentOf(encounter);
    if (tracked && tracked.title !== encounter.title && tracked.content === content) {
      await vault.rename(id, encounter.title);
      tracked.title = encounter.title;
      return this.#stored(vault, encounter, { ...tracked });
    }
    const result = await vault.save({ ...encounter, id }, tracked?.revision ?? null);
    if (result.kind === "deleted") return this.#detach(encounter.id);
    if (result.kind === "changed") return this.#storeCopy(vault, encounter, id);
    if (tracked && tracked.title !== encounter.title) await vault.rename(id, encounter.title);
    const { revision } = result;
    await this.#stored(vault, encounter, { id, revision, title: encounter.title, content });
  }

  /** Another tab stored something else: both are kept. */
  async #storeCopy(vault: Vault, encounter: Encounter, stored: string): Promise<void> {
    const content = contentOf(encounter);
    const there = await vault.open(stored).catch(() => null);
    if (there && contentOf(there.encounter) === content) {
      const { title } = there.encounter;
      const same = { id: stored, revision: there.revision, title, content };
      return this.#stored(vault, encounter, same);
    }
    const id = crypto.randomUUID();
    const title = texts.visits.copyOf(encounter.title);
    const result = await vault.save({ ...encounter, id, title }, null, [
      { event: "copied", visit: id },
    ]);
    if (result.kind !== "saved") throw new VaultError("storage");
    const isShown = this.#session.encounter().id === encounter.id;
    await this.#stored(vault, encounter, { id, revision: result.revision, title, content });
    this.message.value = { text: texts.visits.copied(title) };
    if (isShown) this.#session.title.value = title;
  }

  async #stored(vault: Vault, encounter: Encounter, tracked: Tracked): Promise<void> {
    this.#tracked.set(encounter.id, tracked);
    this.#drafts?.refresh();
    this.#channel?.post({ type: "changed", id: tracked.id, revision: tracked.revision });
    await this.#refresh([tracked.id]);
    const now = this.#session.encounter();
    if (this.#vault !== vault || now.id !== encounter.id) return;
    batch(() => {
      this.openId.value = tracked.id;
      this.saving.value = this.#isDirty(now) ? "saving" : "saved";
      this.savedAt.value = new Date();
      if (this.#isSolved(this.message.value?.text)) this.message.value = null;
    });
  }

  #isSolved(text: string | undefined): boolean {
    const is = (pick: (all: typeof texts) => string): boolean =>
      text !== undefined && inEveryLanguage(pick).includes(text);
    if (is(({ visits }) => visits.leftUnsaved)) return this.#waiting.size === 0;
    return is(({ visits }) => visits.errors.full) || is(({ visits }) => visits.errors.storage);
  }

  #detach(own: string): void {
    this.#detached.add(own);
    this.#tracked.delete(own);
    this.#drafts?.refresh();
    batch(() => {
      this.openId.value = null;
      this.saving.value = "detached";
      this.message.value = { text: texts.visits.detached, action: "keep" };
    });
  }

  /** A visit that was deleted in another tab is stored again, as a new one. */
  async keepDetached(): Promise<void> {
    const encounter = this.#session.encounter();
    this.message.value = null;
    if (!this.#detached.delete(encounter.id)) return;
    this.#latest = null;
    this.#session.restore({ ...encounter, id: crypto.randomUUID() });
    await this.#flush();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  // --- idleness and other tabs ---

  #active(): void {
    if (!this.#vault) return;
    this.#idle.touch();
    this.#look();
    const now = performance.now();
    if (now - this.#toldActive < ACTIVE_EVERY_MS) return;
    this.#toldActive = now;
    this.#channel?.post({ type: "active" });
  }

  #look(): void {
    if (!this.#vault) return;
    if (this.#session.busy.value) this.#idle.touch();
    if (this.#idle.over) void this.lock("idle");
  }

  async #heard(message: TabMessage): Promise<void> {
    switch (message.type) {
      case "on":
        if (this.state.value === "off") this.state.value = "locked";
        return;
      case "off":
        return this.#turnedOff();
      case "locked":
        return this.lock("elsewhere");
      case "active":
        return this.#idle.touch();
      case "settings":
        if (this.#vault) await this.#takeSettings(this.#vault).catch(() => undefined);
        return;
      case "changed":
        return this.#inTurn(() => this.#changedElsewhere(message.id)).catch(() => undefined);
      case "deleted":
        return this.#inTurn(() => Promise.resolve(this.#deletedElsewhere(message.ids)));
    }
  }

  /** The page follows a visit that was changed in another tab, unless it was changed here too. */
  async #changedElsewhere(id: string): Promise<void> {
    const vault = this.#vault;
    if (!vault) return;
    await this.#refresh([id]);
    const own = this.#session.encounter();
    const tracked = this.#tracked.get(own.id);
    const summary = this.all.value.find((visit) => visit.id === id);
    if (!summary || tracked?.id !== id || this.#session.busy.value || this.#isDirty(own)) return;
    if (summary.revision === tracked.revision && summary.title === tracked.title) return;
    const { encounter, revision } = await vault.open(id);
    const now = this.#session.encounter();
    if (now.id !== own.id || this.#isDirty(now)) return;
    const title = encounter.title;
    this.#tracked.set(own.id, { id, revision, title, content: contentOf(encounter) });
    if (summary.revision === tracked.revision) this.#session.title.value = title;
    else this.#session.restore({ ...encounter, id: own.id });
  }

  #deletedElsewhere(ids: readonly string[]): void {
    this.#gone(ids);
    const own = this.#session.encounter();
    const tracked = this.#tracked.get(own.id);
    if (!tracked || !ids.includes(tracked.id)) return this.#untrack(ids);
    if (this.#isDirty(own)) return this.#detach(own.id);
    this.#clearDeleted(ids);
    this.message.value = { text: texts.visits.deletedElsewhere };
  }

  #turnedOff(): void {
    if (this.state.value === "off") return;
    this.#forget();
    this.#drafts?.refresh();
    this.#events = [];
    batch(() => {
      this.state.value = "off";
      this.message.value = { text: texts.visits.off.elsewhere };
    });
  }

  // --- what goes wrong ---

  /** Runs what the clinician asked for; false where it went wrong, which is told. */
  async #request(work: (vault: Vault) => Promise<void>): Promise<boolean> {
    batch(() => {
      this.busy.value = true;
      this.error.value = null;
      this.done.value = null;
    });
    try {
      await work(this.#vault!);
      return this.error.value === null;
    } catch (error) {
      this.#failed(error);
      return false;
    } finally {
      this.busy.value = false;
    }
  }

  #failed(error: unknown, encounter?: Encounter): void {
    const { code } = storageError(error);
    if (code === "off") return this.#turnedOff();
    if (code === "locked") return;
    const sentence = this.#sentence(code);
    batch(() => {
      if (this.shown.value || !encounter) this.error.value = sentence;
      if (!encounter) return;
      const shown = encounter.id === this.#session.encounter().id;
      if (shown) this.saving.value = "failed";
      this.message.value = { text: shown ? sentence : texts.visits.leftUnsaved };
    });
    if (encounter && this.#vault) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#flush(), SAVE_AT_LATEST_MS);
    }
  }

  #explainFailure(): void {
    this.error.value ??= this.#sentence(this.saving.value === "detached" ? "missing" : "full");
  }

  #sentence(code: VaultErrorCode): string {
    return texts.visits.errors[code];
  }
}

/** What is compared to tell whether a visit changed; its title is kept beside it. */
function contentOf(encounter: Encounter): string {
  return JSON.stringify({ ...encounter, id: "", created: "", title: "" });
}

function isEmpty({ title, transcript, note }: Encounter): boolean {
  return title === "" && transcript.trim() === "" && note === null;
}
