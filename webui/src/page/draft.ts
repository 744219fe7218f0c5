/**
 * What stands in the tab survives a reload and a crash, in the tab's own storage, which ends with the
 * tab. The browser may write that storage to disk; so while kept visits are unlocked, the draft is
 * encrypted like them, and a reload asks for the passphrase before it shows the visit again.
 */
import { effect, untracked } from "@preact/signals";

import type { Encounter } from "../note/types.ts";
import { isEncounter } from "../vault/backup.ts";
import { fromBase64, toBase64 } from "../vault/bytes.ts";
import type { Sealed } from "../vault/crypto.ts";
import type { Vault } from "../vault/vault.ts";
import type { Session } from "./session.ts";

/** As it was typed; the rest of the visit; both of them, encrypted. */
const TRANSCRIPT = "draft-transcript";
const VISIT = "draft-visit";
const SEALED = "draft-sealed";

/** Under which id and revision a visit of the page is stored. */
export interface Kept {
  id: string;
  revision: number;
}

export interface SealedDraft {
  encounter: Encounter;
  kept: Kept | null;
}

type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class Drafts {
  readonly #storage: TabStorage | null;
  #session: Session | null = null;
  #vault: Vault | null = null;
  #keptOf: (id: string) => Kept | null = () => null;
  #sealing = false;
  #waiting = false;

  constructor(storage: TabStorage | null = tabStorage()) {
    this.#storage = storage;
  }

  /** Brings back what stood here, unless something was typed already, and keeps what comes. */
  follow(session: Session, typed = ""): void {
    this.#session = session;
    const transcript = typed || this.#get(TRANSCRIPT);
    const visit = this.#visit();
    if (visit) session.restore({ ...visit, transcript });
    session.type(transcript);
    effect(() => {
      session.encounter();
      untracked(() => this.refresh());
    });
  }

  #visit(): Encounter | null {
    try {
      const visit = { ...(JSON.parse(this.#get(VISIT)) as object), transcript: "" };
      return isEncounter(visit) ? visit : null;
    } catch {
      return null;
    }
  }

  saveTranscript(transcript: string): void {
    if (!this.#vault) this.#set(TRANSCRIPT, transcript);
  }

  /** Writes the draft anew. */
  refresh(): void {
    const session = this.#session;
    if (!session) return;
    if (this.#vault) return void this.#seal();
    const { transcript, ...visit } = session.encounter();
    const empty = transcript.trim() === "" && visit.note === null && visit.title === "";
    this.#set(TRANSCRIPT, session.transcript.value);
    this.#set(VISIT, empty ? "" : JSON.stringify(visit));
  }

  /** From now on the draft is encrypted for this vault; with null, plain again. */
  sealWith(vault: Vault | null, keptOf: (id: string) => Kept | null = () => null): void {
    this.#vault = vault;
    this.#keptOf = keptOf;
    if (vault) void this.#seal();
    else this.forgetSealed();
  }

  /** One at a time, and the newest state last. */
  async #seal(): Promise<void> {
    this.#waiting = true;
    if (this.#sealing) return;
    this.#sealing = true;
    try {
      while (this.#waiting && this.#vault) {
        this.#waiting = false;
        await this.#sealOnce(this.#vault);
      }
    } catch {
      // Locked meanwhile: the visit is stored by then.
    } finally {
      this.#sealing = false;
    }
  }

  async #sealOnce(vault: Vault): Promise<void> {
    const session = this.#session!;
    const encounter = { ...session.encounter(), transcript: session.transcript.value };
    const { title, transcript, note } = encounter;
    let text = "";
    if (transcript.trim() !== "" || note !== null || title !== "") {
      const draft: SealedDraft = { encounter, kept: this.#keptOf(encounter.id) };
      const { iv, data, ...name } = await vault.seal("draft", "draft", 1, draft);
      text = JSON.stringify({ ...name, iv: toBase64(iv), data: toBase64(data) });
    }
    if (this.#vault !== vault) return;
    this.#set(SEALED, text);
    this.#set(TRANSCRIPT, "");
    this.#set(VISIT, "");
  }

  hasSealed(): boolean {
    return this.#get(SEALED) !== "";
  }

  forgetSealed(): void {
    this.#set(SEALED, "");
  }

  /** The encrypted draft; null where there is none, or it is not this vault's. */
  async openSealed(vault: Vault): Promise<SealedDraft | null> {
    try {
      const { iv, data, ...name } = JSON.parse(this.#get(SEALED)) as Record<string, string>;
      const sealed = { ...name, iv: fromBase64(iv!), data: fromBase64(data!) } as unknown as Sealed;
      const draft = await vault.unseal<SealedDraft>(sealed);
      return isEncounter(draft.encounter) ? draft : null;
    } catch {
      return null;
    }
  }

  #get(name: string): string {
    try {
      return this.#storage?.getItem(name) ?? "";
    } catch {
      return ""; // storage is refused here: then nothing survives, and nothing breaks
    }
  }

  #set(name: string, text: string): void {
    try {
      if (text === "") this.#storage?.removeItem(name);
      else this.#storage?.setItem(name, text);
    } catch {
      // Refused or full: the text stays in the page.
    }
  }
}

function tabStorage(): TabStorage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
