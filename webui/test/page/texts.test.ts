import { afterEach, describe, expect, it } from "vitest";

import { formatBytes, formatCount } from "../../src/page/format.ts";
import { language, preferredLanguage } from "../../src/page/language.ts";
import { inEveryLanguage, texts } from "../../src/page/texts.ts";
import { de } from "../../src/page/texts/de.ts";
import { en } from "../../src/page/texts/en.ts";

type Leaf = [path: string, value: unknown];

function leaves(group: object, path = ""): Leaf[] {
  return Object.entries(group).flatMap(([key, value]: [string, unknown]): Leaf[] => {
    const own = path === "" ? key : `${path}.${key}`;
    return typeof value === "object" && value !== null ? leaves(value, own) : [[own, value]];
  });
}

/** English in both languages: what the model reads, and what leaves the page. */
const ENGLISH_BY_INTENT =
  /^(title$|languages\.(label|names)|export\.document\.|letter\.(words|draft)|intake\.suggestions\.|writing\.style\.example$|licences\.pageLicence$)/;

/** Names, and words that German took over. */
const NAMES = new Set([
  "",
  "CPU",
  "GPU",
  "Markdown",
  ".txt",
  ".md",
  "Passphrase",
  "Pause",
  "Plan",
]);

afterEach(() => {
  language.value = "en";
});

describe("the interface's sentences in German", () => {
  const english = leaves(en);
  const german = new Map(leaves(de));

  it("are there for every English one", () => {
    expect([...german.keys()].sort()).toEqual(english.map(([path]) => path).sort());
    for (const [path, value] of english) {
      expect(typeof german.get(path), path).toBe(typeof value);
    }
  });

  it("are translated, but for names", () => {
    const same = english
      .filter(([path, value]) => typeof value === "string" && german.get(path) === value)
      .filter(([path, value]) => !ENGLISH_BY_INTENT.test(path) && !NAMES.has(value as string));
    expect(same).toEqual([]);
  });

  it("hold no English words that are left over, and never speak of verifying", () => {
    for (const [path, value] of german) {
      if (typeof value !== "string" || ENGLISH_BY_INTENT.test(path)) continue;
      if (["visit.placeholder", "writing.again.example"].includes(path)) continue;
      expect(value, path).not.toMatch(/\b(the|this|your|and|with|is not|you)\b/);
      expect(value, path).not.toMatch(/verifi/i);
    }
  });
});

/** Arguments that fit every function of its name, or two numbers. */
const ARGUMENTS: Record<string, unknown[][]> = {
  "status.writing": [[[]], [["Plan"]]],
  "status.engine": [[{ kind: "CPU", threads: 1 }], [{ kind: "GPU", threads: 4 }]],
  "errors.failure": [
    ["no-engine", "message"],
    ["other", "message"],
  ],
  "export.document.moment": [["2026-01-02T03:04:05Z"]],
  "intake.remark": [
    [{ code: "windows-1252" }],
    [{ code: "headings-left-out", count: 1 }],
    [{ code: "notes-left-out", count: 2 }],
    [{ code: "odd-times", line: 3, count: 2 }],
    [{ code: "guessed-labels", doctor: "A", patient: "B" }],
    [{ code: "guessed-lines", count: 2 }],
  ],
  "intake.problem": [
    "unknown-kind",
    "too-big",
    "empty",
    "not-text",
    "unreadable",
    "no-cues",
    "bad-json",
    "unknown-json",
    "json-without-speech",
    "not-docx",
    "docx-damaged",
  ].map((code) => [
    { code, file: "a", bytes: 9e6, limit: 5e6, format: "vtt", line: 2, found: "x", shape: "y" },
  ]),
  "lines.unsupported": [
    ["", false],
    ["why", true],
    ["why", "apart"],
  ],
  "visits.damage.name": [
    [null, null],
    ["a", "b"],
  ],
  "visits.files.imported": [
    [1, 0, []],
    [2, 3, [""]],
  ],
  "models.replaced": [[["a", "b"]]],
  "updates.repaired": [[["a", "b"]]],
  "privacy.stored.visits": [[[]], [["visits"]]],
  "visits.log.gone": [["0123456789"]],
};

describe("functions of the interface", () => {
  it.each([
    ["English", en],
    ["German", de],
  ])("give sentences in %s", (_, all) => {
    for (const [path, value] of leaves(all)) {
      if (typeof value !== "function") continue;
      const tries = ARGUMENTS[path] ?? [
        [1, 1, null, null],
        [2, 3, 60_000, 2e6],
      ];
      for (const given of tries) {
        const sentence: unknown = (value as (...all: unknown[]) => unknown)(...given);
        expect(typeof sentence, path).toBe("string");
        expect(sentence, path).not.toMatch(/undefined|NaN|\[object/);
      }
    }
  });
});

describe("the language", () => {
  it("changes sentences, their parts that were taken before, and numbers", () => {
    const part = texts.privacy;
    expect(part.open).toBe("Privacy");
    language.value = "de";
    expect(part.open).toBe("Datenschutz");
    expect(texts.language).toBe("de");
    expect(Object.keys(texts.models.states)).toEqual(Object.keys(en.models.states));
    expect(formatCount(12345)).toBe("12.345");
    expect(formatBytes(2.14e9)).toBe("2,1 GB");
    expect(inEveryLanguage(({ actions }) => actions.stop)).toEqual(["Stop", "Anhalten"]);
  });

  it("is the address's, else the browser's, else English", () => {
    expect(preferredLanguage("?lang=de", ["en-US"])).toBe("de");
    expect(preferredLanguage("?lang=xx", ["de-CH", "en"])).toBe("de");
    expect(preferredLanguage("", ["fr", "de"])).toBe("en");
    expect(preferredLanguage("", [])).toBe("en");
  });
});
