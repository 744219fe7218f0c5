import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { MODEL_CACHE, openBrowserSource } from "../../src/engine/browser-source.ts";
import { removeModel, storedModel } from "../../src/engine/model-store.ts";
import type { FileProgress } from "../../src/engine/model-source.ts";

const BASE = "https://site.example/sub/models/toy/";
const shard = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const manifest = (bytes = shard): unknown => ({
  format: 1,
  name: "toy",
  title: "Toy",
  test_model: true,
  files: [{ path: "shard.bin", bytes: bytes.length, sha256: hash(bytes) }],
  weights_bytes: bytes.length,
});

/** A Cache API in memory. */
function memoryCaches(
  entries = new Map<string, Uint8Array<ArrayBuffer>>(),
  full = false,
): CacheStorage {
  const cache = {
    match: async (key: string) => {
      const bytes = entries.get(key);
      return bytes === undefined ? undefined : new Response(bytes);
    },
    put: async (key: string, response: Response) => {
      if (full) throw new DOMException("full", "QuotaExceededError");
      entries.set(key, new Uint8Array(await response.arrayBuffer()));
    },
    delete: async (key: string) => entries.delete(key),
    keys: async () => [...entries.keys()].map((url) => ({ url })),
  };
  const open = async (name: string): Promise<unknown> => {
    expect(name).toBe(MODEL_CACHE);
    return cache;
  };
  return { open } as unknown as CacheStorage;
}

type Answer = () => Response | Promise<Response>;

/** A server: each path has a list of answers, the last of which is repeated. */
class Server {
  readonly answers = new Map<string, Answer[]>();
  readonly requests: string[] = [];
  readonly modes: (RequestCache | undefined)[] = [];

  constructor(bytes = shard) {
    this.answers.set("manifest.json", [() => Response.json(manifest(bytes))]);
    this.answers.set("shard.bin", [() => new Response(bytes)]);
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const url = input as string;
    expect(url.startsWith(BASE)).toBe(true);
    const path = url.slice(BASE.length);
    this.requests.push(path);
    this.modes.push(init?.cache);
    if (init?.signal?.aborted) throw init.signal.reason;
    const answers = this.answers.get(path);
    if (answers === undefined) return new Response("", { status: 404 });
    return (answers.length > 1 ? answers.shift()! : answers[0]!)();
  };
}

/** A body that delivers some bytes and then breaks. */
const breaking = (): Response => {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(shard.slice(0, 300)),
    pull: (controller) => controller.error(new TypeError("network error")),
  });
  return new Response(body);
};

