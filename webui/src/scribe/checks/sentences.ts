/** Sentences of a turn, and which of them ask. */
import cues from "./cues.json" with { type: "json" };
import { type Sentence } from "./segment.ts";
import { type Token } from "./text.ts";

const QUESTIONS = new Set(cues.questions);

export function splitSentences(tokens: readonly Token[]): Sentence[] {
  const sentences: Sentence[] = [];
  let from = 0;
  const close = (to: number, mark: string): void => {
    if (to > from) {
      if (mark === "") sentences.push(...bareSentences(tokens, from, to));
      else sentences.push({ from, to, question: mark === "?" });
    }
    from = to + 1;
  };
  tokens.forEach(({ w }, i) => {
    if (w === "." || w === "?" || w === "!" || w === ";") close(i, w);
  });
  close(tokens.length, "");
  return sentences;
}

const ASKS =
  /^(?:have you|do you|did you|are you|has he|has she|does he|does she|is he|is she|did he|did she|was there|is there|does it|do they|did it|how about|what about|are there|were you|can you|any|have they|has it|is it)$/;

/** Words in a question without a mark; what is longer is a report. */
const LONGEST_QUESTION = 28;

/** Text without a mark at its end: questions in it are told by how they begin. */
function bareSentences(tokens: readonly Token[], from: number, to: number): Sentence[] {
  const opener = tokens.slice(from, Math.min(from + 5, to)).map(({ w }) => w);
  const start =
    opener.find((w) => !/^(?:and|so|okay|then|but|now|well|all|right|alright|,)$/.test(w)) ?? "";
  for (let i = to - 1; i > from; i--) {
    const w = tokens[i]?.w ?? "";
    const two = `${w} ${tokens[i + 1]?.w ?? ""}`;
    const any =
      w === "any" &&
      /^(?:okay|alright|right|and|so|now|then|well|about|good|great|yeah|all|,|:)$/.test(
        tokens[i - 1]?.w ?? "",
      );
    if (!(
      any ||
      (ASKS.test(two) && !/^(?:and|if|what|how|i|when|that)$/.test(tokens[i - 1]?.w ?? "and"))
    ))
      continue;
    if (i - from < 4) return [{ from, to, question: to - from <= LONGEST_QUESTION }];
    return [
      ...bareSentences(tokens, from, i),
      { from: i, to, question: to - i <= LONGEST_QUESTION },
    ];
  }
  const asks = QUESTIONS.has(start) || opener.includes("any");
  return [{ from, to, question: asks && to - from <= LONGEST_QUESTION }];
}
