import { defineConfig } from "vite";

/** The test bench: the engine's page for logits and figures, which no site ships. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  publicDir: false,
  build: {
    outDir: "../../build/lab",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    rolldownOptions: { input: { lab: "lab.html" } },
  },
  worker: { format: "es" },
});
