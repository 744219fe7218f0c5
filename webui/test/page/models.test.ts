import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { StoredModel } from "../../src/engine/model-store.ts";
import { fits, type Device, type ModelStore } from "../../src/page/models.ts";
import { withOption } from "../../src/page/options.ts";
import { Pace } from "../../src/page/pace.ts";
import type { SiteModel } from "../../src/page/site.ts";
import { texts } from "../../src/page/texts.ts";
import { INFO, readyStage, SITE, stage } from "./fakes.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const GB = 2 ** 30;
const model = (memory?: number): SiteModel => ({ ...SITE.models[0]!, ...(memory && { memory }) });

class FakeStore implements ModelStore {
  device: Device;
  found: StoredModel = { bytes: 0, totalBytes: 0 };
  removed: string[] = [];
  persistent = false;

  constructor(device: Partial<Device> = {}) {
    this.device = { memoryBytes: null, metered: false, ...device };
  }

  stored = async (): Promise<StoredModel> => this.found;
  remove = async ({ name }: SiteModel): Promise<void> => {
    this.removed.push(name);
    this.found = { bytes: 0, totalBytes: 0 };
  };
  room = async () => ({ usedBytes: 1, totalBytes: 10, persistent: this.persistent });
  persist = async (): Promise<boolean> => (this.persistent = true);
}

describe("whether a model fits", () => {
  it.each([
    [464e6, 2 * GB, true], // the embedded model on a phone
    [464e6, 1 * GB, false],
    [1.5e9, 2 * GB, false],
    [1.5e9, 4 * GB, true],
    [1.5e9, null, true], // the browser does not tell
    [undefined, 0.5 * GB, true], // the build does not tell
  ])("%d bytes in a device of %d: %s", (memory, memoryBytes, expected) => {
    expect(fits(model(memory), { memoryBytes, metered: false })).toBe(expected);
  });
});

describe("the first visit", () => {
  it("loads by itself where nothing is against it", async () => {
    const { session, clients, settle } = stage("", { modelStore: new FakeStore() });
    void session.open();
    await settle();
    expect(clients[0]?.loads.length).toBe(1);
  });

  it("waits for the clinician where data is saved, unless the model is stored", async () => {
    const store = new FakeStore({ metered: true });
    const first = stage("", { modelStore: store });
    void first.session.open();
    await first.settle();
    expect(first.clients).toEqual([]);
    expect(first.session.model.value).toEqual({ phase: "absent", hold: "metered" });
    first.session.type("visit");
    first.session.generate();
    expect(first.session.alert.value).toEqual({
      message: texts.models.needed,
      remedies: ["download"],
    });
    void first.session.remedy("download");
    expect(first.client().loads.length).toBe(1);

    store.found = { bytes: 5, totalBytes: 5 };
    const second = stage("", { modelStore: store });
    void second.session.open();
    await second.settle();
    expect(second.client().loads.length).toBe(1);
  });

  it("waits where the device has too little memory", async () => {
    const store = new FakeStore({ memoryBytes: GB });
    const site = { ...SITE, models: [model(2e9)] };
    const on = stage("", { modelStore: store, fetchSite: async () => site });
    void on.session.open();
    await on.settle();
    expect(on.session.model.value).toEqual({ phase: "absent", hold: "memory" });
  });
});

describe("a download", () => {
  it("is cancelled, keeps what has arrived, and forgets a note that waited for it", async () => {
    const store = new FakeStore();
    const { session, client, settle } = stage("", { modelStore: store });
    void session.open();
    await settle();
    client().loads[0]!.progress({ phase: "downloading", bytesDone: 1, bytesTotal: 2 });
    session.type("visit");
    session.generate();
    store.found = { bytes: 8e7, totalBytes: 9e7 };
    session.cancelLoad();
    client().loads[0]!.reply({ ok: false, failure: { code: "aborted", message: "" } });
    await settle();
    expect(client().stops).toBe(1);
    expect(session.model.value).toEqual({ phase: "absent", hold: "cancelled" });
    expect(session.alert.value).toBeNull();
    expect(session.busy.value).toBe(false);
    expect(session.models.bytesToLoad(SITE.models[0]!)).toBe(1e7);
    expect(session.transcript.value).toBe("visit");
  });

  it("asks for lasting storage once, when all has arrived", async () => {
    const store = new FakeStore();
    const { session, client, settle } = stage("", { modelStore: store });
    void session.open();
    await settle();
    client().loads[0]!.progress({ phase: "downloading", bytesDone: 1, bytesTotal: 2 });
    client().loads[0]!.reply({
      ok: true,
      value: { ...INFO, storage: { kept: "all", replaced: [] } },
    });
    await settle();
    expect(store.persistent).toBe(true);
  });

  it("says that the disk is full, or that stored files were damaged", async () => {
    const store = new FakeStore();
    const { session, client, settle } = stage("", { modelStore: store });
    void session.open();
    await settle();
    const storage = { kept: "full", replaced: ["params_shard_0.bin"] } as const;
    client().loads[0]!.reply({ ok: true, value: { ...INFO, storage } });
    await settle();
    expect(session.notices.value).toEqual([
      texts.models.replaced(["params_shard_0.bin"]),
      texts.models.diskFull,
    ]);
    expect(session.models.full.value).toBe(true);
    expect(store.persistent).toBe(false);
  });
});

describe("deleting", () => {
  it("leaves a model that runs in use", async () => {
    const store = new FakeStore();
    const { session, settle } = await readyStage("", { modelStore: store });
    await session.removeModel(SITE.models[0]!);
    await settle();
    expect(store.removed).toEqual(["small"]);
    expect(session.model.value.phase).toBe("ready");
  });

  it("ends a load", async () => {
    const store = new FakeStore();
    const { session, settle } = stage("", { modelStore: store });
    void session.open();
    await settle();
    await session.removeModel(SITE.models[0]!);
    expect(session.model.value).toEqual({ phase: "absent", hold: "deleted" });
  });
});

describe("the time of a note", () => {
  const speed = { readMilliseconds: 5, stepMilliseconds: 20 };
  const figures = { newTokens: 400, prefixTokens: 1000, readMilliseconds: 6000 };

  it("is not known before anything was measured", () => {
    expect(new Pace().estimate()).toBeNull();
  });

  it("comes from the test, then from the last note", () => {
    const pace = new Pace();
    pace.tested(speed);
    expect(pace.estimate()).toBe(1600 * 5 + 256 * 20);
    pace.wrote({ ...figures, steps: 100, writeMilliseconds: 3000 });
    expect(pace.source.value).toBe("note");
    expect(pace.estimate(1000)).toBe(1000 * 6 + 100 * 30);
    pace.tested(speed); // a late test knows less than a note
    expect(pace.estimate(1000)).toBe(1000 * 6 + 100 * 30);
    pace.forget();
    expect(pace.estimate()).toBeNull();
  });

  it("is not fooled by a transcript that was still in the engine's cache", () => {
    const pace = new Pace();
    pace.tested(speed);
    pace.wrote({ ...figures, readMilliseconds: 1, steps: 100, writeMilliseconds: 3000 });
    expect(pace.estimate(1000)).toBe(1000 * 5 + 100 * 30);
  });
});

it("keeps the number of threads in the address until it is automatic again", () => {
  const four = withOption("https://scribe.example/?engine=cpu", "threads", "4");
  expect(four).toBe("https://scribe.example/?engine=cpu&threads=4");
  expect(withOption(four, "threads", "")).toBe("https://scribe.example/?engine=cpu");
});