describe("a model folder on a server", () => {
  it("downloads, verifies, stores, and reads from storage the next time", async () => {
    const server = new Server();
    const entries = new Map<string, Uint8Array<ArrayBuffer>>();
    const progress: FileProgress[] = [];
    const onProgress = (event: FileProgress): number => progress.push(event);
    const options = { fetch: server.fetch, caches: memoryCaches(entries) };
    const source = await openBrowserSource(BASE.slice(0, -1), options);
    expect(source.manifest.name).toBe("toy");
    expect(await source.file("shard.bin", { onProgress })).toEqual(shard);
    expect(progress.at(-1)).toEqual({
      path: "shard.bin",
      phase: "downloading",
      bytesDone: 1000,
      bytesTotal: 1000,
    });
    expect(server.requests).toEqual(["manifest.json", "shard.bin"]);

    const again = await openBrowserSource(BASE, options);
    expect(await again.file("shard.bin", { onProgress })).toEqual(shard);
    expect(progress.at(-1)!.phase).toBe("reading");
    expect(server.requests).toEqual(["manifest.json", "shard.bin", "manifest.json"]);
  });

  it("works from storage alone when the server is gone", async () => {
    const server = new Server();
    const caches = memoryCaches();
    await (await openBrowserSource(BASE, { fetch: server.fetch, caches })).file("shard.bin");
    const gone = async (): Promise<Response> => {
      throw new TypeError("Failed to fetch");
    };
    const source = await openBrowserSource(BASE, { fetch: gone, caches });
    expect(await source.file("shard.bin")).toEqual(shard);
    await expect(
      openBrowserSource(BASE, { fetch: gone, caches: memoryCaches() }),
    ).rejects.toMatchObject({
      code: "download-interrupted",
    });
  });

  it("retries once after a network failure", async () => {
    const server = new Server();
    server.answers.set("shard.bin", [breaking, () => new Response(shard)]);
    const source = await openBrowserSource(BASE, { fetch: server.fetch, caches: null });
    expect(await source.file("shard.bin")).toEqual(shard);
  });

  it("reports an interrupted download, and stores nothing of it", async () => {
    const server = new Server();
    server.answers.set("shard.bin", [breaking]);
    const entries = new Map<string, Uint8Array<ArrayBuffer>>();
    const source = await openBrowserSource(BASE, {
      fetch: server.fetch,
      caches: memoryCaches(entries),
    });
    await expect(source.file("shard.bin")).rejects.toMatchObject({
      code: "download-interrupted",
      message: expect.stringMatching(
        /^The download of shard\.bin was interrupted \(.*\).*goes on from there\.$/,
      ) as string,
    });
    expect(server.requests).toHaveLength(3);
    expect([...entries.keys()]).toEqual([`${BASE}manifest.json`]);
  });

  it("reports a body that ends early", async () => {
    const server = new Server();
    server.answers.set("shard.bin", [() => new Response(shard.slice(0, 999))]);
    const source = await openBrowserSource(BASE, { fetch: server.fetch, caches: null });
    await expect(source.file("shard.bin")).rejects.toThrow(/999 of 1000 bytes arrived/);
  });

  it("reports a missing shard", async () => {
    const server = new Server();
    server.answers.delete("shard.bin");
    const source = await openBrowserSource(BASE, { fetch: server.fetch, caches: null });
    await expect(source.file("shard.bin")).rejects.toMatchObject({
      code: "missing-file",
      path: "shard.bin",
    });
    await expect(source.file("unlisted.bin")).rejects.toMatchObject({ code: "missing-file" });
    server.answers.delete("manifest.json");
    await expect(
      openBrowserSource(BASE, { fetch: server.fetch, caches: null }),
    ).rejects.toMatchObject({
      code: "missing-file",
      path: "manifest.json",
    });
  });

  it("neither uses nor stores a shard whose hash differs", async () => {
    const server = new Server();
    const damaged = shard.slice();
    damaged[500]! ^= 1;
    server.answers.set("shard.bin", [() => new Response(damaged)]);
    const entries = new Map<string, Uint8Array<ArrayBuffer>>();
    const source = await openBrowserSource(BASE, {
      fetch: server.fetch,
      caches: memoryCaches(entries),
    });
    await expect(source.file("shard.bin")).rejects.toMatchObject({
      code: "hash-mismatch",
      path: "shard.bin",
    });
    expect([...entries.keys()]).toEqual([`${BASE}manifest.json`]);
  });

  it.each([
    ["longer", new Uint8Array(1001), {}],
    ["shorter", shard.slice(0, 999), { headers: { "content-length": "999" } }],
  ])("refuses a file that is %s than listed", async (_, bytes, init) => {
    const server = new Server();
    server.answers.set("shard.bin", [() => new Response(bytes, init)]);
    const source = await openBrowserSource(BASE, { fetch: server.fetch, caches: null });
    await expect(source.file("shard.bin")).rejects.toMatchObject({ code: "hash-mismatch" });
  });

  it("passes over the browser's HTTP cache when that holds another build's file", async () => {
    const server = new Server();
    server.answers.set("shard.bin", [
      () => new Response(new Uint8Array(1000)),
      () => new Response(shard),
    ]);
    const source = await openBrowserSource(BASE, { fetch: server.fetch, caches: null });
    expect(await source.file("shard.bin")).toEqual(shard);
    expect(server.modes.at(-1)).toBe("reload");
  });

  it("downloads again what is damaged in storage", async () => {
    const server = new Server();
    const entries = new Map<string, Uint8Array<ArrayBuffer>>();
    const source = await openBrowserSource(BASE, {
      fetch: server.fetch,
      caches: memoryCaches(entries),
    });
    await source.file("shard.bin");
    const key = [...entries.keys()].find((url) => url.includes("shard.bin"))!;
    entries.set(key, new Uint8Array(1000));
    expect(await source.file("shard.bin")).toEqual(shard);
    expect(entries.get(key)).toEqual(shard);
  });

  it("names what was damaged in storage, whether or not it could be replaced", async () => {
    const server = new Server();
    const entries = new Map<string, Uint8Array<ArrayBuffer>>();
    const options = { fetch: server.fetch, caches: memoryCaches(entries) };
    await (await openBrowserSource(BASE, options)).file("shard.bin");
    const key = [...entries.keys()].find((url) => url.includes("shard.bin"))!;
    entries.set(key, shard.slice().fill(7, 500, 501));
    server.answers.set("shard.bin", [
      () => {
        throw new TypeError("Failed to fetch");
      },
    ]);
    const source = await openBrowserSource(BASE, options);
    await expect(source.file("shard.bin")).rejects.toMatchObject({
      code: "stored-damaged",
      message: expect.stringContaining("shard.bin is damaged") as string,
    });
    server.answers.set("shard.bin", [() => new Response(shard)]);
    expect(await source.file("shard.bin")).toEqual(shard);
    expect(source.storage).toEqual({ kept: "all", replaced: ["shard.bin"] });
  });

  it("drops stored files of an earlier build, and no other model's", async () => {
    const entries = new Map<string, Uint8Array<ArrayBuffer>>();
    const other = "https://site.example/sub/models/other/shard.bin?sha256=0";
    entries.set(other, shard);
    const open = async (server: Server): Promise<unknown> => {
      const source = await openBrowserSource(BASE, {
        fetch: server.fetch,
        caches: memoryCaches(entries),
      });
      return source.file("shard.bin");
    };
    await open(new Server());
    const changed = shard.slice().reverse();
    expect(await open(new Server(changed))).toEqual(changed);
    expect([...entries.keys()].sort()).toEqual(
      [other, `${BASE}manifest.json`, `${BASE}shard.bin?sha256=${hash(changed)}`].sort(),
    );
  });

  it("runs without storing where there is no room", async () => {
    const server = new Server();
    const source = await openBrowserSource(BASE, {
      fetch: server.fetch,
      caches: memoryCaches(new Map(), true),
    });
    expect(await source.file("shard.bin")).toEqual(shard);
    expect(source.storage.kept).toBe("full");
    await source.keepAll();
    expect(server.requests).toEqual(["manifest.json", "shard.bin"]);
  });

  it("keeps the files that no load has asked for", async () => {
    const server = new Server();
    const caches = memoryCaches();
    const source = await openBrowserSource(BASE, { fetch: server.fetch, caches });
    expect(await storedModel(BASE, caches)).toEqual({ bytes: 0, totalBytes: 1000 });
    await source.keepAll();
    expect(await storedModel(BASE, caches)).toEqual({ bytes: 1000, totalBytes: 1000 });
    await removeModel(BASE.slice(0, -1), caches);
    expect(await storedModel(BASE, caches)).toEqual({ bytes: 0, totalBytes: 0 });
  });

  describe("whose manifest the page knows by hash", () => {
    const text = JSON.stringify(manifest());
    const manifestSha256 = hash(new TextEncoder().encode(text));
    const serve = (server: Server, body: string): void =>
      void server.answers.set("manifest.json", [() => new Response(body)]);

    it("needs no request once it is stored", async () => {
      const server = new Server();
      serve(server, text);
      const options = { fetch: server.fetch, caches: memoryCaches(), manifestSha256 };
      await (await openBrowserSource(BASE, options)).file("shard.bin");
      server.requests.length = 0;
      expect(await (await openBrowserSource(BASE, options)).file("shard.bin")).toEqual(shard);
      expect(server.requests).toEqual([]);
    });

    it("is refused where the server holds another one", async () => {
      const server = new Server();
      serve(server, `${text} `);
      const entries = new Map<string, Uint8Array<ArrayBuffer>>();
      const options = { fetch: server.fetch, caches: memoryCaches(entries), manifestSha256 };
      await expect(openBrowserSource(BASE, options)).rejects.toMatchObject({
        code: "hash-mismatch",
        path: "manifest.json",
      });
      expect(entries.size).toBe(0);
    });

    it("is not taken from storage where that was tampered with", async () => {
      const server = new Server();
      serve(server, text);
      const entries = new Map<string, Uint8Array<ArrayBuffer>>();
      const options = { fetch: server.fetch, caches: memoryCaches(entries), manifestSha256 };
      await openBrowserSource(BASE, options);
      entries.set(`${BASE}manifest.json`, new TextEncoder().encode(text.replace("Toy", "Joy")));
      const gone = { ...options, fetch: () => Promise.reject(new TypeError("Failed to fetch")) };
      await expect(openBrowserSource(BASE, gone)).rejects.toMatchObject({ code: "stored-damaged" });
      expect((await openBrowserSource(BASE, options)).manifest.title).toBe("Toy");
    });
  });

  it("stops when aborted", async () => {
    const server = new Server();
    const source = await openBrowserSource(BASE, { fetch: server.fetch, caches: null });
    const controller = new AbortController();
    server.answers.set("shard.bin", [
      () => {
        controller.abort();
        throw controller.signal.reason;
      },
    ]);
    await expect(source.file("shard.bin", { signal: controller.signal })).rejects.toMatchObject({
      code: "aborted",
    });
    expect(server.requests).toHaveLength(2);
    await expect(source.file("shard.bin", { signal: controller.signal })).rejects.toMatchObject({
      code: "aborted",
    });
  });

  it("tells a stalled download, which has an end", async () => {
    const server = new Server();
    const silent: typeof globalThis.fetch = async (input, init) => {
      if (!(input as string).endsWith("shard.bin")) return server.fetch(input, init);
      server.requests.push("shard.bin");
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (controller) => {
          controller.enqueue(shard.slice(0, 300));
          init!.signal!.addEventListener("abort", () => controller.error(init!.signal!.reason));
        },
      });
      return new Response(body);
    };
    const options = { fetch: silent, caches: memoryCaches(), patience: 50 };
    const source = await openBrowserSource(BASE, options);
    await expect(source.file("shard.bin")).rejects.toMatchObject({
      code: "download-stalled",
      message: expect.stringMatching(
        /^Nothing more of shard\.bin has arrived.*goes on from/,
      ) as string,
    });
    expect(server.requests).toEqual(["manifest.json", "shard.bin"]); // told at once, not after a repetition
  });

  it("says what a failing server answered, and refuses another format", async () => {
    const server = new Server();
    server.answers.set("shard.bin", [() => new Response("", { status: 503 })]);
    const source = await openBrowserSource(BASE, { fetch: server.fetch, caches: null });
    await expect(source.file("shard.bin")).rejects.toThrow(/the server answered 503/);
    server.answers.set("manifest.json", [() => Response.json({ format: 2 })]);
    await expect(
      openBrowserSource(BASE, { fetch: server.fetch, caches: null }),
    ).rejects.toMatchObject({
      code: "format-refused",
    });
  });
});
