/**
 * A model folder on a web server. Files whose hash is right are kept in the browser's Cache API, so
 * that an interrupted download goes on where it stopped and a later load needs no server.
 */
import {
  AbortedError,
  DownloadInterruptedError,
  DownloadStalledError,
  EngineError,
  HashMismatchError,
  MissingFileError,
  reason,
  StoredFileDamagedError,
  throwIfAborted,
} from "./errors.ts";
import { manifestFile, parseJson, parseManifest } from "./manifest.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";
import { verify } from "./model-source.ts";
import type { FileRequest, ModelSource, StorageReport } from "./model-source.ts";
import { folderAddress, MANIFEST, openModelCache, storageKey } from "./model-store.ts";
import { sha256 } from "./sha256.ts";

export { MODEL_CACHE } from "./model-store.ts";

/** Milliseconds without a byte after which a download counts as stalled. */
const PATIENCE_MS = 30_000;

export interface BrowserSourceOptions {
  signal?: AbortSignal;
  /**
   * SHA-256 of the manifest that belongs to this version of the page. With it the model is known
   * down to the last byte, and one that is stored needs no request at all.
   */
  manifestSha256?: string | undefined;
  /** for tests; the browser's own by default */
  fetch?: typeof globalThis.fetch;
  /** `null` where there is no Cache API (plain http), so that nothing is stored */
  caches?: CacheStorage | null;
  /** for tests; milliseconds */
  patience?: number;
}

/** A model folder whose files are kept in this browser. */
export interface StoringSource extends ModelSource {
  readonly storage: StorageReport;
  /** Downloads and keeps the files that no load has asked for, such as another engine's kernels. */
  keepAll(signal?: AbortSignal): Promise<void>;
}

/** Opens the model folder at `base` (an absolute URL). Raises as `ModelSource.file`, FormatRefusedError. */
export async function openBrowserSource(
  base: string | URL,
  options: BrowserSourceOptions = {},
): Promise<StoringSource> {
  const cache = await openModelCache(options.caches);
  const source = new BrowserSource(folderAddress(base), cache, options);
  await source.open(options.signal);
  return source;
}

/** Aborts a request once nothing has come of it for a while. */
class Patience {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
    this.renew();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came. */
  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.#milliseconds);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

class BrowserSource implements StoringSource {
  readonly #folder: URL;
  readonly #fetch: typeof globalThis.fetch;
  readonly #cache: Cache | null;
  readonly #patience: number;
  readonly #manifestSha256: string | undefined;
  readonly #replaced: string[] = [];
  #manifest: Manifest | null = null;
  #full = false;

  constructor(folder: URL, cache: Cache | null, options: BrowserSourceOptions) {
    this.#folder = folder;
    this.#cache = cache;
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#patience = options.patience ?? PATIENCE_MS;
    this.#manifestSha256 = options.manifestSha256;
  }

