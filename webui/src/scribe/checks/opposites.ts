/** Words of which one excludes the other: "invasive" beside "in situ", "cephalic" beside "breech". */
import { phrases } from "./negation.ts";
import { unsupported, wordsOf, type Reading } from "./claim.ts";
import type { Phrases } from "./phrases.ts";
import type { Segment } from "./segment.ts";
import type { Claim } from "./types.ts";

/** Pairs of states, each with the ways of saying it; plain words of everyday talk are left out. */
const PAIRS: [string[], string[]][] = [
  [
    ["cephalic", "vertex", "head down"],
    ["breech", "transverse lie", "feet first", "bottom first", "bottom down", "sideways"],
  ],
  [
    ["invasive", "infiltrating"],
    ["in situ", "not gone down into", "not invasive", "non invasive", "noninvasive"],
  ],
  [
    ["incarcerated", "strangulated", "irreducible"],
    ["reducible", "goes back in", "pushes back in", "pops back in", "push it back in"],
  ],
  [
    ["malignant", "cancerous"],
    ["benign", "not cancer", "not cancerous", "noncancerous", "harmless"],
  ],
  [
    ["displaced", "out of alignment", "out of place"],
    ["nondisplaced", "non displaced", "not displaced", "lined up", "good alignment", "in line"],
  ],
  [
    ["complete tear", "full thickness", "torn all the way"],
    ["partial tear", "partial thickness", "partly torn", "partially torn", "not all the way"],
  ],
  [["bacterial"], ["viral", "virus"]],
  [
    ["productive", "wet cough"],
    ["nonproductive", "non productive", "dry cough", "dry hacking"],
  ],
  [
    ["unstable", "unsteady", "unsteady gait"],
    ["steady", "walks fine", "walking fine"],
  ],
  [
    ["postmenopausal", "post menopausal"],
    ["premenopausal", "still getting my period", "still have my period", "still get periods"],
  ],
  [
    ["ruptured", "perforated"],
    ["intact", "not ruptured", "no hole", "not perforated"],
  ],
  [
    ["metastatic", "spread to"],
    ["not spread", "localized", "has not spread", "not gone anywhere else"],
  ],
  [
    ["in remission", "remission"],
    ["relapsed", "relapse", "came back", "active disease"],
  ],
];

const SIDES = PAIRS.flatMap(([a, b]): [Phrases, Phrases][] => {
  const left = phrases(a);
  const right = phrases(b);
  return [
    [left, right],
    [right, left],
  ];
});

/** Whether a turn says it: not under a negation, and not as a question that no answer affirms. */
function says(segments: readonly Segment[], segment: Segment, words: Phrases): boolean {
  return segment.sentences.some((sentence) => {
    const at = words.first(segment.tokens, sentence.from, sentence.to);
    if (at < 0 || segment.negated[at]) return false;
    return !sentence.question || segments[segment.index + 1]?.answer === "yes";
  });
}

/** One of a pair in the note, the other alone in the talk. */
export function oppositeClaims(reading: Reading): Claim[] {
  const { own, talk } = reading;
  for (const [mine, other] of SIDES) {
    const at = mine.first(own.tokens, 0, own.tokens.length);
    if (at < 0 || own.negated[at] || other.in(own.tokens)) continue;
    const { segments } = talk;
    if (segments.some((segment) => says(segments, segment, mine))) continue;
    const against = segments.filter((segment) => says(segments, segment, other));
    if (against.length === 0) continue;
    const text = wordsOf(reading, at, at + mine.at(own.tokens, at));
    return [
      unsupported(
        "result",
        text,
        "major",
        `the transcript says the opposite of "${text}"`,
        against.map(({ index }) => index),
      ),
    ];
  }
  return [];
}

const PERMITTED =
  /\b(?:cleared (?:to|for)|released (?:to|for)|may (?:return|resume)|can (?:return|resume)|safe to (?:return|resume|drive)|fit (?:to|for) (?:return|drive|work|play))\b/i;

const WITHHELD =
  /\b(?:not before|not yet|not until|not just yet|not ready|too soon|hold off|no (?:driving|sports|running|lifting|practice|gym|contact) (?:yet|until|till)|stay out|sit out|wait until|wait till)\b/;

/** "Cleared to return to play", where the talk says "not before". */
export function clearanceClaims({ talk, text }: Reading): Claim[] {
  const [permit] = PERMITTED.exec(text) ?? [];
  if (permit === undefined || /\b(?:not|until|once|after|when|if)\b/i.test(text)) return [];
  const turns = talk.segments
    .filter(({ tokens }) => WITHHELD.test(tokens.map(({ w }) => w).join(" ")))
    .map(({ index }) => index);
  if (turns.length === 0) return [];
  return [unsupported("negation", permit, "major", "the transcript says not yet", turns)];
}
