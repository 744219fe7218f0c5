import { describe, expect, it } from "vitest";

import { checkNote } from "../../../src/scribe/checks/index.ts";
import { tokenize } from "../../../src/scribe/checks/text.ts";
import { findValues } from "../../../src/scribe/checks/values.ts";

/** The severity of what is unsupported, else the verdict, of one statement after some turns. */
function verdict(turns: readonly string[], statement: string): string {
  const dialogue = turns.map((text, i) => ({ speaker: i % 2 ? "patient" : "doctor", text }));
  const [checked] = checkNote(dialogue, [statement]).statements;
  return checked ? (checked.severity ?? checked.verdict) : "";
}

const rates = (text: string): number[] =>
  findValues(tokenize(text)).flatMap((value) => (value.kind === "frequency" ? value.rates : []));
const slots = (text: string): string[] =>
  findValues(tokenize(text)).flatMap((value) => (value.kind === "frequency" ? value.slots : []));

describe("a dose told as a count and a strength", () => {
  it.each([
    ["Torsemide, two of the tens.", "Torsemide 20 mg.", "Torsemide 10 mg and 50 mg."],
    ["Take three of your two hundred ibuprofens.", "Ibuprofen 600 mg.", "Ibuprofen 800 mg."],
    ["I sleep on half of one of those ten Ambiens.", "Zolpidem 5 mg.", "Zolpidem 15 mg."],
    ["The Lamictal twenty fives, two at night.", "Lamotrigine 50 mg.", "Lamotrigine 150 mg."],
    ["Lithium three hundred at breakfast and six at night.", "Lithium 600 mg.", "Lithium 500 mg."],
    ["Vancomycin, a gram and a quarter.", "Vancomycin 1.25 g.", "Vancomycin 1.5 g."],
    ["The Ozempic, a quarter milligram.", "Semaglutide 0.25 mg.", "Semaglutide 0.5 mg."],
    ["Digoxin, point one two five.", "Digoxin 0.125 mg.", "Digoxin 0.25 mg."],
    ["Plaquenil, the two hundreds.", "Hydroxychloroquine 200 mg.", "Hydroxychloroquine 300 mg."],
    ["Tamoxifen, twenty a day.", "Tamoxifen 20 mg daily.", "Tamoxifen 10 mg daily."],
  ])("%s", (said, right, wrong) => {
    expect(verdict([said], right)).toBe("supported");
    expect(verdict([said], wrong)).toBe("major");
  });
});

describe("both strengths of a combination", () => {
  it.each([
    [
      "Entresto, the twenty four twenty six.",
      "Sacubitril-valsartan 24/26 mg.",
      "Entresto 97/103 mg.",
    ],
    ["On Exforge, the ten over three twenty.", "Exforge 10/320 mg.", "Exforge 5/160 mg."],
    [
      "The Suboxone, a film and a half, the eight twos.",
      "Buprenorphine-naloxone 12/3 mg.",
      "Suboxone 16/4 mg.",
    ],
  ])("%s", (said, right, wrong) => {
    expect(verdict([said], right)).toBe("supported");
    expect(verdict([said], wrong)).toBe("major");
  });
});

describe("how often", () => {
  it.each([
    ["every twelve", 2],
    ["at eight and eight", 2],
    ["every other Thursday", 1 / 14],
    ["every third morning", 1 / 3],
    ["two of those a day", 2],
    ["three days weekly", 3 / 7],
    ["two nights out of seven", 2 / 7],
    ["the six month one", 1 / 180],
    ["a thousand one day and fifteen hundred the next", 1],
    ["with each meal", 3],
  ])("%s", (said, rate) => {
    expect(rates(said)[0]).toBeCloseTo(rate, 5);
  });

  it.each([
    ["when you wake up", "morning"],
    ["first thing", "morning"],
    ["for bed", "night"],
    ["before I go to sleep", "night"],
    ["ahead of breakfast", "morning"],
    ["around noon", "noon"],
  ])("%s", (said, slot) => {
    expect(slots(said)).toContain(slot);
  });
});

describe("names", () => {
  it.each([
    ["How is the carve a deal all treating you?", "On carvedilol."],
    ["I am on the oh zempic.", "On semaglutide."],
    ["It's X, A, R, E, L, T, O.", "On rivaroxaban."],
    ["And that's with ex forge?", "On amlodipine-valsartan."],
  ])("heard in %s", (said, statement) => {
    expect(verdict([said], statement)).toBe("supported");
    expect(verdict([said], "On warfarin.")).toBe("major");
  });

  it.each([
    [["The Zofran bound me up so bad I threw it out."], "Takes ondansetron."],
    [["How about the Mirapex?", "My wife flushed it."], "Takes pramipexole."],
    [["Amaryl two.", "The Amaryl's gone."], "Takes glimepiride."],
    [["Are you taking the naltrexone?", "It's in the drawer."], "Takes naltrexone."],
    [["We get rid of the glipizide altogether."], "Continue glipizide."],
  ])("are not taken: %j", (turns, statement) => {
    expect(verdict(turns, statement)).toBe("major");
  });
});

describe("the circumstances of a value", () => {
  it.each([
    ["Sitting 142 over 80, standing 116 over 70.", "BP 116/70 standing.", "BP 116/70 sitting."],
    [
      "Dry weight's 71.5 kilos, and he came in at 74 kilos.",
      "Dry weight 71.5 kg.",
      "Arrival weight 71.5 kg.",
    ],
  ])("%s", (said, right, wrong) => {
    expect(verdict([said], right)).toBe("supported");
    expect(verdict([said], wrong)).toBe("major");
  });

  it("old values stay old", () => {
    const said = ["Platelets were forty eight, no, that's the old one. They're seventy three."];
    expect(verdict(said, "Platelets 73, previously 48.")).toBe("supported");
    expect(verdict(["The right's down to twenty sixty."], "Acuity 20/40.")).toBe("major");
  });
});
