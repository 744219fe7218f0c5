import { describe, expect, it } from "vitest";

import { checkNote } from "../../../src/scribe/checks/index.ts";

const VISIT = [
  "[doctor] good morning, what brings you in",
  "[patient] my left knee hurts since i fell off the ladder two weeks ago",
  "[doctor] do you take anything for it",
  "[patient] ibuprofen, four hundred, three times a day",
  "[doctor] any trouble with your stomach",
  "[patient] no, none at all",
  "[doctor] okay let me look. there is swelling over the kneecap and you bend it to ninety degrees",
  "[patient] is it broken",
  "[doctor] i don't think so, but we'll get an x-ray today and i'd like you to see physical therapy",
].join("\n");

const linked = (note: string): number[][] => checkNote(VISIT, note).statements.map((s) => s.turns);

describe("the turns that a statement is linked to", () => {
  it.each([
    ["Left knee pain after a fall from a ladder two weeks ago.", 1],
    ["Ibuprofen 400 mg three times daily.", 3],
    ["Swelling over the patella, flexion to 90 degrees.", 6],
    ["X-ray today; referral to physical therapy.", 8],
  ])("%s", (statement, turn) => {
    expect(linked(statement)).toEqual([[turn]]);
  });

  it("includes an answer's question or the answer, and nothing else", () => {
    const [turns] = linked("Denies stomach trouble.");
    expect(turns?.length).toBeGreaterThan(0);
    expect(turns?.every((turn) => turn === 4 || turn === 5)).toBe(true);
  });

  it("are none for what nobody spoke of", () => {
    expect(linked("Colonoscopy was unremarkable.")).toEqual([[]]);
  });

  it("are none without a transcript", () => {
    expect(checkNote("", "Denies fever.").statements[0]?.turns).toEqual([]);
  });
});
