import { defineConfig } from "vite";

/** The test bench: pages for the logits, figures and checks of tests, which no site ships. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  publicDir: false,
  build: {
    outDir: "../../build/lab",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2048, // the checks' word lists
    rolldownOptions: { input: { lab: "lab.html", checks: "checks.html" } },
  },
  worker: { format: "es" },
});
