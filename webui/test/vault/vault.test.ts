import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { isEncounter, makeBackup, parseBackup, readBackup } from "../../src/vault/backup.ts";
import { VaultError } from "../../src/vault/errors.ts";
import { Store } from "../../src/vault/store.ts";
import { DEFAULT_SETTINGS, Vault, vaultExists } from "../../src/vault/vault.ts";
import { DAY, dump, flipped, freshStorage, PASSPHRASE, tamper, tools, visit } from "./support.ts";

beforeEach(freshStorage);

// eslint-disable-next-line @typescript-eslint/unbound-method -- called on an object store below
const PUT = IDBObjectStore.prototype.put;

const ids = (list: Awaited<ReturnType<Vault["list"]>>): string[] => list.visits.map(({ id }) => id);

describe("turning on and off", () => {
  it("stores nothing before it is turned on, not even an empty database", async () => {
    expect(await vaultExists()).toBe(false);
    await expect(Vault.unlock(PASSPHRASE, tools())).rejects.toMatchObject({ code: "off" });
    expect(await indexedDB.databases()).toEqual([]);
    indexedDB.databases = async () => Promise.reject(new Error("not told here"));
    expect(await vaultExists()).toBe(false);
  });

  it("opens with its passphrase alone, before and after a change of it", async () => {
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    const first = visit();
    await vault.save(first, null);
    await expect(vault.changePassphrase("wrong one here", "x")).rejects.toMatchObject({
      code: "wrong-passphrase",
    });
    await vault.changePassphrase(PASSPHRASE, "another passphrase");
    vault.lock();
    await expect(Vault.unlock(PASSPHRASE, tools())).rejects.toMatchObject({
      code: "wrong-passphrase",
    });
    const again = await Vault.unlock("another passphrase", tools());
    expect((await again.open(first.id)).encounter).toEqual(first);
  });

  it("raises the cost of an older key when it is opened", async () => {
    (await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools())).lock();
    (await Vault.unlock(PASSPHRASE, { ...tools(), iterations: 3000 })).lock();
    const store = await Store.find();
    expect((await store!.readKey())!.iterations).toBe(3000);
  });

  it("reads nothing once it is locked", async () => {
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    const first = visit();
    await vault.save(first, null);
    await vault.list();
    expect(vault.text(first.id)).toContain("knee");
    vault.lock();
    expect(vault.text(first.id)).toBe("");
    await expect(vault.open(first.id)).rejects.toThrow();
    await expect(vault.save(first, 1)).rejects.toThrow();
  });

  it("deletes everything, for other tabs too", async () => {
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    const other = await Vault.unlock(PASSPHRASE, tools());
    await vault.save(visit(), null);
    await Vault.destroy();
    expect(await vaultExists()).toBe(false);
    await expect(other.list()).rejects.toMatchObject({ code: "off" });
    await Vault.create("a second passphrase", DEFAULT_SETTINGS, tools());
    await expect(other.save(visit(), null)).rejects.toMatchObject({ code: "off" });
  });
});

