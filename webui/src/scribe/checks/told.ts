/** Whether the talk tells in other words what a statement tells: by what stands around it. */
import { type Reading } from "./claim.ts";
import { type Mention, type Segment, sentenceAt } from "./segment.ts";
import { nearParts } from "./talk.ts";

/** Words of a note that say nothing of what was found. */
const PLAIN = new Set(
  (
    "patient she he they her his their the and with without for from that this which who denies denied reports " +
    "reported states notes noted has had have was were are is been not none also then but or nor any of in on at to " +
    "as by an a be no it its so left right both side sided mild moderate severe normal negative positive clear intact " +
    "general today now after before during since when while first about more less other"
  ).split(" "),
);

/** The other words of a statement that tell something, as stems. */
function restWords(own: Segment, mention: Mention): string[] {
  const sentence = sentenceAt(own, mention.from);
  const words = own.tokens
    .map(({ w, n }, i) => ({ w, n, i }))
    .filter(
      ({ w, n, i }) =>
        i >= sentence.from &&
        i < sentence.to &&
        (i < mention.from || i >= mention.to) &&
        (n !== undefined || (/^[a-z]{3,}$/.test(w) && !PLAIN.has(w))),
    )
    .map(({ i }) => own.stems[i] ?? "");
  return [...new Set(words)];
}

/** Turns that deny something of the same body part, or by a word of the finding; at most three. */
export function deniedNear({ talk, own }: Reading, mention: Mention): number[] {
  const words = own.stems.slice(mention.from, mention.to).filter((word) => word.length > 3);
  const parts = own.parts
    .filter(({ from, to }) => from >= mention.from - 3 && to <= mention.to + 3)
    .map(({ name }) => name);
  return talk.segments
    .filter((segment, i) => {
      const next = talk.segments[i + 1];
      const denies =
        segment.negated.some(Boolean) ||
        next?.answer === "no" ||
        segment.tokens.some(({ w }) => w === "nothing" || w === "no" || w === "fine");
      if (!denies) return false;
      return (
        words.some((word) => segment.stems.includes(word)) ||
        segment.parts.some(({ name }) => nearParts([name], parts))
      );
    })
    .slice(0, 3)
    .map(({ index }) => index);
}

/**
 * The turn that tells the statement best, by the words around the finding, where it stands apart
 * from the turns that seem to say the reverse: those speak of another time or place.
 */
export function toldElsewhere(
  reading: Reading,
  mention: Mention,
  against: readonly Mention[],
): number[] {
  const rest = restWords(reading.own, mention);
  const { segments, turnsOf } = reading.talk;
  let best = 0;
  let turns: number[] = [];
  for (const { index, stems } of segments) {
    const score = rest.filter((word) => stems.includes(word)).length;
    if (score > best) [best, turns] = [score, [index]];
    else if (score === best && score > 0) turns.push(index);
  }
  const rare = rest.some(
    (word) =>
      (turnsOf.get(word) ?? []).length <= 2 &&
      turns.some((turn) => segments[turn]?.stems.includes(word)),
  );
  if (best < 2 || !rare || turns.length > 2) return [];
  const apart = turns.every((turn) =>
    against.every((other) => Math.abs(other.segment - turn) >= 2),
  );
  return apart ? turns : [];
}
