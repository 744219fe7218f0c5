import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Drafts } from "../../src/page/draft.ts";
import type { Session } from "../../src/page/session.ts";
import { texts } from "../../src/page/texts.ts";
import type { NoteDocument } from "../../src/note/types.ts";
import { dump, flipped, freshStorage, PASSPHRASE, tamper } from "../vault/support.ts";
import { stage } from "./fakes.ts";

/** One tab: a session, its own storage, and the same channel and database as the others. */
interface Tab {
  session: Session;
  storage: Map<string, string>;
  drafts: Drafts;
}

const channels: BroadcastChannel[] = [];
const NativeChannel = BroadcastChannel;
let clock = 0;

beforeEach(() => {
  freshStorage();
  clock = 0;
  vi.stubGlobal("isSecureContext", true);
  const events = new EventTarget();
  vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
  vi.stubGlobal("dispatchEvent", events.dispatchEvent.bind(events));
  class Channel extends NativeChannel {
    constructor(name: string) {
      super(name);
      channels.push(this);
    }
  }
  vi.stubGlobal("BroadcastChannel", Channel);
  vi.spyOn(performance, "now").mockImplementation(() => clock);
});

afterEach(() => {
  for (const channel of channels.splice(0)) channel.close();
  vi.unstubAllGlobals();
});

async function tab(storage = new Map<string, string>(), typed = ""): Promise<Tab> {
  const drafts = new Drafts({
    getItem: (name) => storage.get(name) ?? null,
    setItem: (name, text) => void storage.set(name, text),
    removeItem: (name) => void storage.delete(name),
  });
  const { session } = stage("", {
    saveDraft: (transcript) => drafts.saveTranscript(transcript),
  });
  drafts.follow(session, typed);
  const tools = { now: () => Date.now(), iterations: 1000 };
  await session.visits.start(drafts, { saveDelay: 20, tools });
  return { session, storage, drafts };
}

const pause = (milliseconds = 30): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Until the page's visit is stored. */
async function stored({ session }: Tab): Promise<void> {
  await vi.waitFor(() => expect(session.visits.saving.value).toBe("saved"), { timeout: 10_000 });
}

async function kept(): Promise<Tab> {
  const one = await tab();
  expect(await one.session.visits.turnOn(PASSPHRASE)).toBe(true);
  return one;
}

function note(text: string): NoteDocument {
  const check = { verdict: "supported", severity: null, kind: null, reason: null } as const;
  return {
    lines: [
      {
        id: "line-1",
        section: "plan",
        lead: "",
        text,
        origin: "generated",
        edited: false,
        check: { ...check, turns: [0], contradicting: [] },
        kept: false,
        place: "note",
      },
    ],
    omissions: [],
    signature: null,
  };
}