describe("visits", () => {
  it("leave nothing readable in storage", async () => {
    const now = tools();
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, now);
    const first = visit({ title: "Zanzibar" });
    await vault.save(first, null, [{ event: "generated", visit: first.id, detail: "Quokka" }]);
    await vault.rename(first.id, "Yellowstone");
    const stored = await dump();
    for (const word of ["Zanzibar", "Yellowstone", "Quokka", "knee", "2030", "generated"]) {
      expect(stored).not.toContain(word);
    }
  });

  it("are listed newest first, with what a search needs", async () => {
    const now = tools();
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, now);
    const [first, second] = [visit(), visit({ title: "" })];
    await vault.save(first, null);
    now.time += 1000;
    await vault.save(second, null);
    const list = await vault.list();
    expect(ids(list)).toEqual([second.id, first.id]);
    expect(list.visits[0]).toMatchObject({
      title: "",
      begins: "What brings you in? My knee is swollen.",
      revision: 1,
      signed: false,
      hasNote: false,
    });
    expect(vault.text(first.id)).toContain("ab, knee");
    now.time += 1000;
    expect(await vault.save(first, 1)).toEqual({ kind: "saved", revision: 2 });
    expect(ids(await vault.list([first.id]))).toEqual([first.id]);
    expect(ids(await vault.list())).toEqual([first.id, second.id]);
  });

  it("changed in two tabs are never overwritten silently", async () => {
    const here = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    const there = await Vault.unlock(PASSPHRASE, tools());
    const first = visit();
    await here.save(first, null);
    const opened = await there.open(first.id);
    expect(await there.save({ ...first, transcript: "there" }, opened.revision)).toEqual({
      kind: "saved",
      revision: 2,
    });
    expect(await here.save({ ...first, transcript: "here" }, 1)).toEqual({ kind: "changed" });
    expect(await here.save({ ...first, transcript: "here" }, null)).toEqual({ kind: "changed" });
    expect((await here.open(first.id)).encounter.transcript).toBe("there");
    await there.remove([first.id]);
    expect(await here.save(first, 2)).toEqual({ kind: "deleted" });
    await expect(here.open(first.id)).rejects.toMatchObject({ code: "missing" });
  });

  it("saved by many tabs at once are all kept, with a whole log", async () => {
    const here = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    const there = await Vault.unlock(PASSPHRASE, tools());
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? here : there).save(visit(), null)),
    );
    expect((await here.list()).visits).toHaveLength(20);
    const log = await there.log();
    expect(log.problems).toEqual([]);
    expect(log.entries).toHaveLength(22);
  });

  it("can be renamed while another tab holds them open", async () => {
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    const first = visit();
    await vault.save(first, null);
    await vault.rename(first.id, "CD, hip");
    expect(await vault.save({ ...first, transcript: "more" }, 1)).toMatchObject({ kind: "saved" });
    expect((await vault.open(first.id)).encounter).toMatchObject({
      title: "CD, hip",
      transcript: "more",
    });
    expect(vault.text(first.id)).toContain("cd, hip");
  });
});

describe("a full disk", () => {
  it("changes nothing and says so", async () => {
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    const first = visit();
    await vault.save(first, null);
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("no space", "QuotaExceededError");
    });
    await expect(vault.save({ ...first, transcript: "lost?" }, 1)).rejects.toMatchObject({
      code: "full",
    });
    put.mockRestore();
    expect((await vault.open(first.id)).encounter).toEqual(first);
    expect((await vault.log()).problems).toEqual([]);
  });

  it("in the midst of a change takes all of it back", async () => {
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    let puts = 0;
    const put = vi.spyOn(IDBObjectStore.prototype, "put");
    put.mockImplementation(function (this: IDBObjectStore, ...args) {
      if (++puts === 3) throw new DOMException("no space", "QuotaExceededError");
      return PUT.apply(this, args);
    });
    await expect(vault.save(visit(), null)).rejects.toMatchObject({ code: "full" });
    put.mockRestore();
    expect(await vault.list()).toEqual({ visits: [], damaged: [] });
    expect((await vault.log()).problems).toEqual([]);
  });

  it("still lets visits be unlocked and read", async () => {
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    const first = visit();
    await vault.save(first, null);
    vault.lock();
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("no space", "QuotaExceededError");
    });
    const again = await Vault.unlock(PASSPHRASE, tools());
    expect((await again.open(first.id, [{ event: "opened" }])).encounter).toEqual(first);
  });
});

