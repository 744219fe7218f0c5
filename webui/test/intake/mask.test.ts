import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { mask } from "../../src/intake/mask.ts";
import conditions from "../../src/scribe/vocabulary/conditions.json";
import drugs from "../../src/scribe/vocabulary/drugs.json";
import { LINES } from "./mask-lines.ts";

const found = (line: string): string[] =>
  mask(line).masks.flatMap(({ value, count }) => Array<string>(count).fill(value));

describe("what is masked", () => {
  it(`is right on ${LINES.length} lines, as far as told here`, () => {
    let right = 0;
    let missed = 0;
    let wrong = 0;
    const problems: string[] = [];
    for (const [line, wanted] of LINES) {
      const open = [...wanted];
      const extra: string[] = [];
      for (const value of found(line)) {
        const at = open.indexOf(value);
        if (at < 0) extra.push(value);
        else open.splice(at, 1);
      }
      right += wanted.length - open.length;
      missed += open.length;
      wrong += extra.length;
      if (open.length + extra.length > 0)
        problems.push(`${line}  missed ${open.join(" | ")}; wrong ${extra.join(" | ")}`);
    }
    const recall = right / (right + missed);
    const precision = right / (right + wrong);
    console.info(
      `${LINES.length} lines, ${right + missed} values: recall ${(100 * recall).toFixed(1)} %, ` +
        `precision ${(100 * precision).toFixed(1)} %\n${problems.join("\n")}`,
    );
    expect(recall).toBeGreaterThan(0.95);
    expect(precision).toBeGreaterThan(0.95);
  });

  it("is the same for the same value, and another for another", () => {
    const { text, masks } = mask(
      "[doctor] Hi, Brian. Brian, did Dr. Smith call you on March 3, 2024?\n[patient] Smith did, on March 3, 2024.",
    );
    expect(text).toBe(
      "[doctor] Hi, NAME-1. NAME-1, did Dr. NAME-2 call you on DATE-1?\n[patient] NAME-2 did, on DATE-1.",
    );
    expect(masks.map(({ placeholder, value, count }) => [placeholder, value, count])).toEqual([
      ["NAME-1", "Brian", 2],
      ["NAME-2", "Smith", 2],
      ["DATE-1", "March 3, 2024", 2],
    ]);
  });

  it("counts on from stand-ins that the transcript has itself", () => {
    expect(mask("[patient] I'm Brian, they call me NAME-3.").text).toContain("I'm NAME-4");
  });

  it("spares drugs and diseases in a sentence, with a capital and without", () => {
    const said = [
      ...Object.entries(drugs.drugs).flatMap(([drug, names]) => [drug, ...names]),
      ...Object.keys(conditions.conditions),
      ...Object.keys(conditions.symptoms),
    ].filter((name, at) => at % 5 === 0 && /^[a-z' -]+$/.test(name));
    const masked = said.filter((name) => {
      const capital = name[0]!.toUpperCase() + name.slice(1);
      return [name, capital].some(
        (written) =>
          mask(`[doctor] So we think of ${written}, and you take water.`).masks.length > 0,
      );
    });
    console.info(`${masked.length} of ${said.length} masked: ${masked.slice(0, 40).join(", ")}`);
    expect(masked.length / said.length).toBeLessThan(0.005);
  });
});

describe("restore", () => {
  const { restore } = mask(
    "[doctor] hi , brian . mr. o'brien saw you on 3/4/2021 , call 555-867-5309 .",
  );

  it("brings every value back, whatever case the model used", () => {
    expect(restore("NAME-1 was seen on DATE-1 (PHONE-1).")).toBe(
      "Brian was seen on 3/4/2021 (555-867-5309).",
    );
    expect(restore("Name-1's wife; Name1; NAME\u20111; name - 1; Mr. NAME-2")).toBe(
      "Brian's wife; Brian; Brian; Brian; Mr. O'Brien",
    );
  });

  it("leaves alone what is no stand-in of this transcript", () => {
    const note = "NAME-7, due date 1 week, phone 1, number 1 of 3, address 2";
    expect(restore(note)).toBe(note);
  });

  it("undoes the mask, up to the capitals of names", () => {
    const word = fc.constantFrom(
      "brian",
      "Brian",
      "dr. smith",
      "Dr. Nguyen",
      "3/4/2021",
      "march 3rd",
      "555-867-5309",
      "NAME-1",
      "a@b.org",
      "12 Oak Street",
      "mrn 1234567",
      "hi",
      ",",
      ".",
      "\n[doctor]",
      "\n[anna]",
      "mg",
      "500",
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.join(" ");
        const masked = mask(text);
        expect(masked.restore(masked.text).toLowerCase()).toBe(text.toLowerCase());
      }),
      { numRuns: 1000 },
    );
  });

  it("takes any text, in linear time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        expect(typeof mask(text).text).toBe("string");
      }),
      { numRuns: 2000 },
    );
    for (const part of [
      "a ",
      "1-",
      "a.",
      "on 1/",
      "555-",
      "mr. ",
      "Aa-",
      "one ",
      "may ",
      "id ",
      "x at ",
      "\n[a",
      "1 Aa ",
    ]) {
      const begun = performance.now();
      mask(part.repeat(20_000));
      expect(performance.now() - begun, `time for '${part}'`).toBeLessThan(2000);
    }
  });
});