describe("keeping", () => {
  it("is off by default, and stores nothing then", async () => {
    const { session } = await tab();
    session.type("[patient] My knee hurts.");
    session.audit("generated");
    await pause();
    expect(session.visits.state.value).toBe("off");
    expect(await indexedDB.databases()).toEqual([]);
  });

  it("stores the visit as it is typed, and shows it after a reload and the passphrase", async () => {
    const one = await kept();
    one.session.type("[patient] My knee hurts.");
    one.session.title.value = "AB";
    await stored(one);
    const { session } = await tab();
    expect(session.visits.state.value).toBe("locked");
    expect(session.visits.all.value).toEqual([]);
    expect(await session.visits.unlock("not the passphrase")).toBe(false);
    expect(session.visits.error.value).toBe(texts.visits.errors["wrong-passphrase"]);
    expect(await session.visits.unlock(PASSPHRASE)).toBe(true);
    const [summary] = session.visits.all.value;
    expect(summary).toMatchObject({ title: "AB", begins: "My knee hurts." });
    session.visits.search("hurts knee");
    expect(session.visits.found.value).toHaveLength(1);
    session.visits.search("hip");
    expect(session.visits.found.value).toEqual([]);
    expect(await session.visits.open(summary!.id)).toBe(true);
    expect(session.transcript.value).toContain("My knee hurts.");
    expect(session.title.value).toBe("AB");
  });

  it("stores what was typed last when the next visit begins at once", async () => {
    const one = await kept();
    one.session.type("first");
    one.session.clear();
    one.session.type("second");
    await stored(one);
    await vi.waitFor(() => expect(one.session.visits.all.value).toHaveLength(2));
    const begins = one.session.visits.all.value.map((visit) => visit.begins);
    expect(begins.sort()).toEqual(["first", "second"]);
  });

  it("renames the open visit and others", async () => {
    const one = await kept();
    one.session.type("first");
    await stored(one);
    const first = one.session.visits.openId.value!;
    expect(await one.session.visits.rename(first, "AB")).toBe(true);
    expect(one.session.title.value).toBe("AB");
    await one.session.visits.begin();
    expect(one.session.transcript.value).toBe("");
    expect(await one.session.visits.rename(first, "CD")).toBe(true);
    expect(one.session.visits.all.value).toMatchObject([{ title: "CD" }]);
  });

  it("deletes the open visit from the page too", async () => {
    const one = await kept();
    one.session.type("first");
    await stored(one);
    await one.session.visits.remove([one.session.visits.openId.value!]);
    expect(one.session.transcript.value).toBe("");
    expect(one.session.visits.all.value).toEqual([]);
  });

  it("leaves what stands in the page when everything is deleted", async () => {
    const one = await kept();
    one.session.type("first");
    await stored(one);
    expect(await one.session.visits.turnOff()).toBe(true);
    expect(one.session.visits.state.value).toBe("off");
    expect(one.session.transcript.value).toBe("first");
    expect(await indexedDB.databases()).toEqual([]);
    expect(one.storage.get("draft-transcript")).toBe("first");
  });
});

describe("locking", () => {
  it("stores what is not stored yet, clears the page and its drafts, and brings it back", async () => {
    const one = await kept();
    one.session.type("typed a moment ago");
    await one.session.visits.lock();
    expect(one.session.visits.state.value).toBe("locked");
    expect(one.session.transcript.value).toBe("");
    expect(one.session.visits.all.value).toEqual([]);
    expect([...one.storage.keys()]).toEqual([]);
    await one.session.visits.unlock(PASSPHRASE);
    expect(one.session.transcript.value).toContain("typed a moment ago");
  });

  it("comes by itself when nothing is done, whatever the wall clock says", async () => {
    const one = await kept();
    one.session.type("visit");
    await stored(one);
    vi.spyOn(Date, "now").mockReturnValue(0); // set back by decades
    clock += 9 * 60_000;
    dispatchEvent(new Event("focus"));
    await pause();
    expect(one.session.visits.state.value).toBe("open");
    dispatchEvent(new Event("keydown"));
    clock += 9 * 60_000;
    dispatchEvent(new Event("focus"));
    expect(one.session.visits.state.value).toBe("open");
    clock += 60_000;
    dispatchEvent(new Event("focus"));
    await vi.waitFor(() => expect(one.session.visits.state.value).toBe("locked"));
    expect(one.session.visits.message.value?.text).toBe(texts.visits.locked.idle);
  });

  it("leaves in the page what could not be stored", async () => {
    const one = await kept();
    one.session.type("stored");
    await stored(one);
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("no space", "QuotaExceededError");
    });
    one.session.type("stored, and more");
    await one.session.visits.lock();
    expect(one.session.visits.state.value).toBe("locked");
    expect(one.session.transcript.value).toBe("stored, and more");
    expect(one.session.visits.message.value?.text).toBe(texts.visits.lockedUnsaved);
    put.mockRestore();
    await one.session.visits.unlock(PASSPHRASE);
    await stored(one);
    expect(one.session.visits.all.value).toMatchObject([{ begins: "stored, and more" }]);
  });

  it("writes the log for what was done while locked, once it is unlocked", async () => {
    const one = await kept();
    await one.session.visits.lock();
    one.session.audit("exported", "docx");
    await one.session.visits.unlock(PASSPHRASE);
    await one.session.visits.readLog();
    const events = one.session.visits.log.value!.entries.map(({ event }) => event);
    expect(events).toEqual(["created", "unlocked", "exported"]);
    expect(one.session.visits.log.value!.problems).toEqual([]);
    expect(await one.session.visits.logCsv()).toContain("exported,");
  });
});

