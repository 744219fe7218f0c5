/** Why a file gives no transcript. The page puts the code and its details into words. */
export type IntakeProblem =
  | { code: "unknown-kind"; file: string }
  | { code: "too-big"; file: string; bytes: number; limit: number }
  | { code: "empty"; file: string }
  | { code: "not-text"; file: string }
  | { code: "unreadable"; file: string }
  | { code: "no-cues"; file: string; format: "vtt" | "srt" }
  | { code: "bad-json"; file: string; line: number | null }
  | { code: "unknown-json"; file: string; found: string }
  | { code: "json-without-speech"; file: string; shape: string }
  | { code: "not-docx"; file: string }
  | { code: "docx-damaged"; file: string };

export class IntakeError extends Error {
  readonly problem: IntakeProblem;

  constructor(problem: IntakeProblem) {
    super(`${problem.file}: ${problem.code}`);
    this.name = new.target.name;
    this.problem = problem;
  }
}
