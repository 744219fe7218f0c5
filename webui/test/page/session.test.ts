import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Failure } from "../../src/worker-api.ts";
import { INFO, makeNote, readyStage, SITE, stage } from "./fakes.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const failure = (code: string): { ok: false; failure: Failure } => ({
  ok: false,
  failure: { code, message: `sentence about ${code}` },
});

describe("loading", () => {
  it("loads the first model by itself, with what the address asks for", async () => {
    const { session, client, settle } = stage("?engine=cpu&threads=3&kernels=int8");
    void session.open();
    await settle();
    expect(client().loads[0]?.request).toEqual({
      model: "https://scribe.example/models/small/",
      engine: "cpu",
      threads: 3,
      kernels: "int8",
    });
  });

  it("tells downloading from reading, and how much is left", async () => {
    const { session, client, settle } = stage();
    void session.open();
    await settle();
    const { progress } = client().loads[0]!;
    progress({ phase: "downloading", bytesDone: 10, bytesTotal: 100 });
    vi.advanceTimersByTime(2000);
    progress({ phase: "downloading", bytesDone: 30, bytesTotal: 100 });
    expect(session.model.value).toEqual({
      phase: "downloading",
      done: 30,
      total: 100,
      left: 7000,
      speed: 10,
    });
    progress({ phase: "reading", bytesDone: 30, bytesTotal: 100 });
    expect(session.model.value).toMatchObject({ phase: "reading", left: null });
  });

  it("shows the newest choice only", async () => {
    const { session, client, kept, settle } = await readyStage();
    session.choose({ engine: "gpu" });
    session.choose({ engine: "cpu" });
    const [, gpu, cpu] = client().loads;
    gpu!.reply(failure("aborted"));
    await settle();
    expect(session.alert.value).toBeNull();
    cpu!.reply({ ok: true, value: INFO });
    await settle();
    expect(session.model.value.phase).toBe("ready");
    expect(kept).toEqual([
      ["engine", "gpu"],
      ["engine", "cpu"],
    ]);
  });

  it.each([
    ["download-interrupted", ["retry"]],
    ["hash-mismatch", ["retry"]],
    ["missing-file", ["retry"]],
    ["out-of-memory", ["retry"]],
    ["no-webgpu", ["use-cpu"]],
    ["device-lost", ["retry", "use-cpu"]],
    ["no-wasm-simd", []],
    ["worker-died", ["restart"]],
    ["something new", ["restart"]],
  ])("says in a sentence what is wrong and offers what helps: %s", async (code, remedies) => {
    const { session, client, settle } = stage();
    session.type("[doctor] hello");
    void session.open();
    await settle();
    client().loads[0]!.reply(failure(code));
    await settle();
    expect(session.alert.value).toEqual({ message: `sentence about ${code}`, remedies });
    expect(session.transcript.value).toBe("[doctor] hello");
    expect(session.status.value).toBe("No model is running");
  });

  it("tries again, on the CPU if asked", async () => {
    const { session, client, settle } = stage("?engine=gpu");
    void session.open();
    await settle();
    client().loads[0]!.reply(failure("no-webgpu"));
    await settle();
    void session.remedy("use-cpu");
    expect(client().loads[1]?.request.engine).toBe("cpu");
    expect(session.alert.value).toBeNull();
  });

  it("says so when the site cannot be read, and asks again on request", async () => {
    let broken = true;
    const { session, clients, settle } = stage("", {
      fetchSite: () => (broken ? Promise.reject(new Error("offline")) : Promise.resolve(SITE)),
    });
    await session.open();
    expect(session.alert.value?.message).toContain("site.json");
    broken = false;
    void session.remedy("retry");
    await settle();
    expect(clients[0]?.loads.length).toBe(1);
  });

  it("names a model that the site does not hold", async () => {
    const { session, clients } = stage("?model=other");
    await session.open();
    expect(session.alert.value?.message).toContain("'other'");
    expect(clients.length).toBe(0);
  });
});

