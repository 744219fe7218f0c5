import { describe, expect, it } from "vitest";

import { tokenize } from "../../../src/scribe/checks/text.ts";

/** Words and numbers of a text, the likeliest reading each. */
const read = (text: string): string =>
  tokenize(text)
    .map(({ w }) => w)
    .join(" ");
const readings = (text: string): number[] | undefined => tokenize(text).find(({ n }) => n)?.n;

describe("spoken numbers", () => {
  it.each([
    ["one forty eight over ninety two", "148 over 92"],
    ["seven fifty twice a day", "750 twice a day"],
    ["a hundred and twelve", "112"],
    ["point one percent", "0.1 percent"],
    ["seven point eight", "7.8"],
    ["twelve and a half", "12.5"],
    ["two oh one in june", "201 in june"],
    ["fifty thousand units", "50000 units"],
    ["two thousand and nineteen", "2019"],
    ["in twenty fifteen", "in 2015"],
    ["one ten one twenty", "110 120"],
    ["three hundred three times a day", "300 3 times a day"],
    ["a couple of weeks", "2 of weeks"],
    ["the twenty second", "the 22"],
    ["stage three b", "stage 3"],
    ["stage II", "stage 2"],
  ])("reads %j as %j", (said, expected) => {
    expect(read(said)).toBe(expected);
  });

  it("keeps the readings that a temperature can have", () => {
    expect(readings("one oh two four")).toEqual([102.4, 1024]);
    expect(readings("thirty eight nine")).toContain(38.9);
    expect(readings("ninety seven . one")).toContain(97.1);
    expect(readings("eleven two")).toContain(11.2);
  });

  it("counts the first of two in the hundreds of the second", () => {
    expect(readings("three to four hundred")).toContain(300);
  });
});

describe("words", () => {
  it("joins spelled letters and opens contractions", () => {
    expect(read("L-A-M-I-C-T-A-L")).toBe("lamictal");
    expect(read("b i d")).toBe("bid");
    expect(read("your e g f r")).toBe("your egfr");
    expect(read("b.i.d.")).toBe("bid");
    expect(read("i do n't and didn't and havent")).toBe("i do not and did not and have not");
  });

  it("drops fillers and stutters, not doubled units", () => {
    expect(read("it's my , uh , my left knee")).toBe("it my left knee");
    expect(read("an hour , hour and a half")).toBe("an hour , hour and a 0.5");
  });
});