describe("private mode", () => {
  it("is told plainly", async () => {
    indexedDB.open = () => {
      throw new DOMException("denied", "SecurityError");
    };
    await expect(Vault.create(PASSPHRASE)).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("tampering", () => {
  const filled = async () => {
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    const [first, second] = [visit({ title: "first" }), visit({ title: "second" })];
    await vault.save(first, null);
    await vault.save(second, null);
    return { vault, first, second };
  };

  it("with one visit is named, and the other stays readable", async () => {
    const { vault, first, second } = await filled();
    await tamper((record) => (record.id === first.id ? flipped(record) : record));
    const list = await vault.list();
    expect(ids(list)).toEqual([second.id]);
    expect(list.damaged).toEqual([
      { id: first.id, title: "first", created: first.created, kind: "altered" },
    ]);
    await expect(vault.open(first.id)).rejects.toMatchObject({ code: "damaged" });
    await vault.remove([first.id]);
    expect((await vault.list()).damaged).toEqual([]);
  });

  it("by swapping two visits is named", async () => {
    const { vault, first, second } = await filled();
    const swap = { [first.id]: second.id, [second.id]: first.id };
    const kept: Record<string, { iv: Uint8Array<ArrayBuffer>; data: Uint8Array<ArrayBuffer> }> = {};
    await tamper((record) => {
      kept[record.id] = { iv: record.iv, data: record.data };
      return record;
    });
    await tamper((record) =>
      record.kind === "visit" ? { ...record, ...kept[swap[record.id]!] } : record,
    );
    const list = await vault.list();
    expect(list.visits).toEqual([]);
    expect(list.damaged.map(({ kind }) => kind)).toEqual(["altered", "altered"]);
  });

  it("by putting back an earlier state, or a deleted visit, is named", async () => {
    const { vault, first, second } = await filled();
    const earlier = new Map<string, Parameters<Parameters<typeof tamper>[0]>[0]>();
    await tamper((record) => {
      if (record.kind === "visit") earlier.set(record.id, structuredClone(record));
      return record;
    });
    await vault.save({ ...first, transcript: "newer" }, 1);
    await vault.remove([second.id]);
    await tamper((record) => earlier.get(record.id) ?? record);
    expect((await vault.list()).damaged).toMatchObject([{ id: first.id, kind: "replaced" }]);
    const database = await Store.find();
    await database!.write({ put: [earlier.get(second.id)!] });
    expect((await vault.list()).damaged).toMatchObject([
      { id: first.id, kind: "replaced" },
      { id: second.id, kind: "returned" },
    ]);
    await expect(vault.open(second.id)).rejects.toMatchObject({ code: "missing" });
  });

  it("by removing a visit is named", async () => {
    const { vault, first } = await filled();
    await tamper((record) => (record.id === first.id ? null : record));
    expect((await vault.list()).damaged).toMatchObject([{ title: "first", kind: "missing" }]);
  });

  it("with the index loses no visit, and is noted in the log", async () => {
    const { vault, first, second } = await filled();
    vault.lock();
    await tamper((record) => (record.kind === "index" ? flipped(record) : record));
    const again = await Vault.unlock(PASSPHRASE, tools());
    const list = await again.list();
    expect(ids(list).sort()).toEqual([first.id, second.id].sort());
    expect(list.damaged).toMatchObject([{ id: null, kind: "altered" }]);
    expect(await again.save({ ...first, transcript: "on" }, 1)).toMatchObject({ kind: "saved" });
    const log = await again.log();
    expect(log.problems).toEqual([]);
    expect(log.entries.map(({ event }) => event)).toContain("repaired");
  });

  it("with the audit log is told", async () => {
    const { vault } = await filled();
    await vault.record([{ event: "exported", detail: "docx" }]);
    await tamper((record) => (record.kind === "audit" && +record.id === 2 ? null : record));
    await tamper((record) => (record.kind === "audit" && +record.id === 4 ? null : record));
    expect((await vault.log()).problems).toEqual([
      { number: 2, kind: "missing" },
      { number: 4, kind: "missing" },
    ]);
  });
});

describe("deletion after some days", () => {
  const filled = async (keepDays: number) => {
    const now = tools();
    const vault = await Vault.create(PASSPHRASE, { lockMinutes: 10, keepDays }, now);
    const first = visit();
    await vault.save(first, null);
    return { now, vault, first };
  };

  it("comes when the term is over and not before", async () => {
    const { now, vault, first } = await filled(30);
    now.time += 29 * DAY;
    expect(await vault.expire()).toEqual({ deleted: [], asking: [] });
    now.time += DAY;
    expect(await vault.expire()).toEqual({ deleted: [first.id], asking: [] });
    expect((await vault.list()).visits).toEqual([]);
    expect((await vault.log()).entries.at(-1)).toMatchObject({ event: "expired", visit: first.id });
  });

  it("is neither put off nor hastened by a clock set back", async () => {
    const { now, vault, first } = await filled(30);
    now.time += 20 * DAY;
    await vault.expire();
    now.time -= 400 * DAY;
    expect((await vault.expire()).deleted).toEqual([]);
    now.time += 9 * DAY;
    expect((await vault.expire()).deleted).toEqual([]);
    now.time += 391 * DAY; // set right again: 29 days have passed
    expect(await vault.expire()).toEqual({ deleted: [], asking: [] });
    now.time -= 400 * DAY;
    await vault.expire();
    now.time += DAY;
    expect((await vault.expire()).deleted).toEqual([first.id]);
  });

  it("is asked about when the clock jumped far ahead", async () => {
    const { now, vault, first } = await filled(30);
    now.time += 4000 * DAY;
    await vault.record([{ event: "unlocked" }]);
    expect(await vault.expire()).toEqual({ deleted: [], asking: [first.id] });
    now.time -= 4000 * DAY; // it was wrong
    expect(await vault.expire()).toEqual({ deleted: [], asking: [first.id] });
    await vault.keepLonger([first.id]);
    now.time += 29 * DAY;
    expect(await vault.expire()).toEqual({ deleted: [], asking: [] });
    now.time += DAY;
    expect((await vault.expire()).deleted).toEqual([first.id]);
  });
});

describe("backups", () => {
  const made = async () => {
    const vault = await Vault.create(PASSPHRASE, DEFAULT_SETTINGS, tools());
    const [first, second] = [visit({ title: "first" }), visit({ title: "second" })];
    await vault.save(first, null);
    await vault.save(second, null);
    await vault.rename(second.id, "renamed");
    return { vault, first, second, text: await makeBackup(vault) };
  };

  it("hold every visit, readable with the passphrase alone", async () => {
    const { text, first, second } = await made();
    for (const word of ["knee", "first", "renamed", "2030"]) expect(text).not.toContain(word);
    await expect(readBackup(text, "wrong")).rejects.toMatchObject({ code: "wrong-passphrase" });
    const { encounters, damaged } = await readBackup(text, PASSPHRASE);
    expect(damaged).toEqual([]);
    expect(encounters).toEqual([first, { ...second, title: "renamed" }]);
  });

  it("come back into another vault, and do not double what is there", async () => {
    const { text, vault } = await made();
    const { encounters } = await readBackup(text, PASSPHRASE);
    expect(await vault.take(encounters)).toEqual({ added: 0, same: 2 });
    const changed = encounters.map((one) => ({ ...one, transcript: "other" }));
    expect(await vault.take(changed)).toEqual({ added: 2, same: 0 });
    expect((await vault.list()).visits).toHaveLength(4);
    freshStorage();
    const other = await Vault.create("another passphrase", DEFAULT_SETTINGS, tools());
    expect(await other.take(encounters)).toEqual({ added: 2, same: 0 });
    expect((await other.open(encounters[0]!.id)).encounter).toEqual(encounters[0]);
  });

  it("name what was altered or taken out", async () => {
    const { text } = await made();
    const file = JSON.parse(text) as { records: { data: string }[] };
    const [altered] = structuredClone(file.records);
    altered!.data = `AAAA${altered!.data.slice(4)}`;
    const whole = JSON.stringify({ ...file, records: [altered, file.records[1]] });
    expect((await readBackup(whole, PASSPHRASE)).damaged).toEqual(["first"]);
    const odd = JSON.stringify({ ...file, records: [{ data: 1 }, file.records[1]] });
    expect((await readBackup(odd, PASSPHRASE)).damaged).toEqual(["", "first"]);
    const short = JSON.stringify({ ...file, records: [file.records[0]] });
    const read = await readBackup(short, PASSPHRASE);
    expect(read.damaged).toEqual(["renamed"]);
    expect(read.encounters).toHaveLength(1);
  });

  it("of any other content are refused in a sentence", async () => {
    const { text } = await made();
    const file = JSON.parse(text) as Record<string, unknown>;
    const foreign = fc.oneof(
      fc.string(),
      fc.json({ maxDepth: 2 }),
      fc
        .record({
          key: fc.jsonValue({ maxDepth: 1 }),
          records: fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 }),
          manifest: fc.jsonValue({ maxDepth: 1 }),
        })
        .map((parts) => JSON.stringify({ ...file, ...parts })),
    );
    const refused = expect.objectContaining({ code: "not-a-backup" }) as Error;
    fc.assert(
      fc.property(foreign, (content) => {
        try {
          parseBackup(content);
        } catch (error) {
          if (!(error instanceof VaultError && error.code === "not-a-backup")) throw error;
        }
      }),
      { numRuns: 10_000 },
    );
    await expect(readBackup("{}", PASSPHRASE)).rejects.toEqual(refused);
  });

  it("take no shape that the page could not show", () => {
    expect(isEncounter(visit())).toBe(true);
    expect(isEncounter(visit({ note: { lines: [], omissions: [], signature: null } }))).toBe(true);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => void isEncounter(value)),
      { numRuns: 2000 },
    );
    expect(isEncounter({ ...visit(), note: { lines: [{}], omissions: [], signature: null } })).toBe(
      false,
    );
  });
});
