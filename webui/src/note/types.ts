/**
 * The note as the clinician holds it: its lines, what the checks say of each, and what was decided.
 * Plain data only, so that it can be stored, exported and sent to the worker as it is.
 */
import type { Kind, Omission, Severity, Verdict } from "../scribe/checks/types.ts";
import type { ShownKey } from "../scribe/sections.ts";

/** The checks' answer for one line, without the single claims. */
export interface LineCheck {
  verdict: Verdict;
  severity: Severity | null;
  kind: Kind | null;
  /** Why it is unsupported, in words. */
  reason: string | null;
  /** Turns that support it, from 0; none rather than wrong ones. */
  turns: number[];
  contradicting: number[];
}

/** 'inserted': taken over from what was said and left out; 'typed': the clinician's own line. */
export type LineOrigin = "generated" | "inserted" | "typed";

export interface NoteLine {
  /** Unique within the note and never used again. */
  id: string;
  section: ShownKey;
  /** What stands between the line before (or the section's start) and this one: '', ' ', '\n- ', … */
  lead: string;
  text: string;
  origin: LineOrigin;
  edited: boolean;
  /** Null until the line has been checked. */
  check: LineCheck | null;
  /** The clinician looked at a marked line and keeps it as it is. */
  kept: boolean;
  /** 'apart': not part of the note's text; shown below it as not found in the visit. */
  place: "note" | "apart";
}

export interface Signature {
  name: string;
  /** ISO 8601, UTC. */
  at: string;
  /** SHA-256 of the note's text, in hexadecimal. */
  digest: string;
}

export interface NoteDocument {
  lines: NoteLine[];
  /** Said in the visit, and not in the note. */
  omissions: Omission[];
  /** A signed note is locked. */
  signature: Signature | null;
}

/** One visit: what is stored, where the clinician wants that, and what exports are made from. */
export interface Encounter {
  /** A UUID. */
  id: string;
  /** ISO 8601, UTC. */
  created: string;
  /** The clinician's own name for it, such as initials and a reason; may be ''. */
  title: string;
  /** Normalised, a turn a line: `[doctor] …`. */
  transcript: string;
  note: NoteDocument | null;
  /** Name of the model that wrote the note; null where none did. */
  model: string | null;
}