describe("writing a note", () => {
  it("goes from reading to writing to a note", async () => {
    const { session, client, settle } = await readyStage();
    session.type("[doctor] hello");
    session.generate();
    const { request, update, reply } = client().notes[0]!;
    expect(request.transcript).toBe("[doctor] hello");
    update({ progress: { phase: "reading", done: 128, total: 512, part: 1, parts: 1 } });
    expect(session.work.value).toMatchObject({ phase: "reading", done: 128, total: 512 });
    update({ progress: { phase: "writing", done: 0, total: 0, part: 1, parts: 1 } });
    update({ note: makeNote("The pat", "writing") });
    expect(session.note.value?.sections[0]?.text).toBe("The pat");
    expect(session.status.value).toBe("Writing the note");
    vi.advanceTimersByTime(14_000);
    reply({ ok: true, value: makeNote("The patient is well.", "done") });
    await settle();
    expect(session.work.value.phase).toBe("idle");
    expect(session.status.value).toBe("Note written in 14\u00a0s: review it before use.");
  });

  it("waits for a model that still loads", async () => {
    const { session, client, settle } = stage();
    void session.open();
    await settle();
    session.type("visit");
    session.generate();
    expect(session.status.value).toContain("as soon as the model is ready");
    client().loads[0]!.reply({ ok: true, value: INFO });
    await settle();
    expect(client().notes.length).toBe(1);
  });

  it("forgets a note that was stopped before the model was ready", async () => {
    const { session, client, settle } = stage();
    void session.open();
    await settle();
    session.type("visit");
    session.generate();
    session.stop();
    client().loads[0]!.reply({ ok: true, value: INFO });
    await settle();
    expect(client().notes.length).toBe(0);
  });

  it("stops on request and keeps what was written", async () => {
    const { session, client, settle } = await readyStage();
    session.type("visit");
    session.generate();
    session.generate(); // a second press changes nothing
    session.stop();
    expect(client().stops).toBe(1);
    expect(client().notes.length).toBe(1);
    client().notes[0]!.reply({ ok: true, value: makeNote("The pat", "stopped") });
    await settle();
    expect(session.note.value?.text).toContain("The pat");
    expect(session.status.value).toContain("Stopped");
  });

  it("asks for a transcript where there is none, until one is typed", async () => {
    const { session, client } = await readyStage();
    session.type("  ");
    session.generate();
    expect(session.alert.value?.message).toContain("no transcript");
    expect(client().notes.length).toBe(0);
    session.type("visit");
    expect(session.alert.value).toBeNull();
  });

  it("offers to keep the end or the start of a too long one, and undoes it", async () => {
    const { session, client, settle } = await readyStage();
    session.type("a long visit");
    session.generate();
    client().notes[0]!.reply(failure("transcript-too-long"));
    await settle();
    expect(session.alert.value?.remedies).toEqual(["keep-end", "keep-start"]);
    expect(session.model.value.phase).toBe("ready");
    expect(session.transcript.value).toBe("a long visit");
    await session.remedy("keep-end");
    expect(session.transcript.value).toBe("the end");
    expect(session.alert.value).toBeNull();
    session.undoReplacement();
    expect(session.transcript.value).toBe("a long visit");
  });

  it("writes the note of the shorter transcript when it is asked for while that is cut", async () => {
    const { session, client, settle } = await readyStage();
    session.type("a long visit");
    void session.remedy("keep-end");
    session.generate();
    await settle();
    expect(client().notes.map(({ request }) => request.transcript)).toEqual(["the end"]);
  });

  it("says when not even a part fits", async () => {
    const { session, client } = await readyStage();
    session.type("long");
    client().cutText = "";
    await session.remedy("keep-start");
    expect(session.alert.value?.message).toContain("Not even a part");
    expect(session.transcript.value).toBe("long");
  });

  it("keeps the earlier note when the next one cannot begin", async () => {
    const { session, client, settle } = await readyStage();
    session.type("visit");
    session.generate();
    client().notes[0]!.reply({ ok: true, value: makeNote("First.", "done") });
    await settle();
    session.generate();
    client().notes[1]!.reply(failure("transcript-too-long"));
    await settle();
    expect(session.note.value?.text).toContain("First.");
  });

  it("keeps what was written when the device is lost, and says that no model runs", async () => {
    const { session, client, settle } = await readyStage();
    session.type("visit");
    session.generate();
    client().notes[0]!.update({ note: makeNote("The pat", "writing") });
    client().notes[0]!.reply(failure("device-lost"));
    await settle();
    expect(session.note.value?.sections.map(({ text, state }) => `${text} ${state}`)[0]).toBe(
      "The pat stopped",
    );
    expect(session.model.value.phase).toBe("failed");
    expect(session.alert.value?.remedies).toContain("retry");
  });

  it("survives the worker's death: text and note stay, and Restart begins anew", async () => {
    const { session, clients, settle } = await readyStage();
    session.type("visit");
    session.generate();
    const [first] = clients;
    first!.notes[0]!.update({ note: makeNote("The pat", "writing") });
    const died = { code: "scribe-died", message: "The model's process ended." };
    first!.notes[0]!.reply({ ok: false, failure: died });
    first!.die(died);
    await settle();
    expect(first!.terminated).toBe(true);
    expect(session.alert.value).toEqual({ message: died.message, remedies: ["restart"] });
    expect(session.transcript.value).toBe("visit");
    expect(session.note.value?.sections[0]?.state).toBe("stopped");
    void session.remedy("restart");
    expect(clients.length).toBe(2);
    clients[1]!.loads[0]!.reply({ ok: true, value: INFO });
    await settle();
    session.generate();
    expect(clients[1]!.notes.length).toBe(1);
  });
});

