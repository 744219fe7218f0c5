/**
 * A model folder on a web server. Verified files are kept in the browser's Cache API, so that an
 * interrupted download goes on where it stopped and a later load needs no server.
 */
import {
  AbortedError,
  DownloadInterruptedError,
  EngineError,
  HashMismatchError,
  MissingFileError,
  reason,
  throwIfAborted,
} from "./errors.ts";
import { manifestFile, parseJson, parseManifest } from "./manifest.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";
import { verify } from "./model-source.ts";
import type { FileRequest, ModelSource } from "./model-source.ts";

/** Name of the cache; the service worker must leave it alone. */
export const MODEL_CACHE = "scribe-model-files-1";

export interface BrowserSourceOptions {
  signal?: AbortSignal;
  /** for tests; the browser's own by default */
  fetch?: typeof globalThis.fetch;
  /** `null` where there is no Cache API (plain http), so that nothing is stored */
  caches?: CacheStorage | null;
}

/** Opens the model folder at `base` (an absolute URL). Raises as `ModelSource.file`, FormatRefusedError. */
export async function openBrowserSource(
  base: string | URL,
  options: BrowserSourceOptions = {},
): Promise<ModelSource> {
  const folder = new URL(base);
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  const storage = options.caches === undefined ? (globalThis.caches ?? null) : options.caches;
  // A browser may refuse storage altogether (private windows); the model then loads without it.
  const cache = storage === null ? null : await storage.open(MODEL_CACHE).catch(() => null);
  const fetcher = options.fetch ?? globalThis.fetch.bind(globalThis);
  const source = new BrowserSource(folder, fetcher, cache);
  await source.open(options.signal);
  return source;
}

class BrowserSource implements ModelSource {
  readonly #folder: URL;
  readonly #fetch: typeof globalThis.fetch;
  readonly #cache: Cache | null;
  #manifest: Manifest | null = null;

  constructor(folder: URL, fetcher: typeof globalThis.fetch, cache: Cache | null) {
    this.#folder = folder;
    this.#fetch = fetcher;
    this.#cache = cache;
  }

  get manifest(): Manifest {
    if (this.#manifest === null) throw new Error("the source is not open");
    return this.#manifest;
  }

  /** The newest manifest, or without a network the stored one. */
  async open(signal: AbortSignal | undefined): Promise<void> {
    const url = new URL("manifest.json", this.#folder).href;
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await this.#download("manifest.json", url, { signal }, "no-cache");
    } catch (error) {
      const stored =
        error instanceof DownloadInterruptedError ? await this.#cache?.match(url) : undefined;
      if (stored === undefined) throw error;
      this.#manifest = parseManifest(
        parseJson(new Uint8Array(await stored.arrayBuffer()), "manifest.json"),
      );
      return;
    }
    this.#manifest = parseManifest(parseJson(bytes, "manifest.json"));
    await this.#store(url, bytes);
    await this.#dropOldFiles(url);
  }

  async file(path: string, request: FileRequest = {}): Promise<Uint8Array<ArrayBuffer>> {
    const entry = manifestFile(this.manifest, path);
    throwIfAborted(request.signal);
    const stored = await this.#stored(entry, request);
    if (stored !== null) return stored;
    const url = new URL(path, this.#folder).href;
    const receive = async (cache: RequestCache): Promise<Uint8Array<ArrayBuffer>> => {
      const bytes = await this.#download(path, url, request, cache, entry);
      await verify(bytes, entry);
      return bytes;
    };
    const bytes = await receive("default").catch((error: unknown) => {
      // The browser's HTTP cache may hold a file of an earlier build under the same name.
      if (error instanceof HashMismatchError) return receive("reload");
      throw error;
    });
    await this.#store(this.#key(entry), bytes);
    return bytes;
  }

  #key(entry: ManifestFile): string {
    return `${new URL(entry.path, this.#folder).href}?sha256=${entry.sha256}`;
  }

  async #stored(
    entry: ManifestFile,
    request: FileRequest,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const response = await this.#cache?.match(this.#key(entry));
    if (response === undefined) return null;
    try {
      const bytes = new Uint8Array(await response.arrayBuffer());
      await verify(bytes, entry);
      request.onProgress?.({
        path: entry.path,
        phase: "reading",
        bytesDone: bytes.length,
        bytesTotal: entry.bytes,
      });
      return bytes;
    } catch {
      return null; // unreadable or damaged on disk: it is downloaded again, and replaced
    }
  }

  /** Storing is a convenience: where the quota is used up, the model still runs. */
  async #store(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#cache?.put(key, new Response(bytes)).catch(() => undefined);
  }

  async #dropOldFiles(manifestUrl: string): Promise<void> {
    if (this.#cache === null) return;
    const wanted = new Set([manifestUrl, ...this.manifest.files.map((entry) => this.#key(entry))]);
    for (const { url } of await this.#cache.keys()) {
      if (url.startsWith(this.#folder.href) && !wanted.has(url)) await this.#cache.delete(url);
    }
  }

  /** One repetition after a network failure; what the server says about a file is final. */
  async #download(
    path: string,
    url: string,
    request: FileRequest,
    cache: RequestCache,
    entry?: ManifestFile,
  ): Promise<Uint8Array<ArrayBuffer>> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#receive(path, url, request, cache, entry);
      } catch (error) {
        if (request.signal?.aborted) throw new AbortedError();
        if (error instanceof EngineError) throw error;
        if (attempt === 1)
          throw new DownloadInterruptedError(path, reason(error), this.#cache !== null, error);
      }
    }
  }

  async #receive(
    path: string,
    url: string,
    request: FileRequest,
    cache: RequestCache,
    entry: ManifestFile | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const signal = request.signal ?? null;
    const response = await this.#fetch(url, { cache, signal });
    if (response.status === 404 || response.status === 410) throw new MissingFileError(path);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    if (entry === undefined || response.body === null)
      return new Uint8Array(await response.arrayBuffer());
    const bytes = new Uint8Array(entry.bytes);
    let done = 0;
    const reader = response.body.getReader();
    for (;;) {
      const { value, done: ended } = await reader.read();
      if (ended) break;
      if (done + value.length > bytes.length) {
        await reader.cancel();
        throw new HashMismatchError(path, `it has more than ${entry.bytes} bytes`);
      }
      bytes.set(value, done);
      done += value.length;
      request.onProgress?.({
        path,
        phase: "downloading",
        bytesDone: done,
        bytesTotal: entry.bytes,
      });
    }
    if (done === Number(response.headers.get("content-length"))) return bytes.subarray(0, done);
    if (done < bytes.length) throw new Error(`${done} of ${entry.bytes} bytes arrived`);
    return bytes;
  }
}
