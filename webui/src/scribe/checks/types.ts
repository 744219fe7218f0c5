/** What the checks answer. */
export type Verdict = "supported" | "unsupported" | "unchecked";
export type Severity = "major" | "minor";
export type Kind =
  | "medication"
  | "dose"
  | "frequency"
  | "allergy"
  | "problem"
  | "laterality"
  | "negation"
  | "person"
  | "vital"
  | "result"
  | "number"
  | "duration"
  | "date"
  | "correction";

export interface Claim {
  kind: Kind;
  /** The claim's words in the statement. */
  text: string;
  verdict: "supported" | "unsupported";
  severity: Severity | null;
  /** Why it is unsupported, in words. */
  reason: string | null;
  /** Turns that support it, from 0. */
  turns: number[];
  contradicting: number[];
}

export interface CheckedStatement {
  text: string;
  start: number;
  end: number;
  section: string;
  verdict: Verdict;
  severity: Severity | null;
  kind: Kind | null;
  reason: string | null;
  turns: number[];
  contradicting: number[];
  claims: Claim[];
}

export interface Omission {
  kind: Kind;
  text: string;
  turns: number[];
}

export interface CheckedNote {
  statements: CheckedStatement[];
  omissions: Omission[];
}
