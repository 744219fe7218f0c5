/** Drugs that are said to be stopped, or not taken. */
import cues from "./cues.json" with { type: "json" };
import { phrases } from "./negation.ts";
import { type Mention, type Segment, hasType, sentenceAt } from "./segment.ts";

const STOPPED = phrases(cues.stopped);

/** "the metformin and the lisinopril": what is said of one is said of both. */
const isListed = ({ tokens }: Segment, a: Mention, b: Mention): boolean =>
  tokens
    .slice(Math.min(a.to, b.to), Math.max(a.from, b.from))
    .every(({ w }) => /^(?:and|the|or|my|your|,)$/.test(w));

/** Drugs that were stopped, put off or are not taken, also where only "it" or "that" says so. */
export function markStopped(segments: readonly Segment[]): void {
  segments.forEach((segment, i) => {
    for (const mention of segment.mentions) {
      if (!hasType(mention, "drug")) continue;
      const sentence = sentenceAt(segment, mention.from);
      const from = Math.max(sentence.from, mention.from - 7);
      const to = Math.min(sentence.to, mention.to + 8);
      const cue = STOPPED.first(segment.tokens, from, to);
      const between = (from: number, to: number): boolean =>
        segment.mentions.some(
          (other) =>
            other !== mention &&
            hasType(other, "drug") &&
            other.from >= from &&
            other.to <= to &&
            !isListed(segment, other, mention),
        );
      // "You stay off it. I start furosemide": what was stopped stands before.
      const other =
        cue >= 0 &&
        cue < mention.from &&
        segment.tokens
          .slice(cue + 1, Math.min(cue + 3, mention.from))
          .some(({ w }) => /^(?:it|that|them|those)$/.test(w));
      const said =
        cue >= 0 &&
        !other &&
        !between(cue + 1, mention.from) &&
        !between(mention.to, Math.max(cue, mention.to));
      if (mention.negated) mention.stopped = true;
      // "Prozac for two years, but they switched me to Effexor"
      const after = segment.tokens
        .slice(mention.to, mention.to + 22)
        .map(({ w }) => w)
        .join(" ");
      if (
        /\b(?:switched|changed|moved) (?:me |you |him |her |it |over )?to\b/.test(after) &&
        !/^[^.]*\bfrom\b/.test(after)
      )
        mention.stopped = true;
      if (/^(?:is |are |was )?(?:all )?(?:gone|history|finished|out of the picture)\b/.test(after))
        mention.stopped = true;
      if (said) {
        if (!sentence.question)
          mention.stopped =
            !(segment.negated[cue] ?? false) || segment.tokens[cue]?.w === "touched";
        else if (
          segments[i + 1]?.answer === "yes" ||
          /^(?:quit|stopped)$/.test(segments[i + 1]?.tokens[3]?.w ?? "")
        )
          mention.stopped = true;
      }
      if (mention.stopped) continue;
      // "The Cipro I had left over?" – "Throw that out, please."
      const later = [segments[i + 1], segments[i + 2]];
      for (const turn of later) {
        if (!turn) break;
        const opening = turn.tokens
          .slice(0, 14)
          .map(({ w }) => w)
          .join(" ");
        if (
          turn === later[0] &&
          /^(?:no |well |, )*(?:i|he|she) (?:was|used to)\b|\b(?:changed|switched) (?:it |that |me |him |her )?to\b|\bwas ,? ?(?:they|but)\b/.test(
            opening,
          )
        )
          mention.stopped = true;
        const reach = turn === later[0] ? 22 : 14;
        const at = STOPPED.first(turn.tokens, 0, Math.min(turn.tokens.length, reach));
        if (
          turn.mentions.some((other) => hasType(other, "drug") && (at < 0 || other.from < at + 2))
        )
          break;
        const points =
          turn.tokens.slice(at, at + 4).some(({ w }) => /^(?:it|that|this|them)$/.test(w)) ||
          turn.tokens
            .slice(Math.max(0, at - 2), Math.max(0, at))
            .some(({ w }) => /^(?:it|its|that|them|they|those)$/.test(w));
        // "It goes off": what passes is an effect.
        const passes =
          turn.tokens[at]?.w === "off" &&
          /^(?:goes|went|go|wears|wore|wear)$/.test(turn.tokens[at - 1]?.w ?? "");
        if (
          at >= 0 &&
          !passes &&
          !(turn.negated[at] ?? false) &&
          points &&
          turn.tokens.length <= 24
        ) {
          mention.stopped = true;
        }
        const anymore = turn.tokens.findIndex(({ w }) => w === "anymore");
        if (
          anymore >= 0 &&
          anymore < 8 &&
          turn.tokens.slice(0, anymore).some(({ w }) => w === "not") &&
          turn === later[0]
        )
          mention.stopped = true;
        if (mention.stopped) break;
      }
    }
  });
}