describe("a full disk", () => {
  it("is told, and stored again as soon as there is room", async () => {
    const one = await kept();
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("no space", "QuotaExceededError");
    });
    one.session.type("typed");
    await one.session.visits.begin();
    expect(one.session.visits.saving.value).toBe("failed");
    expect(one.session.visits.message.value?.text).toBe(texts.visits.errors.full);
    expect(one.session.transcript.value).toBe("typed");
    put.mockRestore();
    one.session.type("typed more");
    await stored(one);
    expect(one.session.visits.message.value).toBeNull();
  });

  it("takes nothing away from a visit that was cleared meanwhile", async () => {
    const one = await kept();
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("no space", "QuotaExceededError");
    });
    one.session.type("cleared at once");
    one.session.clear();
    await vi.waitFor(() =>
      expect(one.session.visits.message.value?.text).toBe(texts.visits.leftUnsaved),
    );
    put.mockRestore();
    one.session.type("the next");
    await stored(one);
    const begins = one.session.visits.all.value.map((visit) => visit.begins);
    expect(begins.sort()).toEqual(["cleared at once", "the next"]);
    expect(one.session.visits.message.value).toBeNull();
  });
});

describe("private mode", () => {
  it("is told in a sentence, and the page goes on", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const { session } = await tab();
    expect(session.visits.state.value).toBe("unavailable");
    session.type("typed");
    expect(session.transcript.value).toBe("typed");
  });

  it("over plain http says what is needed", async () => {
    vi.stubGlobal("isSecureContext", false);
    expect((await tab()).session.visits.state.value).toBe("insecure");
  });
});

describe("two tabs", () => {
  const two = async (): Promise<[Tab, Tab, string]> => {
    const one = await kept();
    one.session.type("shared visit");
    await stored(one);
    const other = await tab();
    await other.session.visits.unlock(PASSPHRASE);
    const id = one.session.visits.openId.value!;
    await other.session.visits.open(id);
    return [one, other, id];
  };

  it("follow each other while only one of them changes the visit", async () => {
    const [one, other] = await two();
    one.session.type("shared visit, continued");
    await stored(one);
    await vi.waitFor(() => expect(other.session.transcript.value).toContain("continued"));
    other.session.type("shared visit, continued there");
    await stored(other);
    await vi.waitFor(() => expect(one.session.transcript.value).toContain("continued there"));
    expect(one.session.visits.all.value).toHaveLength(1);
  });

  it("both changing it keep both", async () => {
    const [one, other, id] = await two();
    one.session.type("changed here");
    other.session.type("changed there");
    await Promise.all([stored(one), stored(other)]);
    await vi.waitFor(() => expect(one.session.visits.all.value).toHaveLength(2));
    const begins = one.session.visits.all.value.map((visit) => visit.begins);
    expect(begins.sort()).toEqual(["changed here", "changed there"]);
    const openIds = [one, other].map(({ session }) => session.visits.openId.value);
    expect(openIds.filter((open) => open === id)).toHaveLength(1);
    const copy = one.session.visits.all.value.find((visit) => visit.id !== id);
    expect(copy?.title).toBe("Copy");
  });

  it("lock together", async () => {
    const [one, other] = await two();
    other.session.type("typed there and not stored yet");
    await one.session.visits.lock();
    await vi.waitFor(() => expect(other.session.visits.state.value).toBe("locked"));
    expect(other.session.transcript.value).toBe("");
    await one.session.visits.unlock(PASSPHRASE);
    expect(one.session.visits.all.value).toMatchObject([
      { begins: "typed there and not stored yet" },
    ]);
  });

  it("tell each other what was deleted, and lose nothing that was typed", async () => {
    const [one, other, id] = await two();
    await one.session.visits.remove([id]);
    await vi.waitFor(() => expect(other.session.visits.all.value).toEqual([]));
    expect(other.session.transcript.value).toBe("");
    other.session.type("another visit");
    await stored(other);
    const again = other.session.visits.openId.value!;
    other.session.type("another visit, changed");
    await one.session.visits.remove([again]);
    await vi.waitFor(() => expect(other.session.visits.saving.value).toBe("detached"));
    expect(other.session.transcript.value).toBe("another visit, changed");
    await other.session.visits.keepDetached();
    await stored(other);
    await pause(100);
    expect(other.session.visits.all.value).toMatchObject([{ begins: "another visit, changed" }]);
  });

  it("turn off together", async () => {
    const [one, other] = await two();
    await one.session.visits.turnOff();
    await vi.waitFor(() => expect(other.session.visits.state.value).toBe("off"));
    expect(other.session.transcript.value).toContain("shared visit");
  });
});

