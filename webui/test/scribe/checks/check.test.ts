import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { checkNote, type CheckedStatement } from "../../../src/scribe/checks/index.ts";

/** Turns from lines "speaker: text". */
const talk = (lines: string): { speaker: string; text: string }[] =>
  lines
    .trim()
    .split("\n")
    .map((line) => {
      const [speaker = "", ...rest] = line.trim().split(": ");
      return { speaker, text: rest.join(": ") };
    });

const one = (lines: string, statement: string): CheckedStatement => {
  const [checked] = checkNote(talk(lines), [statement]).statements;
  if (!checked) throw new Error("no statement");
  return checked;
};

/** 'major' and 'minor' for what is unsupported, else the verdict. */
const verdict = (lines: string, statement: string): string => {
  const { verdict, severity } = one(lines, statement);
  return severity ?? verdict;
};

/** Every case of a talk: a statement and its verdict. */
function expectVerdicts(lines: string, cases: Record<string, string>): void {
  const got = Object.fromEntries(
    Object.keys(cases).map((statement) => [statement, verdict(lines, statement)]),
  );
  expect(got).toEqual(cases);
}

describe("doses and frequencies", () => {
  it("belong to their drug, brand or generic", () => {
    expectVerdicts(
      `doctor: still taking the tenormin ?
       patient: the fifty , yes , one in the morning . and zocor twenty at night .`,
      {
        "Atenolol 50 mg every morning.": "supported",
        "Atenolol 20 mg every morning.": "major",
        "Simvastatin 20 mg at bedtime.": "supported",
        "Simvastatin 50 mg at bedtime.": "major",
        "Atenolol 50 mcg every morning.": "major",
      },
    );
  });

  it("compare as rates, whatever the words", () => {
    expectVerdicts("doctor: amoxicillin five hundred every eight hours for ten days .", {
      "Amoxicillin 500 mg three times daily for 10 days.": "supported",
      "Amoxicillin 500 mg twice daily for 10 days.": "major",
      "Amoxicillin 500 mg TID for 7 days.": "minor",
    });
  });

  it("have the unit that is usual where nobody spoke one", () => {
    expectVerdicts("patient: i take the levothyroxine , one twelve .", {
      "Levothyroxine 112 mcg.": "supported",
      "Levothyroxine 112 mg.": "major",
    });
  });

  it("tell the new dose from the old one", () => {
    expectVerdicts("doctor: we'll go up on the lisinopril from ten to twenty .", {
      "Increase lisinopril to 20 mg.": "supported",
      "Increase lisinopril to 10 mg.": "major",
    });
  });
});

describe("drugs", () => {
  it("count when misheard or spelled, not when only their class is named", () => {
    expectVerdicts(
      `unknown: and the metropolol thats fifty
       patient: and a water pill , and that E-L-I-Q-U-I-S`,
      {
        "Takes metoprolol.": "supported",
        "Takes apixaban.": "supported",
        "Takes furosemide.": "major",
      },
    );
  });

  it("that were stopped are not continued", () => {
    const lines = `doctor: and the glipizide ?
       patient: i quit it in may , they switched me to januvia .`;
    expectVerdicts(lines, {
      "Continues glipizide.": "major",
      "Glipizide was stopped.": "supported",
      "Takes sitagliptin.": "supported",
    });
  });
});

describe("corrections", () => {
  it("withdraw what was said before them", () => {
    expectVerdicts("patient: warfarin , five milligrams . no , sorry , four .", {
      "Warfarin 5 mg.": "major",
      "Warfarin 4 mg.": "supported",
    });
    expect(
      one("patient: warfarin , five milligrams . no , sorry , four .", "Warfarin 5 mg.").kind,
    ).toBe("correction");
  });

  it("cross turns", () => {
    expectVerdicts(
      `doctor: gabapentin , what , six hundred ?
       patient: three hundred , three times a day .`,
      { "Gabapentin 300 mg TID.": "supported", "Gabapentin 600 mg TID.": "major" },
    );
    expectVerdicts(
      `doctor: so we inject the left elbow .
       patient: right elbow .
       doctor: the right , thanks .`,
      { "Left elbow injection.": "major", "Right elbow injection.": "supported" },
    );
  });
});

describe("negation", () => {
  it("comes from the answer to a question", () => {
    const lines = `doctor: any fever , chills , cough ?
       patient: no fever , no chills . i do have the cough .
       doctor: any vomiting ?
       patient: no .`;
    expectVerdicts(lines, {
      "Denies fever and chills.": "supported",
      "Denies cough.": "major",
      "Reports vomiting.": "major",
      "No vomiting.": "supported",
    });
  });

  it("is joined in talk without marks", () => {
    expectVerdicts(
      `doctor: okay alright have you had any chest pain
       patient: no no chest pain`,
      { "Reports chest pain.": "major", "Denies chest pain.": "supported" },
    );
  });

  it("is heard in words of absence", () => {
    expectVerdicts("doctor: lungs are clear , no edema , sensation is intact .", {
      "Bilateral wheezes.": "major",
      "No wheezes, no edema.": "supported",
      "Decreased sensation.": "major",
    });
  });

  it("ends an answer that names the rest", () => {
    expectVerdicts(
      `doctor: any sweats , weight loss , fever ?
       patient: sweats , yes . the others no .`,
      {
        "Reports sweats.": "supported",
        "Denies fever.": "supported",
        "Reports weight loss.": "major",
      },
    );
  });
});

