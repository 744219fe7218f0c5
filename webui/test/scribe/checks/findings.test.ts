import { describe, expect, it } from "vitest";

import { checkNote } from "../../../src/scribe/checks/index.ts";

/** 'major' and 'minor' for what is unsupported, else the verdict. */
function verdict(lines: string[], statement: string): string {
  const turns = lines.map((line) => {
    const [speaker = "", ...rest] = line.split(": ");
    return { speaker, text: rest.join(": ") };
  });
  const [checked] = checkNote(turns, [statement]).statements;
  return checked?.severity ?? checked?.verdict ?? "none";
}

type Case = [lines: string[], statement: string, verdict: string];

describe("what patients call things", () => {
  it.each<Case>([
    [["patient: I get woozy when I stand."], "Reports dizziness on standing.", "supported"],
    [["patient: I bring up everything."], "Reports vomiting.", "supported"],
    [["patient: My voice is a bit gravelly."], "Denies hoarseness.", "major"],
    [["patient: I've got the sugar, like my mom."], "History of diabetes mellitus.", "supported"],
    [["doctor: Those are sun keratoses."], "Actinic keratoses.", "supported"],
    [["doctor: How many sickle crises this year?"], "Sickle cell disease.", "supported"],
    [["patient: It hurts when I walk."], "History of rheumatoid arthritis.", "major"],
    [["doctor: There's white stuff on the tonsils."], "Tonsillar exudate.", "supported"],
  ])("%j: %s %s", (lines, statement, expected) => {
    expect(verdict(lines, statement)).toBe(expected);
  });
});

describe("answers", () => {
  it.each<Case>([
    [["doctor: So no more dizziness?", "patient: It still does it."], "Denies dizziness.", "major"],
    [["doctor: No more cough?", "patient: No, it's gone."], "Denies cough.", "supported"],
    [["doctor: Any nausea?", "patient: Still have it."], "Denies nausea.", "major"],
    [["doctor: Do I need a walker? No."], "Denies chest pain.", "minor"],
    [["patient: And no stick since last week."], "Ambulates with a cane.", "major"],
    [
      ["patient: Do I need a defibrillator?", "doctor: Not at this point, no."],
      "Has an implantable defibrillator.",
      "major",
    ],
    [["doctor: Still missing any pills?", "patient: I missed one."], "No missed doses.", "major"],
  ])("%j: %s %s", (lines, statement, expected) => {
    expect(verdict(lines, statement)).toBe(expected);
  });
});

describe("whose it is", () => {
  const aunt = ["doctor: Who was it had the thyroid surgery?", "patient: My aunt, she did."];
  const fever = [
    "patient: Me, no. My mother ran a fever on the table, malignant something.",
    "doctor: Malignant hyperthermia?",
    "patient: That's the one.",
  ];
  it.each<Case>([
    [aunt, "Status post thyroidectomy.", "major"],
    [fever, "Personal history of malignant hyperthermia.", "major"],
    [fever, "Mother had malignant hyperthermia.", "supported"],
  ])("%j: %s %s", (lines, statement, expected) => {
    expect(verdict(lines, statement)).toBe(expected);
  });
});

describe("one state excludes the other", () => {
  it.each<Case>([
    [["doctor: Baby is still breech."], "Fetus in cephalic presentation.", "major"],
    [["doctor: The path says melanoma in situ."], "Invasive melanoma.", "major"],
    [["doctor: That's the hernia, it goes back in."], "Incarcerated hernia.", "major"],
    [["doctor: That's the hernia, it goes back in."], "Reducible hernia.", "supported"],
    [["patient: Can I play?", "doctor: If it's zero. Not before."], "Cleared to play.", "major"],
  ])("%j: %s %s", (lines, statement, expected) => {
    expect(verdict(lines, statement)).toBe(expected);
  });
});

describe("allergies that are none", () => {
  it.each<Case>([
    [
      ["patient: I'm allergic to codeine.", "doctor: That's a side effect, not an allergy."],
      "Allergic to codeine.",
      "major",
    ],
    [["patient: The cat makes my eyes swell. And the horses, nothing."], "Horse allergy.", "major"],
    [["patient: I'm allergic to latex, I get hives."], "Latex allergy with hives.", "supported"],
  ])("%j: %s %s", (lines, statement, expected) => {
    expect(verdict(lines, statement)).toBe(expected);
  });
});

describe("what a statement does not say", () => {
  const ear = ["doctor: The ear is red.", "doctor: No fever today, and no reason to worry."];
  it.each<Case>([
    [ear, "Medical Reasoning: The ear is red.", "supported"],
    [ear, "Return for fever or a stiff neck.", "unchecked"],
    [ear, "Call right away if fever persists.", "unchecked"],
    [ear, "Fever for a week.", "major"],
  ])("%j: %s %s", (lines, statement, expected) => {
    expect(verdict(lines, statement)).toBe(expected);
  });
});

describe("the other side", () => {
  const knee = ["patient: The left's my good leg. It's the other knee that hurts."];
  const rolled = ["patient: I rolled my ankle, my left, no, I keep saying that, the right."];
  it.each<Case>([
    [knee, "Right knee pain.", "supported"],
    [knee, "Left knee pain.", "major"],
    [rolled, "Right ankle injury.", "supported"],
    [rolled, "Left ankle injury.", "major"],
    [
      ["doctor: It's smaller on the right heel. There's a new one on the left big toe."],
      "New wart on the right great toe.",
      "major",
    ],
  ])("%j: %s %s", (lines, statement, expected) => {
    expect(verdict(lines, statement)).toBe(expected);
  });
});
