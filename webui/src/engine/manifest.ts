/** `manifest.json`: what a model folder holds, with the size and SHA-256 of every file. */
import { FormatRefusedError, MissingFileError } from "./errors.ts";

export interface ManifestFile {
  /** relative to the model folder, with forward slashes */
  readonly path: string;
  readonly bytes: number;
  /** lower-case hexadecimal */
  readonly sha256: string;
}

export interface Manifest {
  readonly format: 1;
  readonly name: string;
  readonly title: string;
  /** true for random weights, which the page must say */
  readonly test_model: boolean;
  readonly files: readonly ManifestFile[];
  readonly weights_bytes: number;
  readonly [other: string]: unknown;
}

const NAME = "manifest.json";

/** An object or a FormatRefusedError that names `file`. */
export function requireObject(value: unknown, file: string, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FormatRefusedError(file, `${what} is no object`);
  }
  return value as Record<string, unknown>;
}

/** Refuses every format version but 1. */
export function requireFormat(value: Record<string, unknown>, file: string): void {
  if (value.format !== 1) {
    throw new FormatRefusedError(
      file,
      `its format is ${JSON.stringify(value.format) ?? "not given"}, and this page reads format 1 only`,
    );
  }
}

/** UTF-8 JSON out of a model file; FormatRefusedError where it is none. */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    throw new FormatRefusedError(file, "it is not JSON");
  }
}

function parseFile(value: unknown): ManifestFile {
  const { path, bytes, sha256 } = requireObject(value, NAME, "an entry of its file list");
  const safe =
    typeof path === "string" &&
    path !== "" &&
    !path.startsWith("/") &&
    !path.split("/").includes("..");
  if (!safe || /[\\:?#]/.test(path)) {
    throw new FormatRefusedError(NAME, `it lists the unusable path ${JSON.stringify(path)}`);
  }
  if (!Number.isSafeInteger(bytes) || (bytes as number) < 0) {
    throw new FormatRefusedError(NAME, `the size of ${path} is missing`);
  }
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new FormatRefusedError(NAME, `the SHA-256 of ${path} is missing`);
  }
  return { path, bytes: bytes as number, sha256 };
}

/** Checks a parsed `manifest.json`. Raises FormatRefusedError. */
export function parseManifest(value: unknown): Manifest {
  const manifest = requireObject(value, NAME, "its content");
  requireFormat(manifest, NAME);
  const { name, title, test_model, files, weights_bytes } = manifest;
  if (typeof name !== "string" || typeof title !== "string") {
    throw new FormatRefusedError(NAME, "the model's name or title is missing");
  }
  if (typeof test_model !== "boolean") {
    throw new FormatRefusedError(NAME, "it does not say whether this is a test model");
  }
  if (!Array.isArray(files) || typeof weights_bytes !== "number") {
    throw new FormatRefusedError(NAME, "its file list or the size of its weights is missing");
  }
  return {
    ...manifest,
    format: 1,
    name,
    title,
    test_model,
    files: files.map(parseFile),
    weights_bytes,
  };
}

/** The manifest's entry for `path`. Raises MissingFileError. */
export function manifestFile(manifest: Manifest, path: string): ManifestFile {
  const entry = manifest.files.find((file) => file.path === path);
  if (entry === undefined) throw new MissingFileError(path);
  return entry;
}

/** Whether the model folder holds `path`. */
export function hasFile(manifest: Manifest, path: string): boolean {
  return manifest.files.some((file) => file.path === path);
}
