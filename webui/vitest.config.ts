import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    environment: "node", // page tests name happy-dom in their first line
    restoreMocks: true,
    testTimeout: 60_000, // thousands of random inputs take a while on a busy machine
  },
});
