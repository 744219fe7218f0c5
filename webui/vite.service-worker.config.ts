import { defineConfig } from "vite";

/** The service worker: one classic script without imports, at the site's root. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../build/webui",
    emptyOutDir: false,
    target: "es2023",
    rolldownOptions: {
      input: { "service-worker": "src/service-worker.ts" },
      output: { format: "iife", entryFileNames: "[name].js" },
    },
  },
});
