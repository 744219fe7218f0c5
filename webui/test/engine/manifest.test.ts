import { describe, expect, it } from "vitest";
import { FormatRefusedError, MissingFileError } from "../../src/engine/errors.ts";
import { hasFile, manifestFile, parseJson, parseManifest } from "../../src/engine/manifest.ts";

const file = { path: "a/b.bin", bytes: 3, sha256: "0".repeat(64) };
const good = {
  format: 1,
  name: "m",
  title: "M",
  test_model: false,
  files: [file],
  weights_bytes: 3,
  licence: {},
};

describe("parseManifest", () => {
  it("keeps what it does not know", () => {
    const manifest = parseManifest(good);
    expect(manifest).toEqual(good);
    expect(manifestFile(manifest, "a/b.bin")).toEqual(file);
    expect(hasFile(manifest, "c")).toBe(false);
    expect(() => manifestFile(manifest, "c")).toThrow(MissingFileError);
  });

  it.each([2, "1", undefined])("refuses format %s in one sentence", (format) => {
    expect(() => parseManifest({ ...good, format })).toThrow(
      /^manifest\.json cannot be used: its format is .*reads format 1 only\. Build .*\.$/,
    );
  });

  it.each([
    [null],
    [[]],
    [{ ...good, name: 1 }],
    [{ ...good, test_model: "no" }],
    [{ ...good, files: {} }],
    [{ ...good, files: [{ ...file, sha256: "ABC" }] }],
    [{ ...good, files: [{ ...file, bytes: -1 }] }],
    [{ ...good, files: [{ ...file, path: "../secret" }] }],
    [{ ...good, files: [{ ...file, path: "/etc/passwd" }] }],
    [{ ...good, files: [{ ...file, path: "https://elsewhere/x" }] }],
  ])("refuses %j", (value) => {
    expect(() => parseManifest(value)).toThrow(FormatRefusedError);
  });

  it("names a file that is not JSON", () => {
    expect(() => parseJson(new TextEncoder().encode("{"), "plan.wasm.json")).toThrow(
      /plan\.wasm\.json .*not JSON/,
    );
  });
});
