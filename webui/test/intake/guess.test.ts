import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { guessLines, nameSpeakers } from "../../src/intake/guess.ts";
import type { SpokenTurn } from "../../src/intake/types.ts";
import { splitTurns } from "../../src/scribe/transcript.ts";

const turn = (speaker: string, text: string): SpokenTurn => ({ speaker, text });
const VISIT = [
  "good morning , what brings you in today ?",
  "my knee has been hurting for two weeks .",
  "did you fall or twist it ?",
  "no , it just started after i was gardening .",
  "okay , let me take a look at your knee . any pain when i press here ?",
  "yes , that hurts .",
  "i'd like to get an x-ray of that knee and prescribe naproxen .",
  "thank you , doctor .",
];
const TRUTH = VISIT.map((_, at) => (at % 2 === 0 ? "doctor" : "patient"));

describe("speakers without names", () => {
  it("finds doctor and patient behind anonymous labels, and says what was guessed", () => {
    const turns = VISIT.map((text, at) => turn(`speaker ${2 - (at % 2)}`, text));
    const { turns: named, remark } = nameSpeakers(turns);
    expect(named.map(({ speaker }) => speaker)).toEqual(TRUTH);
    expect(remark).toEqual({ code: "guessed-labels", doctor: "speaker 2", patient: "speaker 1" });
  });

  it("guesses each line where no label is, and where one stands for all", () => {
    for (const label of ["", "speaker", "speaker 1"]) {
      const { turns, remark } = nameSpeakers(VISIT.map((text) => turn(label, text)));
      expect(turns.map(({ speaker }) => speaker)).toEqual(TRUTH);
      expect(remark).toEqual({ code: "guessed-lines", count: VISIT.length });
    }
  });

  it("takes a label at its word, and keeps those of other people", () => {
    const { turns, remark } = nameSpeakers([
      turn("dr. smith", "my own knee hurts too"),
      turn("pt", "what is it ?"),
      turn("wife", "he fell"),
    ]);
    expect(turns.map(({ speaker }) => speaker)).toEqual(["doctor", "patient", "wife"]);
    expect(remark).toBeNull();
  });

  it("gives the open label to the one who is missing", () => {
    const { turns } = nameSpeakers([turn("Dr. Adams", "hello"), turn("anna", "hello")]);
    expect(turns.map(({ speaker }) => speaker)).toEqual(["doctor", "patient"]);
  });

  it("guesses dictated lines among named ones", () => {
    for (const named of [(at: number) => at < 4, (at: number) => at >= 4]) {
      const lines = VISIT.map((text, at) => turn(named(at) ? TRUTH[at]! : "speaker", text));
      const { turns, remark } = nameSpeakers(lines);
      expect(turns.map(({ speaker }) => speaker)).toEqual(TRUTH);
      expect(remark).toEqual({ code: "guessed-lines", count: 4 });
    }
  });

  it("leaves the one name of a monologue alone", () => {
    const turns = [turn("anna lee", "my knee hurts")];
    expect(nameSpeakers(turns)).toEqual({ turns, remark: null });
  });

  it("says nothing about a single line", () => {
    expect(nameSpeakers([turn("speaker 1", "hello")])).toEqual({
      turns: [turn("", "hello")],
      remark: null,
    });
  });
});

const DATA = join(process.env["SCRIBE_DATA"] ?? "", "aci-bench");
const there = Boolean(process.env["SCRIBE_DATA"]) && existsSync(join(DATA, "train.csv"));

/** Visits in which the published labels call the doctor patient, and the patient doctor. */
const SWAPPED = new Set(["D2N034", "D2N038", "D2N056", "D2N057", "D2N059", "D2N082"]);

/** Dialogues of a CSV file with quoted fields. */
function dialogues(file: string): SpokenTurn[][] {
  const text = readFileSync(join(DATA, file), "utf8");
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|$)/g,
  )) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end !== ",") rows.push([]);
  }
  const at = rows[0]!.indexOf("dialogue");
  const id = rows[0]!.indexOf("encounter_id");
  const other: Record<string, string> = { doctor: "patient", patient: "doctor" };
  return rows
    .slice(1)
    .filter((row) => row.length > at)
    .map((row) =>
      splitTurns(row[at]!).map(({ speaker, text }) => ({
        speaker: SWAPPED.has(row[id]!) ? (other[speaker] ?? speaker) : speaker,
        text,
      })),
    );
}

describe.skipIf(!there)("the guess on ACI-Bench, whose labels are taken away", () => {
  it.each([
    ["train.csv", 67],
    ["valid.csv", 20],
  ])("%s", (file, visits) => {
    const all = dialogues(file);
    expect(all.length).toBe(visits);
    let labels = 0;
    const lines = { right: 0, all: 0 };
    const sentences = { right: 0, all: 0 };
    for (const visit of all) {
      const two = visit.filter(({ speaker }) => speaker === "doctor" || speaker === "patient");
      // Who speaks first must not tell.
      const code = { doctor: "speaker 2", patient: "speaker 1" } as Record<string, string>;
      const anonymous = visit.map(({ speaker, text }) => turn(code[speaker] ?? "speaker 3", text));
      const { remark } = nameSpeakers(anonymous);
      if (remark?.code === "guessed-labels") {
        // In one visit a relative answers, and no turn is the patient's.
        const answers = two.some(({ speaker }) => speaker === "patient")
          ? "speaker 1"
          : "speaker 3";
        labels += Number(remark.doctor === "speaker 2" && remark.patient === answers);
      }
      count(two, lines);
      const cut = two.flatMap(({ speaker, text }) =>
        text.split(/(?<=[.?!])\s+/).map((sentence) => turn(speaker, sentence)),
      );
      count(cut, sentences);
    }
    const share = ({ right, all }: { right: number; all: number }): number => right / all;
    console.info(
      `${file}: labels ${labels} of ${visits}; turns ${(100 * share(lines)).toFixed(1)} % of ` +
        `${lines.all}; sentences ${(100 * share(sentences)).toFixed(1)} % of ${sentences.all}`,
    );
    expect(labels / visits).toBeGreaterThanOrEqual(0.98);
    expect(share(lines)).toBeGreaterThan(0.9);
    expect(share(sentences)).toBeGreaterThan(0.8);
  });
});

function count(turns: SpokenTurn[], into: { right: number; all: number }): void {
  const roles = guessLines(turns.map(({ text }) => ({ text, known: null })));
  into.all += turns.length;
  into.right += turns.filter(({ speaker }, at) => speaker === roles[at]).length;
}
