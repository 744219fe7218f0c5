/** What can go wrong with stored visits; the page has a sentence for each code. */
export type VaultErrorCode =
  | "unavailable" // no IndexedDB here: private mode, or storage is switched off
  | "insecure" // plain http from another machine: no WebCrypto, no locks
  | "full" // the disk or the browser's share of it is full; nothing was changed
  | "wrong-passphrase"
  | "key-damaged" // the wrapped key fails its checksum, so no passphrase can open it
  | "off" // nothing is stored here, or another tab has deleted it all
  | "locked"
  | "missing" // the visit is not there any more
  | "damaged" // the record was changed outside the page
  | "not-a-backup"
  | "storage"; // anything else that the browser's storage refused

export class VaultError extends Error {
  override readonly name = "VaultError";
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** Turns what the browser's storage throws into a VaultError. */
export function storageError(error: unknown): VaultError {
  if (error instanceof VaultError) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError") return new VaultError("full", error);
  const closed = name === "InvalidStateError" || name === "NotFoundError";
  return new VaultError(closed ? "off" : "storage", error);
}
