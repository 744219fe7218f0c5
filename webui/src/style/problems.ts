/** The note by problem: what the assessment names, with the plan's lines that are about it. */
import cues from "./problem-cues.json" with { type: "json" };
import type { PlacedLine } from "./topics.ts";

export interface Problem {
  /** The heading that it stands under; '' where its first line names it. */
  title: string;
  assessment: PlacedLine[];
  plan: PlacedLine[];
}

export interface ProblemList {
  problems: Problem[];
  /** Lines of the plan that are about none of them, or about several alike. */
  others: PlacedLine[];
}

/** Words that stand in the lines of any problem. */
const COMMON = new Set(
  (
    "the a an and or of to in on for with without at by from is are was were be been has have had will would should may can " +
    "her his their she he they patient pt doctor we you your our it this that these those as if not no any all some more less " +
    "continue start stop increase decrease take taking daily twice day days week weeks month months year years mg mcg ml tablet " +
    "follow up follow-up visit return recheck check monitor monitoring order ordered labs lab test tests today now well " +
    "controlled uncontrolled stable likely possible probable acute chronic mild moderate severe left right both secondary due " +
    "history current currently medication medications treatment plan assessment symptoms symptom pain management new use using " +
    "improving improved worsening discussed recommend recommended advised given also after before about per see"
  ).split(" "),
);

const wordsOf = (text: string): Set<string> =>
  new Set(
    (text.toLowerCase().match(/[a-z][a-z0-9-]{1,}/g) ?? [])
      .map((word) => (word.length > 4 ? word.replace(/(?:ies|es|s)$/, "") : word))
      .filter((word) => !COMMON.has(word)),
  );

const plain = (heading: string): string => heading.replace(/^[\s\d.)]+|[\s:.]+$/g, "");

const LABEL = /^([A-Z][^:.;]{2,60}):\s/;

/** What a line says it is about, before its colon. */
const labelOf = ({ line }: PlacedLine): string => LABEL.exec(line.text)?.[1] ?? "";

/** Problems in the assessment's order, each with its lines of the plan. */
export function problemsOf(
  assessment: readonly PlacedLine[],
  plan: readonly PlacedLine[],
): ProblemList {
  const problems: Problem[] = [];
  for (const line of assessment) {
    const last = problems.at(-1);
    const begins =
      !last ||
      line.headings.length > 0 ||
      labelOf(line) !== "" ||
      (line.marker !== "" && last.title === "");
    if (begins)
      problems.push({ title: plain(line.headings.at(-1) ?? ""), assessment: [line], plan: [] });
    else last.assessment.push(line);
  }
  const others: PlacedLine[] = [];
  let before: Problem | null = null;
  for (const line of plan) {
    const named = nameOf(line);
    const match = named === "" ? best(line.line.text, problems) : best(named, problems);
    // A sentence that goes on in the same line is about the same problem.
    const problem: Problem | null =
      match ?? (line.breaks === "none" && named === "" ? before : null);
    if (problem) problem.plan.push(line);
    else others.push(line);
    before = problem;
  }
  return { problems, others };
}

const nameOf = (line: PlacedLine): string => labelOf(line) || plain(line.under);

/** The one problem that a text fits best; null where none does, or two do. */
function best(text: string, problems: readonly Problem[]): Problem | null {
  const words = wordsOf(text);
  const scores = problems.map((problem) => {
    const said = `${problem.title} ${problem.assessment.map(({ line }) => line.text).join(" ")}`;
    const own = wordsOf(said);
    const shared = [...words].filter((word) => own.has(word)).length;
    const lower = said.toLowerCase();
    const cued = cues.cues
      .filter((cue) => cue.problem.some((name) => new RegExp(`\\b${name}\\b`).test(lower)))
      .flatMap((cue) => cue.words)
      .filter((word) => new RegExp(`\\b${word}\\b`, "i").test(text)).length;
    return shared + cued;
  });
  const most = Math.max(0, ...scores);
  const first = scores.indexOf(most);
  return most > 0 && scores.lastIndexOf(most) === first ? (problems[first] ?? null) : null;
}
