/** A model folder on this machine. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MissingFileError, throwIfAborted } from "../engine/errors.ts";
import { manifestFile, parseJson, parseManifest } from "../engine/manifest.ts";
import { verify } from "../engine/model-source.ts";
import type { FileRequest, ModelSource } from "../engine/model-source.ts";

async function read(folder: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(join(folder, path)));
  } catch (error) {
    throw new MissingFileError(path, error);
  }
}

/** Opens `folder`. Raises MissingFileError, FormatRefusedError; files are verified when read. */
export async function openFolder(folder: string): Promise<ModelSource> {
  const manifest = parseManifest(parseJson(await read(folder, "manifest.json"), "manifest.json"));
  return {
    manifest,
    async file(
      path: string,
      { signal, onProgress }: FileRequest = {},
    ): Promise<Uint8Array<ArrayBuffer>> {
      const entry = manifestFile(manifest, path);
      throwIfAborted(signal);
      const bytes = await read(folder, path);
      await verify(bytes, entry);
      onProgress?.({ path, phase: "reading", bytesDone: bytes.length, bytesTotal: entry.bytes });
      return bytes;
    },
  };
}