describe("the transcript", () => {
  it("is saved as it is typed and measured once typing pauses", async () => {
    const { session, drafts, settle } = await readyStage();
    session.type("ab");
    session.type("abc");
    await settle();
    expect(session.measure.value).toBeNull();
    await vi.advanceTimersByTimeAsync(300);
    expect(session.measure.value).toEqual({ words: 2, tokens: 3, maxTokens: 100, parts: 1 });
    expect(drafts).toEqual(["ab", "abc"]);
    session.type("");
    expect(session.measure.value).toBeNull();
  });

  it("is replaced by a sample, and can come back", async () => {
    const { session } = await readyStage();
    session.type("mine");
    await session.pickSample("knee.txt");
    expect(session.transcript.value).toBe("[doctor] sample");
    expect(session.replaced.value?.transcript).toBe("mine");
    session.undoReplacement();
    expect(session.transcript.value).toBe("mine");
  });

  it("stays when the sample cannot be loaded", async () => {
    const { session } = await readyStage("", {
      fetchSample: () => Promise.reject(new Error("404")),
    });
    session.type("mine");
    await session.pickSample("knee.txt");
    expect(session.transcript.value).toBe("mine");
    expect(session.alert.value?.message).toContain("sample visit");
  });

  it("leaves nothing behind when it is cleared", async () => {
    const { session, client, drafts, settle } = await readyStage();
    session.type("visit");
    session.generate();
    client().notes[0]!.reply({ ok: true, value: makeNote("First.", "done") });
    await settle();
    session.clear();
    expect(session.transcript.value).toBe("");
    expect(session.note.value).toBeNull();
    expect(session.replaced.value).toBeNull();
    expect(drafts.at(-1)).toBe("");
  });

  it("does not come back as a note after it was cleared", async () => {
    const { session, client, settle } = await readyStage();
    session.type("visit");
    session.generate();
    session.clear();
    expect(client().stops).toBe(1);
    client().notes[0]!.update({ note: makeNote("The pat", "writing") });
    client().notes[0]!.reply({ ok: true, value: makeNote("The pat", "stopped") });
    await settle();
    expect(session.note.value).toBeNull();
  });
});

describe("copying", () => {
  it("copies the note's text and says whether it could", async () => {
    const copied: string[] = [];
    let allowed = true;
    const copyText = async (text: string): Promise<boolean> => {
      copied.push(text);
      return allowed;
    };
    const { session, client, settle } = await readyStage("", { copyText });
    await session.copy();
    expect(copied).toEqual([]);
    session.type("visit");
    session.generate();
    client().notes[0]!.reply({ ok: true, value: makeNote("Well.", "done") });
    await settle();
    await session.copy();
    expect(copied[0]).toMatch(/^SUBJECTIVE\n\nWell\.\n\nOBJECTIVE/);
    expect(session.status.value).toContain("on the clipboard");
    allowed = false;
    await session.copy();
    expect(session.status.value).toContain("does not allow");
  });
});
