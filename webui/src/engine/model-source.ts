/** Where a model's files come from: the same face for a web server and for a folder. */
import { HashMismatchError } from "./errors.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";
import { sha256 } from "./sha256.ts";

export interface FileProgress {
  readonly path: string;
  /** `downloading` from a server, `reading` from this machine's own storage */
  readonly phase: "downloading" | "reading";
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface FileRequest {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: FileProgress) => void) | undefined;
}

/** What became of the files of one load in this machine's storage. */
export interface StorageReport {
  /** `full`: there was no room for some; `none`: the browser stores nothing here */
  readonly kept: "all" | "full" | "none";
  /** stored files that were damaged, not used, and replaced from the server */
  readonly replaced: readonly string[];
}

export interface ModelSource {
  readonly manifest: Manifest;
  /** absent where files are read from a folder */
  readonly storage?: StorageReport;
  /**
   * The whole file, its SHA-256 checked against the manifest. Raises MissingFileError,
   * HashMismatchError, DownloadInterruptedError, DownloadStalledError, StoredFileDamagedError,
   * AbortedError.
   */
  file(path: string, request?: FileRequest): Promise<Uint8Array<ArrayBuffer>>;
}

/** Raises HashMismatchError unless `bytes` are what the manifest lists. */
export async function verify(bytes: Uint8Array<ArrayBuffer>, entry: ManifestFile): Promise<void> {
  if (bytes.length !== entry.bytes) {
    throw new HashMismatchError(
      entry.path,
      `it has ${bytes.length} bytes instead of ${entry.bytes}`,
    );
  }
  if ((await sha256(bytes)) !== entry.sha256) {
    throw new HashMismatchError(entry.path, "its SHA-256 differs from the manifest's");
  }
}