describe("damage", () => {
  it("is named after unlocking, and the rest can be opened", async () => {
    const one = await kept();
    one.session.title.value = "first";
    one.session.type("first text");
    await stored(one);
    await one.session.visits.begin();
    one.session.type("second text");
    await stored(one);
    const first = one.session.visits.all.value.find(({ title }) => title === "first")!;
    await one.session.visits.lock();
    await tamper((record) => (record.id === first.id ? flipped(record) : record));
    await one.session.visits.unlock(PASSPHRASE);
    expect(one.session.visits.damaged.value).toMatchObject([{ id: first.id, title: "first" }]);
    expect(one.session.visits.all.value).toMatchObject([{ begins: "second text" }]);
    expect(await one.session.visits.open(first.id)).toBe(false);
    expect(one.session.visits.error.value).toBe(texts.visits.errors.damaged);
  });

  it("of the log is counted at once", async () => {
    const one = await kept();
    one.session.type("text");
    await stored(one);
    await one.session.visits.lock();
    await tamper((record) => (record.kind === "audit" && +record.id === 1 ? null : record));
    await one.session.visits.unlock(PASSPHRASE);
    await vi.waitFor(() => expect(one.session.visits.logProblems.value).toBe(1));
  });
});

describe("drafts", () => {
  it("bring back transcript and note as they stood", async () => {
    const one = await tab();
    one.session.type("[doctor] hello \n");
    one.session.editor.reset(note("Rest."));
    const again = await tab(one.storage);
    expect(again.session.transcript.value).toBe("[doctor] hello \n");
    expect(again.session.editor.document.value).toEqual(note("Rest."));
    expect(again.session.encounter().id).toBe(one.session.encounter().id);
    const typed = await tab(new Map(one.storage), "typed before the script ran");
    expect(typed.session.transcript.value).toBe("typed before the script ran");
    again.session.clear();
    expect([...again.storage.keys()]).toEqual([]);
  });

  it("are encrypted while visits are unlocked, and come back with the passphrase", async () => {
    const one = await kept();
    one.session.type("Quokka");
    one.session.editor.reset(note("Wallaby"));
    await vi.waitFor(() => expect([...one.storage.keys()]).toEqual(["draft-sealed"]));
    await stored(one);
    await pause();
    for (const text of [...one.storage.values(), await dump()]) {
      expect(text).not.toMatch(/Quokka|Wallaby/);
    }
    const again = await tab(new Map(one.storage));
    expect(again.session.transcript.value).toBe("");
    expect(again.session.visits.message.value?.text).toBe(texts.visits.sealedDraft);
    await again.session.visits.unlock(PASSPHRASE);
    expect(again.session.transcript.value).toBe("Quokka");
    expect(again.session.editor.text.value).toContain("Wallaby");
    await stored(again);
    expect(again.session.visits.all.value).toHaveLength(1);
  });

  it("are done without where the tab's storage is refused", () => {
    const refuse = (): never => {
      throw new DOMException("refused", "SecurityError");
    };
    const { session } = stage();
    const drafts = new Drafts({ getItem: refuse, setItem: refuse, removeItem: refuse });
    drafts.follow(session, "typed");
    session.type("typed more");
    expect(session.transcript.value).toBe("typed more");
  });

  it("that nobody could read are of no harm", async () => {
    const storage = new Map([
      ["draft-visit", "{"],
      ["draft-transcript", "text"],
      ["draft-sealed", "[]"],
    ]);
    const one = await tab(storage);
    expect(one.session.transcript.value).toBe("text");
    await one.session.visits.turnOn(PASSPHRASE);
    expect(one.session.transcript.value).toBe("text");
    await stored(one);
  });
});
