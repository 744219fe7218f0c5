import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import sharp, { type Sharp } from "sharp";
import { defineConfig, runnerImport, type Plugin } from "vite";

import type { Shell } from "./src/page/shell.tsx";
import type { ThirdParty } from "./src/page/site.ts";

/** `shell.json`: the page as static HTML with its title, for the template that holds the rest. */
function shell(): Plugin {
  return {
    name: "shell",
    apply: "build",
    async generateBundle() {
      const page = await runnerImport<{ renderShell(): Shell }>("/src/page/shell.tsx");
      const source = JSON.stringify(page.module.renderShell());
      this.emitFile({ type: "asset", fileName: "shell.json", source });
    },
  };
}

/** The icon's ground, which fills what platforms cut to their own shapes. */
const ICON_GROUND = "#0b6a73";

/** `icons/`: the one drawing in the sizes that browsers and phones ask for. */
function icons(): Plugin {
  const drawing = readFileSync("icon.svg");
  const draw = (size: number): Sharp =>
    sharp(drawing, { density: (72 * size) / 32 }).resize(size, size);
  /** Nothing of the drawing may lie outside four fifths of the width. */
  const whole = (size: number): Sharp => {
    const margin = Math.round(size / 10);
    const margins = { top: margin, bottom: margin, left: margin, right: margin };
    return draw(size - 2 * margin)
      .extend({ ...margins, background: ICON_GROUND })
      .flatten({ background: ICON_GROUND });
  };
  return {
    name: "icons",
    apply: "build",
    async generateBundle() {
      const emit = (name: string, source: Uint8Array): void =>
        void this.emitFile({ type: "asset", fileName: `icons/${name}`, source });
      emit("icon.svg", drawing);
      for (const size of [192, 512]) emit(`icon-${size}.png`, await draw(size).png().toBuffer());
      emit("maskable-512.png", await whole(512).png().toBuffer());
      emit("touch-180.png", await whole(180).png().toBuffer());
    },
  };
}

interface Lock {
  packages: Record<
    string,
    { version?: string; license?: string; dev?: boolean; devOptional?: boolean }
  >;
}

/** What packages bring along for TypeScript alone: none of it comes into the page. */
const TYPES_ALONE = /node_modules\/(@types\/|undici-types$)/;

/** `third-party.json`: the packages that the page holds, each with its licence's text. */
function thirdParty(): Plugin {
  return {
    name: "third-party",
    apply: "build",
    generateBundle() {
      const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
      const list = Object.entries(lock.packages)
        .filter(([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional)
        .filter(([path]) => !TYPES_ALONE.test(path))
        .map(([path, { version, license }]): ThirdParty => {
          const name = path.replace(/^.*node_modules\//, "");
          if (!version || !license) throw new Error(`package-lock.json has no licence of ${name}`);
          return { name, version, licence: license, text: licenceText(path) };
        });
      this.emitFile({ type: "asset", fileName: "third-party.json", source: JSON.stringify(list) });
    },
  };
}

function licenceText(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|notice)/i.test(name));
  if (files.length === 0) throw new Error(`${folder} holds no licence text`);
  return files.map((name) => readFileSync(join(folder, name), "utf8").trim()).join("\n\n");
}

/** The page and its worker: hashed assets plus the manifest from which the export links them. */
export default defineConfig({
  base: "./", // the site works in any folder of any server
  publicDir: false,
  plugins: [shell(), icons(), thirdParty()],
  build: {
    outDir: "../build/webui",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2023",
    assetsInlineLimit: 0, // the CSP allows data: for images alone
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { page: "src/page/main.tsx" } },
  },
  worker: { format: "es" },
});
