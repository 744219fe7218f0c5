import { describe, expect, it } from "vitest";

import { codesOf, MOST, suggestCodes } from "../../src/coding/suggest.ts";
import table from "./lines.json" with { type: "json" };

interface Row {
  text: string;
  /** For each thing that can be coded: its right codes. */
  expected: string[][];
  codes: string[];
}

const read = (lines: readonly (readonly unknown[])[]): Row[] =>
  lines.map(([text, expected]) => ({
    text: text as string,
    expected: (expected as (string | string[])[]).map((each) => [each].flat()),
    codes: codesOf(text as string).map(({ code }) => code),
  }));

/** Share of right suggestions and of things that got one, with the lines that went wrong. */
function measure(rows: readonly Row[]): { precision: number; recall: number; report: string } {
  const right = ({ expected }: Row, code: string): boolean => expected.flat().includes(code);
  const met = ({ codes }: Row, any: string[]): boolean => any.some((code) => codes.includes(code));
  const given = rows.flatMap((row) => row.codes.map((code) => right(row, code)));
  const wanted = rows.flatMap((row) => row.expected.map((any) => met(row, any)));
  const share = (of: boolean[]): number => of.filter(Boolean).length / of.length;
  const wrong = rows.filter(
    (row) =>
      !row.codes.every((code) => right(row, code)) || !row.expected.every((any) => met(row, any)),
  );
  const report = [
    `precision ${share(given).toFixed(3)} of ${given.length}, recall ${share(wanted).toFixed(3)} of ${wanted.length}`,
    ...wrong.map(
      ({ text, codes, expected }) => `${text} → ${codes.join()} (${expected.join(" + ")})`,
    ),
  ].join("\n");
  return { precision: share(given), recall: share(wanted), report };
}

describe.each([
  ["the first table", read(table.lines), 0.95, 0.95],
  ["the second table", read(table.second), 0.9, 0.7],
])("codes of lines, %s", (_name, rows, precision, recall) => {
  it("are right, and few are missed", () => {
    const measured = measure(rows);
    if (process.env.SHOW_CODES) console.log(measured.report);
    expect(rows.length).toBeGreaterThanOrEqual(55);
    expect(measured.precision, measured.report).toBeGreaterThanOrEqual(precision);
    expect(measured.recall, measured.report).toBeGreaterThanOrEqual(recall);
  });

  it("are given for nothing that cannot be coded", () => {
    const none = rows.filter(({ expected }) => expected.length === 0);
    expect(none.filter(({ codes }) => codes.length > 0)).toEqual([]);
  });
});

describe("suggestCodes", () => {
  it("names the line and its words, and gives a code once", () => {
    const lines = [
      { id: "a", text: "Gout of the right foot." },
      { id: "b", text: "Gout and hypertension." },
    ];
    const codes = suggestCodes(lines);
    expect(codes.map(({ line, words }) => [line, words])).toEqual([
      ["a", "Gout"],
      ["b", "hypertension"],
    ]);
    expect(codes[1]).toMatchObject({ code: "I10", complete: true });
  });

  it("says where a code needs further characters", () => {
    const [sprain] = codesOf("Left ankle sprain.");
    expect(sprain).toMatchObject({ code: "S93.402", complete: false });
  });

  it("gives no side that is not said, and no more codes than are looked at", () => {
    expect(codesOf("Knee pain.").map(({ code }) => code)).toEqual(["M25.569"]);
    const many = "Gout, hypertension, asthma, obesity, insomnia and anxiety.";
    expect(codesOf(many)).toHaveLength(MOST);
  });
});
