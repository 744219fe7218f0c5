import { describe, expect, it } from "vitest";

import { checkNote } from "../../../src/scribe/checks/index.ts";

/** 'major' and 'minor' for what is unsupported, else the verdict. */
function verdict(lines: string[], statement: string, section = ""): string {
  const turns = lines.map((line) => {
    const [speaker = "", ...rest] = line.split(": ");
    return { speaker, text: rest.join(": ") };
  });
  const [checked] = checkNote(turns, [{ text: statement, section }]).statements;
  return checked?.severity ?? checked?.verdict ?? "none";
}

type Case = [lines: string[], statement: string, verdict: string];

const check = (cases: Case[]): void => {
  it.each(cases)("%j: %s %s", (lines, statement, expected) => {
    expect(verdict(lines, statement)).toBe(expected);
  });
};

describe("what is told in other words", () => {
  check([
    [
      [
        "doctor: Any cough, puffing on the stairs?",
        "patient: No cough. I take them two at a time.",
      ],
      "Denies cough and dyspnea.",
      "supported",
    ],
    [["patient: The garden was lovely."], "Reports palpitations.", "minor"],
    [["patient: The garden was lovely."], "Has pulmonary fibrosis.", "major"],
    [["patient: I sleep like a log."], "Reports tinnitus and blurred vision.", "minor"],
  ]);
});

describe("what is made up beside what was said", () => {
  check([
    [["doctor: The knee is stiff."], "Knee stiff with effusion.", "major"],
    [["patient: I've had a cough since May."], "Reports cough since May and hemoptysis.", "minor"],
    [["doctor: Lungs clear, heart regular."], "Lungs clear, heart regular with a murmur.", "major"],
    [["doctor: The belly is soft."], "Abdomen soft with a mass.", "major"],
    [["patient: My ears itch."], "Ears itch, with tinnitus.", "minor"],
    [["doctor: Shoulder moves well."], "Shoulder moves well with crepitus.", "major"],
  ]);
});

describe("diagnoses in everyday words", () => {
  check([
    [["patient: My thyroid is underactive, they say."], "Hypothyroidism.", "supported"],
    [["patient: I've been a type one since I was nine."], "Type 1 diabetes.", "supported"],
    [
      ["doctor: You've had M S for ten years now."],
      "Multiple sclerosis for 10 years.",
      "supported",
    ],
    [["patient: My fingers go white at the bus stop."], "Raynaud phenomenon.", "supported"],
    [["doctor: There's a tear in the rotator cuff."], "Rotator cuff tear.", "supported"],
    [["patient: There was a tick on my neck."], "Tick bite of the neck.", "supported"],
    [
      ["doctor: And the water pill?", "patient: For the pressure, every day."],
      "Hypertension.",
      "supported",
    ],
    [["patient: My iron is low again."], "Iron deficiency anemia.", "supported"],
    [
      ["doctor: Do you ever think of harming yourself?", "patient: No."],
      "Denies suicidal thoughts.",
      "supported",
    ],
    [["patient: My thyroid is fine."], "Multiple sclerosis.", "major"],
  ]);
});

describe("what would be an emergency", () => {
  const lines = ["doctor: If your tongue gets thick or you can't get air, that's an ambulance."];
  check([
    [lines, "Call 911 for tongue swelling or trouble breathing.", "unchecked"],
    [lines, "For tongue swelling he should call 911.", "unchecked"],
    [lines, "Emergency visit for fever, black stools or vomiting.", "unchecked"],
    [lines, "For thoughts of self-harm she will call 988.", "unchecked"],
    [lines, "Call the same day for worsening redness.", "unchecked"],
    [lines, "She was advised to quit smoking.", "unchecked"],
    [lines, "He was encouraged to avoid alcohol.", "unchecked"],
    [lines, "Has chest pain.", "minor"],
  ]);
});

describe("numbers that are no values", () => {
  check([
    [["doctor: B M I thirty three."], "Body mass index 33 kg/m2.", "supported"],
    [["doctor: B M I thirty three."], "Body mass index 35 kg/m2.", "major"],
    [["doctor: Body surface one point nine."], "Body surface 1.9 m2.", "supported"],
    [
      ["doctor: A1c six point one. And the T score, minus two point two."],
      "A1c 6.1 %; T-score -2.2.",
      "supported",
    ],
    [
      ["doctor: Sodium one forty. A year ago one thirty eight."],
      "Sodium 140; 138 a year ago.",
      "supported",
    ],
    [["doctor: The L D L last month was ninety one."], "LDL 91 mg/dL last month.", "supported"],
    [
      ["doctor: Oxygen ninety on room air.", "doctor: Mask off now. Ninety six."],
      "Oxygen saturation 90 % on room air, 96 % after treatment.",
      "supported",
    ],
    [["doctor: S T depression is all over the E C G."], "ECG with ST depression.", "unchecked"],
    [["patient: I feel fine."], "History of depression.", "major"],
  ]);
});

