import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { checkNote } from "../../../src/scribe/checks/index.ts";

interface Pair {
  id: string;
  dialogue: { speaker: string; text: string }[];
  note: { text: string; label: string; severity?: string }[];
}

/** The half of the labelled set on which the checks were tuned. */
const pairs = readFileSync(
  new URL("../../../../eval/sets/clinical-checks/tune.jsonl", import.meta.url),
  "utf8",
)
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Pair);

describe("the labelled set's tuning half", () => {
  it("has its major errors found, and few others flagged", () => {
    let found = 0;
    let wrong = 0;
    let missed = 0;
    for (const { dialogue, note } of pairs) {
      const { statements } = checkNote(
        dialogue,
        note.map(({ text }) => text),
      );
      note.forEach(({ severity }, i) => {
        const flagged = statements[i]?.severity === "major";
        if (flagged && severity === "major") found++;
        else if (flagged) wrong++;
        else if (severity === "major") missed++;
      });
    }
    const precision = found / (found + wrong);
    const recall = found / (found + missed);
    console.info(`major errors: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`);
    expect(precision).toBeGreaterThanOrEqual(0.95);
    expect(recall).toBeGreaterThanOrEqual(0.95);
  });
});
