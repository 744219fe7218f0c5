import { expect, it } from "vitest";
import { ChunkSize } from "../../src/engine/chunk-size.ts";

it("shrinks on a slow machine, down to a floor, and grows again to the plan's limit", () => {
  const size = new ChunkSize(128, false);
  const seen = [3000, 1500, 800, 600, 300, 100, 100, 100, 100].map((milliseconds) => {
    size.observe(size.tokens, milliseconds);
    return size.tokens;
  });
  expect(seen).toEqual([64, 32, 16, 16, 16, 32, 64, 128, 128]);
});

it("learns nothing from a shorter call", () => {
  const size = new ChunkSize(128, false);
  size.observe(5, 1);
  size.observe(100, 9000);
  expect(size.tokens).toBe(128);
});

it("begins with few tokens where the first call may take long", () => {
  expect(new ChunkSize(128, true).tokens).toBe(16);
  expect(new ChunkSize(8, true).tokens).toBe(8);
});
