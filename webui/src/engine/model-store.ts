/**
 * The model files that this browser keeps (in its Cache API): where they lie, how much of a model
 * is there, and their deletion.
 */
import { parseJson, parseManifest } from "./manifest.ts";
import type { ManifestFile } from "./manifest.ts";
import { isWeightFile } from "./tensor-cache.ts";

/** Name of the cache; the service worker must leave it alone. */
export const MODEL_CACHE = "scribe-model-files-1";

export const MANIFEST = "manifest.json";

/** How much of a model is stored. */
export interface StoredModel {
  /** bytes of its weights here, and in all; both 0 where nothing is known of it */
  readonly bytes: number;
  readonly totalBytes: number;
}

/** A model folder's address with the slash at its end. */
export function folderAddress(base: string | URL): URL {
  const folder = new URL(base);
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return folder;
}

/** A file of another build lies under another key, so that no version is taken for another. */
export const storageKey = (folder: URL, { path, sha256 }: ManifestFile): string =>
  `${new URL(path, folder).href}?sha256=${sha256}`;

/** The cache of model files; null where the browser stores nothing (plain http, private windows). */
export async function openModelCache(
  storage: CacheStorage | null = globalThis.caches ?? null,
): Promise<Cache | null> {
  return storage === null ? null : storage.open(MODEL_CACHE).catch(() => null);
}

async function storedKeys(cache: Cache, folder: URL): Promise<string[]> {
  const keys = await cache.keys();
  return keys.map(({ url }) => url).filter((url) => url.startsWith(folder.href));
}

/** What is stored of the model folder at `base`; says nothing about whether it is whole. */
export async function storedModel(
  base: string | URL,
  storage?: CacheStorage | null,
): Promise<StoredModel> {
  const folder = folderAddress(base);
  const cache = await openModelCache(storage);
  const response = await cache?.match(new URL(MANIFEST, folder).href);
  if (!cache || response === undefined) return { bytes: 0, totalBytes: 0 };
  let files: readonly ManifestFile[];
  try {
    const bytes = new Uint8Array(await response.arrayBuffer());
    files = parseManifest(parseJson(bytes, MANIFEST)).files;
  } catch {
    return { bytes: 0, totalBytes: 0 };
  }
  const keys = new Set(await storedKeys(cache, folder));
  const weights = files.filter(({ path }) => isWeightFile(path));
  const sum = (list: readonly ManifestFile[]): number =>
    list.reduce((bytes, file) => bytes + file.bytes, 0);
  return {
    bytes: sum(weights.filter((file) => keys.has(storageKey(folder, file)))),
    totalBytes: sum(weights),
  };
}

/** Deletes every stored file of the model folder at `base`. */
export async function removeModel(
  base: string | URL,
  storage?: CacheStorage | null,
): Promise<void> {
  const cache = await openModelCache(storage);
  if (!cache) return;
  for (const key of await storedKeys(cache, folderAddress(base))) await cache.delete(key);
}
