/** What a speaker's label says about who speaks. */

export type Role = "doctor" | "patient";

const DOCTOR =
  /^(?:dr\b.*|doc|doctor\b.*|physician\b.*|clinician\b.*|provider\b.*|gp|md|np|pa|consultant|practitioner|surgeon|psychiatrist|therapist|d)$/;
const PATIENT = /^(?:patient|pt|the patient|client|p|patient[ _-]?\d{1,2})$/;
const OTHER =
  /^(?:nurse|rn|ma|medical assistant|assistant|receptionist|interpreter|translator|student|scribe|guest|patient[ _]guest|family|family member|caregiver|carer|wife|husband|partner|mother|mom|mum|father|dad|son|daughter|sister|brother|parent|friend|spouse)\b.*$/;
const ANONYMOUS =
  /^(?:(?:speaker|spk|spkr|person|participant|voice|channel|ch|user|unidentified speaker|unknown speaker)[ _#-]?(?:\d{1,3}|[a-z])?|s\d{1,3}|[a-ceq]|unknown|unidentified|unknown \d{1,3}|\d{1,3}|spk_\d{1,3}|speaker_\d{1,3})$/;

/** 'doctor' or 'patient' where a label says so, 'other' for nurses and relatives; else null. */
export function roleOf(label: string): Role | "other" | null {
  const plain = label
    .trim()
    .toLowerCase()
    .replace(/[.:]+$/, "")
    .replace(/_+/g, " ");
  if (OTHER.test(plain)) return "other";
  if (DOCTOR.test(plain)) return "doctor";
  if (PATIENT.test(plain)) return "patient";
  return null;
}

/** A label that names nobody: `Speaker 1`, `spk_0`, `A`, `unknown`. */
export function isAnonymous(label: string): boolean {
  return ANONYMOUS.test(label.trim().toLowerCase());
}

/** A label for lines of which nobody knows who said them; each such line is guessed alone. */
export const UNKNOWN = "speaker";