describe("how often", () => {
  check([
    [["doctor: Losartan fifty every morning."], "Losartan 50 mg every morning.", "supported"],
    [["doctor: Losartan fifty every morning."], "Losartan 50 mg twice daily.", "major"],
    [
      ["patient: Metformin, five hundred, breakfast and supper."],
      "Metformin 500 mg twice daily.",
      "supported",
    ],
    [
      ["patient: Metformin, five hundred, breakfast and supper."],
      "Metformin 500 mg four times daily.",
      "major",
    ],
    [
      ["patient: Celecoxib, two hundred, only when my knee acts up."],
      "Celecoxib 200 mg as needed.",
      "supported",
    ],
    [["doctor: Zofran four, up to three times a day."], "Zofran 4 mg as needed.", "supported"],
    [["patient: Finasteride five. And the vitamin."], "Finasteride 5 mg daily.", "supported"],
    [
      ["doctor: How often are you up at night?", "patient: Three times."],
      "Up 3 times a night.",
      "supported",
    ],
    [["doctor: The dose comes to thirty five in all."], "The weekly dose is 35 mg.", "supported"],
    [
      ["doctor: Prednisone every other day, with senna at night."],
      "Prednisone every other day with senna at night.",
      "supported",
    ],
  ]);
});

describe("allergies", () => {
  const asks = "doctor: Anything you react to?";
  check([
    [[asks, "patient: Keflex. I broke out."], "Keflex causes a rash.", "supported"],
    [["doctor: And codeine?", "patient: I throw up."], "Codeine: vomiting.", "supported"],
    [
      ["doctor: Enalapril you coughed on?", "patient: Coughed all night."],
      "Enalapril: cough.",
      "supported",
    ],
    [["patient: Latex gloves, my hands get a rash."], "No drug allergies.", "supported"],
    [["doctor: Any medicine you can't take?", "patient: No."], "No drug allergies.", "supported"],
    [
      ["patient: Augmentin just upset my stomach, no rash."],
      "Augmentin was listed, but it caused an upset stomach only, a side effect.",
      "supported",
    ],
    [[asks, "patient: Keflex. I broke out."], "No known drug allergies.", "major"],
    [[asks, "patient: Keflex, my throat closed."], "Bactrim causes a rash.", "major"],
  ]);
});

describe("who and which side is meant", () => {
  check([
    [["mother: I had migraines at his age."], "Mother has migraines.", "supported"],
    [["mother: I had gout after the twins."], "Mother had gout.", "supported"],
    [
      ["patient: It's the left. It burns and tingles at night."],
      "Left foot burns and tingles at night.",
      "supported",
    ],
    [["patient: It's the left knee that clicks."], "Right knee clicks.", "major"],
    [["doctor: Metoprolol, fifty?", "patient: That one's true."], "Metoprolol 50 mg.", "supported"],
    [["doctor: Iron tablets?", "patient: No."], "Takes no iron tablets.", "supported"],
    [["doctor: and you stay off it i start furosemide forty"], "Furosemide 40 mg.", "supported"],
    [
      ["doctor: it is healing well any fever or sweats", "patient: no neither of them"],
      "Denies fever.",
      "supported",
    ],
    [
      ["doctor: it is healing well any fever or sweats", "patient: no neither of them"],
      "Reports fever.",
      "major",
    ],
    [
      ["doctor: pain down low or a smell", "patient: no neither"],
      "Denies pelvic pain.",
      "supported",
    ],
  ]);
});

describe("a denial that nobody made", () => {
  check([
    [["doctor: Ankles slim, toes warm."], "Toes warm, no edema.", "minor"],
    [["patient: The cough began on Monday."], "Cough since Monday, no hemoptysis.", "minor"],
    [["patient: I had a cold in March."], "Had a cold in March, no tinnitus.", "minor"],
    [
      ["doctor: Lungs clear, heart regular."],
      "Lungs are clear, heart regular, no jaundice.",
      "minor",
    ],
  ]);
});