  get storage(): StorageReport {
    const kept = this.#cache === null ? "none" : this.#full ? "full" : "all";
    return { kept, replaced: [...this.#replaced] };
  }

  get manifest(): Manifest {
    if (this.#manifest === null) throw new Error("the source is not open");
    return this.#manifest;
  }

  /** The manifest of this version where that is known, else the newest one that can be had. */
  async open(signal: AbortSignal | undefined): Promise<void> {
    const url = new URL(MANIFEST, this.#folder).href;
    const stored = await this.#cache?.match(url);
    const kept = stored && new Uint8Array(await stored.arrayBuffer());
    const wanted = this.#manifestSha256;
    if (kept && wanted !== undefined && (await sha256(kept)) === wanted) {
      this.#manifest = parseManifest(parseJson(kept, MANIFEST));
      return;
    }
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await this.#download(MANIFEST, url, { signal }, "no-cache");
    } catch (error) {
      if (!kept || !noServer(error)) throw error;
      if (wanted !== undefined) throw new StoredFileDamagedError(MANIFEST, error.problem, error);
      this.#manifest = parseManifest(parseJson(kept, MANIFEST));
      return;
    }
    this.#manifest = parseManifest(parseJson(bytes, MANIFEST));
    if (wanted !== undefined && (await sha256(bytes)) !== wanted) {
      throw new HashMismatchError(MANIFEST, "it belongs to another version of this page");
    }
    await this.#store(url, bytes);
    await this.#dropOldFiles(url);
  }

  async file(path: string, request: FileRequest = {}): Promise<Uint8Array<ArrayBuffer>> {
    const entry = manifestFile(this.manifest, path);
    throwIfAborted(request.signal);
    const stored = await this.#stored(entry, request);
    if (stored instanceof Uint8Array) return stored;
    const url = new URL(path, this.#folder).href;
    const receive = async (cache: RequestCache): Promise<Uint8Array<ArrayBuffer>> => {
      const bytes = await this.#download(path, url, request, cache, entry);
      await verify(bytes, entry);
      return bytes;
    };
    const bytes = await receive("default").catch((error: unknown) => {
      // The browser's HTTP cache may hold a file of an earlier build under the same name.
      if (error instanceof HashMismatchError) return receive("reload");
      if (stored === "damaged" && noServer(error))
        throw new StoredFileDamagedError(path, error.problem, error);
      throw error;
    });
    await this.#store(storageKey(this.#folder, entry), bytes);
    if (stored === "damaged") this.#replaced.push(path);
    return bytes;
  }

  async keepAll(signal?: AbortSignal): Promise<void> {
    if (this.storage.kept !== "all" || this.#cache === null) return;
    const kept = new Set((await this.#cache.keys()).map(({ url }) => url));
    for (const entry of this.manifest.files) {
      if (!kept.has(storageKey(this.#folder, entry))) await this.file(entry.path, { signal });
    }
  }

  /** The file out of this machine's storage, never used unless its hash is right. */
  async #stored(
    entry: ManifestFile,
    request: FileRequest,
  ): Promise<Uint8Array<ArrayBuffer> | "absent" | "damaged"> {
    const response = await this.#cache?.match(storageKey(this.#folder, entry));
    if (response === undefined) return "absent";
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
      return "damaged"; // or unreadable: it is downloaded again, and replaced
    }
  }

  /** Storing is a convenience: where the quota is used up, the model still runs. */
  async #store(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#cache?.put(key, new Response(bytes)).catch(() => {
      this.#full = true;
    });
  }

  async #dropOldFiles(manifestUrl: string): Promise<void> {
    if (this.#cache === null) return;
    const files = this.manifest.files.map((entry) => storageKey(this.#folder, entry));
    const wanted = new Set([manifestUrl, ...files]);
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
    const patience = new Patience(this.#patience);
    const signals = request.signal ? [request.signal, patience.signal] : [patience.signal];
    try {
      const response = await this.#fetch(url, { cache, signal: AbortSignal.any(signals) });
      if (response.status === 404 || response.status === 410) throw new MissingFileError(path);
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      if (entry === undefined || response.body === null)
        return new Uint8Array(await response.arrayBuffer());
      return await receiveBody(response, response.body, entry, request, () => patience.renew());
    } catch (error) {
      if (!patience.signal.aborted) throw error;
      const seconds = Math.round(this.#patience / 1000);
      throw new DownloadStalledError(path, seconds, this.#cache !== null, error);
    } finally {
      patience.end();
    }
  }
}

/** The server cannot be reached, or falls silent: what is stored is all there is. */
function noServer(error: unknown): error is DownloadInterruptedError | DownloadStalledError {
  return error instanceof DownloadInterruptedError || error instanceof DownloadStalledError;
}

async function receiveBody(
  response: Response,
  body: ReadableStream<Uint8Array>,
  { path, bytes: total }: ManifestFile,
  request: FileRequest,
  onBytes: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(total);
  let done = 0;
  const reader = body.getReader();
  for (;;) {
    const { value, done: ended } = await reader.read();
    if (ended) break;
    onBytes();
    if (done + value.length > total) {
      await reader.cancel();
      throw new HashMismatchError(path, `it has more than ${total} bytes`);
    }
    bytes.set(value, done);
    done += value.length;
    request.onProgress?.({ path, phase: "downloading", bytesDone: done, bytesTotal: total });
  }
  if (done === Number(response.headers.get("content-length"))) return bytes.subarray(0, done);
  if (done < total) throw new Error(`${done} of ${total} bytes arrived`);
  return bytes;
}