describe("people", () => {
  it("keep their own diseases and drugs", () => {
    const lines = `doctor: any glaucoma in the family ?
       patient: my aunt has it . my husband takes lithium , i just take lexapro .`;
    expectVerdicts(lines, {
      "Aunt with glaucoma.": "supported",
      "Patient has glaucoma.": "major",
      "Takes lithium.": "major",
      "Takes escitalopram.": "supported",
    });
    expect(one(lines, "Takes lithium.").kind).toBe("person");
  });
});

describe("sides", () => {
  it("belong to their finding and value", () => {
    expectVerdicts(
      "doctor: right knee flexion to one ten , small effusion . left knee flexion to one thirty , no effusion .",
      {
        "Right knee flexion to 110 degrees.": "supported",
        "Left knee flexion to 110 degrees.": "major",
        "Effusion of the right knee.": "supported",
      },
    );
    expectVerdicts("patient: my left hip hurts .", {
      "Left hip pain.": "supported",
      "Right hip pain.": "major",
    });
  });
});

describe("vitals, results and diagnoses", () => {
  it("are as they were read out", () => {
    expectVerdicts(
      "nurse: one eighteen over seventy , pulse is sixty four , sat ninety seven .\ndoctor: and the a1c was six point nine .",
      {
        "BP 118/70, HR 64, SpO2 97%.": "supported",
        "BP 128/70.": "major",
        "HR 74.": "major",
        "Hemoglobin A1c 6.9%.": "supported",
        "Hemoglobin A1c 9.6%.": "major",
      },
    );
  });

  it("in words are not turned round", () => {
    expectVerdicts("doctor: the strep test is positive , the ekg is normal .", {
      "Rapid strep positive.": "supported",
      "Rapid strep negative.": "major",
      "EKG abnormal.": "major",
    });
  });

  it("that are only suspected are no diagnoses", () => {
    expectVerdicts("doctor: it could be a clot in the lung , so we'll get a scan .", {
      "Pulmonary embolism.": "major",
      "Possible pulmonary embolism.": "supported",
      "Multiple sclerosis.": "major",
    });
  });
});

describe("allergies", () => {
  const lines = `doctor: any allergies ?
     patient: bactrim , i got a rash . penicillin i can take .`;

  it("are told from what is tolerated, with their reaction", () => {
    expectVerdicts(lines, {
      "Allergic to sulfamethoxazole-trimethoprim (rash).": "supported",
      "Allergic to penicillin.": "major",
      "Bactrim allergy with anaphylaxis.": "major",
      "No known drug allergies.": "major",
    });
  });

  it("that are left out show as omissions", () => {
    const reference = "ALLERGIES\n\nBactrim.";
    const omitted = (note: string): string[] =>
      checkNote(talk(lines), note, reference).omissions.map(({ kind }) => kind);
    expect(omitted("Well visit.")).toContain("allergy");
    expect(omitted("ALLERGIES\n\nBactrim.")).not.toContain("allergy");
  });
});

describe("a check", () => {
  it("leaves alone what holds nothing to check", () => {
    const { verdict, claims } = one("patient: i like my garden .", "Enjoys gardening.");
    expect([verdict, claims]).toEqual(["unchecked", []]);
  });

  it("gives reasons and turns", () => {
    const checked = one(
      "doctor: hi .\npatient: i take the lisinopril , ten .",
      "Lisinopril 40 mg.",
    );
    expect(checked.reason).toBe("40 mg is not in the transcript for Lisinopril");
    expect(checked.contradicting).toEqual([1]);
    expect(
      one("doctor: hi .\npatient: i take the lisinopril , ten .", "Lisinopril 10 mg.").turns,
    ).toEqual([1]);
  });

  it("takes any text and answers the same twice", () => {
    const word = fc.constantFrom(
      "no",
      "not",
      "left",
      "right",
      "knee",
      "pain",
      "?",
      ".",
      ",",
      "one",
      "hundred",
      "point",
      "over",
      "half",
      "a",
      "and",
      "lisinopril",
      "allergic",
      "my",
      "mom",
      "mg",
      "twice",
      "every",
      "hours",
      "120/80",
      "-",
      "or",
      "denies",
      "was",
      "from",
      "to",
      "in",
      "march",
      "3",
      "b",
      "i",
      "d",
      "oh",
      "ago",
      "of",
      "never",
      "’",
      "\n",
      "[doctor]",
      "\ud83e\ude7a",
    );
    const words = fc.array(word, { maxLength: 40 }).map((list) => list.join(" "));
    const text = fc.oneof(words, fc.string({ unit: "binary", maxLength: 200 }));
    fc.assert(
      fc.property(text, text, text, (dialogue, note, reference) => {
        const first = checkNote(dialogue, note, reference);
        expect(checkNote(dialogue, note, reference)).toEqual(first);
        for (const { verdict, turns } of first.statements) {
          expect(["supported", "unsupported", "unchecked"]).toContain(verdict);
          expect(turns.every((turn) => Number.isInteger(turn) && turn >= 0)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("takes time in proportion to the talk", () => {
    const turn =
      "[doctor] any chest pain or swelling in the left leg ? you take lisinopril ten milligrams a day .\n[patient] no , my mom does . i take two .\n";
    const note =
      "Denies chest pain. Lisinopril 10 mg daily. Left leg swelling. BP 120/80.\n".repeat(20);
    const time = (copies: number): number => {
      const begun = performance.now();
      checkNote(turn.repeat(copies), note);
      return performance.now() - begun;
    };
    time(20);
    const short = Math.min(time(40), time(40));
    expect(Math.min(time(160), time(160))).toBeLessThan(12 * short + 50);
  });
});
