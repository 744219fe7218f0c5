import { createHash } from "node:crypto";

import { beforeEach, describe, expect, it, vi } from "vitest";

const SCOPE = "https://scribe.example/ward/";
const FILES: Record<string, string> = {
  "": "<h1>page</h1>",
  "assets/page-1.js": "code",
  "site.json": "{}",
};
const HEADERS = {
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** Not a literal: the compiler would check the worker as if it ran in a page. */
const WORKER: string = "../../src/service-worker.ts";

type Handler = (event: Record<string, unknown>) => void;

/** The worker's surroundings: a server, a cache store and the events that it listens for. */
class World {
  readonly stores = new Map<string, Map<string, Response>>();
  server: Record<string, string> = { ...FILES };
  online = true;
  tookOver = false;
  readonly fetched: string[] = [];
  handlers: Record<string, Handler> = {};

  async start(version = "v1"): Promise<void> {
    this.handlers = {};
    vi.resetModules();
    const files = Object.entries(FILES).map(([path, body]) => ({
      path,
      sha256: createHash("sha256").update(body).digest("hex"),
      type: path === "" ? "text/html" : "text/plain",
    }));
    const damaged = { heading: "Cannot be opened", sentence: "Damaged:" };
    vi.stubGlobal("SHELL", { version, files, headers: HEADERS, damaged });
    vi.stubGlobal("self", {
      registration: { scope: SCOPE },
      clients: { claim: async () => undefined },
      skipWaiting: async () => void (this.tookOver = true),
      addEventListener: (name: string, handler: Handler) => void (this.handlers[name] = handler),
    });
    vi.stubGlobal("caches", {
      open: async (name: string) => {
        const store = this.stores.get(name) ?? new Map<string, Response>();
        this.stores.set(name, store);
        return {
          match: async (address: string) => store.get(address)?.clone(),
          put: async (address: string, response: Response) => void store.set(address, response),
        };
      },
      has: async (name: string) => this.stores.has(name),
      keys: async () => [...this.stores.keys()],
      delete: async (name: string) => this.stores.delete(name),
    });
    vi.stubGlobal("fetch", async (input: string | Request) => {
      const address = typeof input === "string" ? input : input.url;
      this.fetched.push(address);
      if (!this.online) throw new TypeError("Failed to fetch");
      const path = new URL(address).pathname.slice(new URL(SCOPE).pathname.length);
      const body = this.server[path];
      const response = new Response(body ?? "not here", {
        status: body === undefined ? 404 : 200,
        headers: { "content-type": "text/plain" },
      });
      Object.defineProperty(response, "type", { value: "basic" });
      return response;
    });
    await import(/* @vite-ignore */ WORKER);
  }

  async dispatch(name: string): Promise<void> {
    let work: Promise<unknown> = Promise.resolve();
    this.handlers[name]!({ waitUntil: (promise: Promise<unknown>) => (work = promise) });
    await work;
  }

  /** Overwrites a stored file, as a fault of the disk or an intruder would. */
  tamper(path: string): void {
    for (const store of this.stores.values()) {
      if (store.has(SCOPE + path)) store.set(SCOPE + path, new Response("<script>evil"));
    }
  }

  async report(): Promise<{ repaired: string[]; requests: string[] }> {
    return new Promise((resolve) =>
      this.handlers.message!({ data: { type: "report" }, ports: [{ postMessage: resolve }] }),
    );
  }

  /** What the worker answers; undefined where it leaves the request to the browser. */
  async request(address: string, mode = "no-cors"): Promise<Response | undefined> {
    let answer: Promise<Response> | undefined;
    const request = { url: address, method: "GET", mode };
    this.handlers.fetch!({
      request,
      respondWith: (response: Promise<Response>) => (answer = response),
    });
    return answer;
  }
}

let world: World;
beforeEach(async () => {
  vi.unstubAllGlobals();
  world = new World();
  await world.start();
});

describe("the service worker", () => {
  it("serves the whole page without a network, with the headers that isolate it", async () => {
    await world.dispatch("install");
    await world.dispatch("activate");
    world.online = false;
    for (const address of ["", "index.html", "?engine=cpu"]) {
      const response = await world.request(SCOPE + address, "navigate");
      expect(await response?.text()).toBe("<h1>page</h1>");
      expect(response?.headers.get("Cross-Origin-Embedder-Policy")).toBe("require-corp");
    }
    expect(await (await world.request(`${SCOPE}assets/page-1.js`))?.text()).toBe("code");
  });

  it("installs nothing when a file is not the one of its version", async () => {
    world.server["site.json"] = "{ }";
    await expect(world.dispatch("install")).rejects.toThrow(/site\.json is not the file/);
    expect(world.stores.size).toBe(0);
  });

  it("installs nothing when a file is missing", async () => {
    delete world.server["assets/page-1.js"];
    await expect(world.dispatch("install")).rejects.toThrow(/404/);
    expect(world.stores.size).toBe(0);
  });

  it("drops its own older versions, and nothing of anybody else", async () => {
    await world.dispatch("install");
    const others = ["scribe-model-files-1", "scribe-shell-/other/-v0"];
    for (const name of others) world.stores.set(name, new Map());
    await world.start("v2");
    await world.dispatch("install");
    expect([...world.stores.keys()]).toContain("scribe-shell-/ward/-v1"); // still in use by open tabs
    await world.dispatch("activate");
    expect([...world.stores.keys()].sort()).toEqual([...others, "scribe-shell-/ward/-v2"].sort());
  });

  it("leaves model files, other folders and other origins alone", async () => {
    await world.dispatch("install");
    expect(await world.request(`${SCOPE}models/small/params_shard_0.bin`)).toBeUndefined();
    expect(await world.request("https://scribe.example/elsewhere/")).toBeUndefined();
    expect(await world.request("https://other.example/ward/site.json")).toBeUndefined();
  });

  it("adds the headers to a document that it has not stored", async () => {
    const response = await world.request(SCOPE, "navigate");
    expect(response?.headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
    expect(world.fetched).toContain(SCOPE);
  });

  it("never serves a stored file whose hash is wrong: it is replaced, and named", async () => {
    await world.dispatch("install");
    world.tamper("assets/page-1.js");
    expect(await (await world.request(`${SCOPE}assets/page-1.js`))?.text()).toBe("code");
    expect((await world.report()).repaired).toEqual(["assets/page-1.js"]);
    world.online = false;
    expect(await (await world.request(`${SCOPE}assets/page-1.js`))?.text()).toBe("code");
  });

  it.each(["", "assets/page-1.js"])("names what is damaged without a network: %j", async (path) => {
    await world.dispatch("install");
    world.tamper(path);
    world.online = false;
    const response = await world.request(SCOPE, "navigate");
    expect(response?.status).toBe(503);
    const html = await response!.text();
    expect(html).toContain(`<li>${path || "index.html"}</li>`);
    expect(html).not.toContain("evil");
    expect((await world.request(SCOPE + (path || "site.json")))?.type).toBe(
      path ? "error" : "default",
    );
  });

  it("takes the headers and types from its own list, never from the storage", async () => {
    await world.dispatch("install");
    for (const store of world.stores.values()) {
      store.set(SCOPE, new Response(FILES[""], { headers: { "content-type": "text/evil" } }));
    }
    const response = await world.request(SCOPE, "navigate");
    expect(response?.headers.get("content-type")).toBe("text/html");
    expect(response?.headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
  });

  it("gives a damaged version up for the server's newer one, as a whole", async () => {
    await world.dispatch("install");
    world.tamper("site.json");
    world.server = { "": "<h1>new</h1>", "site.json": "{ new }" };
    expect(await (await world.request(SCOPE, "navigate"))?.text()).toBe("<h1>new</h1>");
    expect(await (await world.request(`${SCOPE}site.json`))?.text()).toBe("{ new }");
  });

  it("takes over when the page asks for it, and not before", async () => {
    await world.dispatch("install");
    expect(world.tookOver).toBe(false);
    world.handlers.message!({ data: { type: "take-over" }, waitUntil: () => undefined });
    expect(world.tookOver).toBe(true);
  });
});
