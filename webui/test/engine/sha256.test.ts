import { expect, it } from "vitest";
import { sha256 } from "../../src/engine/sha256.ts";

const abc = new TextEncoder().encode("abc");
const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-2, example B.1

it("computes SHA-256 by the browser", async () => {
  expect(await sha256(abc)).toBe(digest);
});

it("computes SHA-256 where the browser withholds it", async () => {
  expect(await sha256(abc, null)).toBe(digest);
});
