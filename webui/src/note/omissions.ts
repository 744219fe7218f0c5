/** What was said and left out: how it is grouped, and the line that takes it into the note. */
import type { Kind, Omission } from "../scribe/checks/types.ts";
import type { ShownKey } from "../scribe/sections.ts";

export type OmissionGroup = "medications" | "allergies" | "results" | "plan";

const GROUPS: Partial<Record<Kind, OmissionGroup>> = {
  medication: "medications",
  dose: "medications",
  frequency: "medications",
  allergy: "allergies",
  vital: "results",
  result: "results",
};

export const OMISSION_GROUPS: readonly OmissionGroup[] = [
  "medications",
  "allergies",
  "results",
  "plan",
];

export const groupOf = ({ kind }: Omission): OmissionGroup => GROUPS[kind] ?? "plan";

/**
 * The line for an omission: the words that the checks found and no more, in the section where such
 * things stand. A medication that only the clinician spoke of belongs to the plan, every other one
 * to what the patient reports.
 */
export function omissionLine(
  omission: Omission,
  turns: readonly { speaker: string }[],
): { section: ShownKey; text: string } {
  const words = omission.text.charAt(0).toUpperCase() + omission.text.slice(1);
  const prescribed =
    omission.turns.length > 0 &&
    omission.turns.every((turn) => CLINICIAN.test(turns[turn]?.speaker ?? ""));
  const sections: Record<OmissionGroup, ShownKey> = {
    medications: prescribed ? "plan" : "subjective",
    allergies: "subjective",
    results: "objective",
    plan: "plan",
  };
  const group = groupOf(omission);
  const text = group === "allergies" ? `Allergy: ${omission.text}.` : `${words}.`;
  return { section: sections[group], text };
}

const CLINICIAN = /^(?:doctor|dr|physician|clinician|provider|nurse|surgeon)\b/;
