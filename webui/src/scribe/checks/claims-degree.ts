/** Claims made by one word: how strong a finding is, whether it changed, whether a result is abnormal. */
import { type Mention, type Segment, hasType, sentenceAt } from "./segment.ts";
import { unsupported, wordsOf, type Reading } from "./claim.ts";
import { isPrecaution } from "./claims-findings.ts";
import type { Claim } from "./types.ts";

/** Words of one meaning, and what they exclude. */
const DEGREES: Record<string, { words: RegExp; against: string[] }> = {
  mild: {
    words: /^(?:mild|mildly|slight|slightly|small|minimal|minimally|trace|little|minor|bit)$/,
    against: ["severe"],
  },
  moderate: { words: /^(?:moderate|moderately)$/, against: [] },
  severe: {
    words:
      /^(?:severe|severely|marked|markedly|large|profound|extreme|extremely|significant|significantly|terrible|horrible|bad|lot|really|very|intense|massive|huge|worst|excruciating)$/,
    against: ["mild"],
  },
  stable: { words: /^(?:stable|unchanged|same|steady)$/, against: ["worse"] },
  worse: {
    words:
      /^(?:worse|worsened|worsening|progressed|progressing|progressive|increasing|deteriorated|bigger|larger|more)$/,
    against: ["stable"],
  },
};

const NAMED =
  /^(?:mild|slight|small|minimal|severe|marked|large|profound|stable|unchanged|worse|worsening|worsened|mildly|slightly|severely|markedly)$/;

const degreeOf = (w: string): string | null =>
  Object.entries(DEGREES).find(([, { words }]) => words.test(w))?.[0] ?? null;

/** "Severe effusion" where the talk has a small one; "murmur, worse" where it was stable. */
export function degreeClaims(reading: Reading): Claim[] {
  const { own, talk } = reading;
  const claims: Claim[] = [];
  if (isPrecaution(reading)) return claims;
  own.tokens.forEach(({ w }, i) => {
    if (!NAMED.test(w) || own.negated[i]) return;
    const degree = degreeOf(w);
    if (degree === null || (w === "large" && own.tokens[i + 1]?.w === "intestine")) return;
    const mention = besideOf(own, i);
    if (!mention) return;
    const like = talk.like(mention).filter(({ negated }) => !negated);
    if (like.length === 0) return;
    const said = like.flatMap((other) =>
      degreesNear(talk.segments[other.segment] as Segment, other),
    );
    const text = `${w} ${wordsOf(reading, mention.from, mention.to)}`;
    const exam = hasType(mention, "exam", "test", "vital") && !hasType(mention, "symptom");
    if (said.includes(degree)) return;
    const against = DEGREES[degree]?.against ?? [];
    if (said.some((each) => against.includes(each))) {
      const general = mention.concepts.some(({ name }) => name === "pain");
      const severity = exam || !general || /palpation|exam/i.test(reading.text) ? "major" : "minor";
      claims.push(
        unsupported(
          "result",
          text,
          severity,
          `the transcript says otherwise than "${w}"`,
          like.map(({ segment }) => segment),
        ),
      );
    } else if (exam && (degree === "severe" || degree === "worse")) {
      claims.push(
        unsupported(
          "result",
          text,
          "major",
          `"${w}" is not in the transcript`,
          like.map(({ segment }) => segment),
        ),
      );
    }
  });
  return claims;
}

/** The finding or test that a degree word stands beside. */
function besideOf(own: Segment, i: number): Mention | null {
  const sentence = sentenceAt(own, i);
  const fitting = own.mentions.filter(
    (mention) =>
      mention.from >= sentence.from &&
      mention.to <= sentence.to &&
      hasType(mention, "exam", "condition", "symptom", "test"),
  );
  const after = fitting.find((mention) => mention.from > i && mention.from - i <= 5);
  if (after && !own.tokens.slice(i, after.from).some(({ w }) => w === "," || w === "and"))
    return after;
  const before = fitting.filter((mention) => mention.to <= i && i - mention.to <= 3).at(-1);
  return before ?? null;
}

function degreesNear(segment: Segment, mention: Mention): string[] {
  const from = Math.max(0, mention.from - 9);
  return segment.tokens.slice(from, mention.to + 9).flatMap(({ w }) => degreeOf(w) ?? []);
}

/** Strong words of an examination, and the words that bear them out anywhere in the talk. */
const STRONG: [RegExp, RegExp][] = [
  [
    /^(?:abnormal|abnormally|abnormality|abnormalities)$/,
    /^(?:abnormal|abnormally|abnormality|abnormalities|concerning|irregular|unusual)$/,
  ],
  [/^remarkable$/, /^(?:remarkable|abnormal|abnormality|concerning|irregular|shows|positive)$/],
  [
    /^(?:coarse)$/,
    /^(?:coarse|rhonchi|crackles|rales|rough|wheezing|wheezes|wheeze|junky|rattle|crackling)$/,
  ],
  [/^(?:palpable)$/, /^(?:palpable|feel|felt|pulse|pulses)$/],
];

/** "Bowel sounds abnormal" where nothing abnormal was said. */
export function strongWordClaims(reading: Reading): Claim[] {
  const { own, talk } = reading;
  const claims: Claim[] = [];
  own.tokens.forEach(({ w }, i) => {
    if (own.negated[i] || own.tokens[i - 1]?.w === "non") return;
    const found = STRONG.find(([words]) => words.test(w));
    if (!found) return;
    const borne = talk.segments.some(({ tokens, negated }) =>
      tokens.some((token, k) => found[1].test(token.w) && !negated[k]),
    );
    if (!borne) claims.push(unsupported("result", w, "major", `"${w}" is not in the transcript`));
  });
  return claims;
}
