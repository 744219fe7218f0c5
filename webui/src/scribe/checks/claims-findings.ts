/** Claims about diagnoses, symptoms, examination findings and results that are words, and about whose they are. */
import findings from "./findings.json" with { type: "json" };
import { type Reading, supported, turnsOfMentions, unsupported, wordsOf } from "./claim.ts";
import { isDrugClaim } from "./claims-drugs.ts";
import { relativeClaim } from "./claims-relatives.ts";
import { kinTurns, wordTurns } from "./finding-words.ts";
import { lexicon } from "./lexicon.ts";
import { hasType, type Mention, PATIENT, type Segment, sentenceAt } from "./segment.ts";
import { nearParts } from "./talk.ts";
import { deniedNear, toldElsewhere } from "./told.ts";
import type { Claim, Kind } from "./types.ts";

const FINDINGS = ["symptom", "exam", "condition"] as const;

export function findingClaims(reading: Reading): Claim[] {
  const claims: Claim[] = [];
  for (const mention of reading.own.mentions) {
    if (!hasType(mention, ...FINDINGS)) continue;
    if (hasType(mention, "drug") && isDrugClaim(reading, mention)) continue;
    const claim = findingClaim(reading, mention);
    if (claim) claims.push(claim);
  }
  return claims;
}

/** Kind and severity of a finding that is made up. */
function inventedAs(mention: Mention): { kind: Kind; severity: "major" | "minor" } {
  if (mention.negated) return { kind: "negation", severity: "minor" };
  const types = mention.concepts.map(({ type }) => type);
  if (types.includes("symptom")) return { kind: "problem", severity: "minor" };
  if (types.includes("condition")) return { kind: "problem", severity: "major" };
  return { kind: "result", severity: "major" };
}

function findingClaim(reading: Reading, mention: Mention): Claim | null {
  const { talk } = reading;
  const text = wordsOf(reading, mention.from, mention.to);
  if (mention.asked || isHypothetical(reading, mention)) return null;
  if (/^(?:pandemic|like)$/.test(reading.own.tokens[mention.to]?.w ?? "")) return null;
  const all = likeOf(reading, mention);
  const kind: Kind = mention.negated ? "negation" : "problem";
  const label = mention.negated ? `no ${text}` : text;
  if (mention.person !== PATIENT) return relativeClaim(reading, mention, all, text);
  let mine = all.filter(({ person }) => person === PATIENT);
  const test = mention.negated ? testBefore(reading, mention) : null;
  if (test) {
    const tested = talk.like(test, "test", "vital");
    mine = mine.filter((other) =>
      tested.some((each) =>
        each.segment === other.segment
          ? sameSentence(talk.segments[each.segment], each, other)
          : other.segment === each.segment + 1,
      ),
    );
    if (mine.length === 0) return null;
  }
  if (all.length > 0 && mine.length === 0 && !mention.negated) {
    const whose = all[0]?.person ?? "relative";
    return unsupported(
      "person",
      label,
      "major",
      `${text} is said of the ${whose}, not of the patient`,
      turnsOfMentions(all),
    );
  }
  if (mine.length === 0) {
    const turns = wordTurns(reading, mention);
    if (turns.length > 0) return supported(kind, label, turns);
    if (mention.negated && isDenialOfAll(reading)) return null;
    const near = mention.negated ? [] : kinTurns(reading, mention);
    if (near.length > 0) return supported(kind, label, near);
    const { kind: as, severity } = inventedAs(mention);
    // What the statement affirms must be named: the rest of it may be true, and this made up.
    const told = mention.negated ? deniedNear(reading, mention) : [];
    if (told.length > 0) return supported(kind, label, told);
    return unsupported(as, label, severity, `${text} is not in the transcript`);
  }
  if (!mention.negated && mention.parts.length > 0) {
    const barred = mine.filter((other) =>
      isBarred(talk.segments[other.segment], other, mention.parts),
    );
    if (barred.length > 0 && !mine.some((other) => nearParts(other.parts, mention.parts))) {
      return unsupported(
        "negation",
        label,
        "major",
        `the transcript says that ${text} is not there`,
        turnsOfMentions(barred),
      );
    }
  }
  const located = mention.parts.length === 0 ? mine : preferParts(mine, mention.parts);
  const same = located.filter((other) => other.negated === mention.negated && !other.asked);
  const opposite = located.filter((other) => other.negated !== mention.negated && !other.asked);
  const open = located.filter((other) => other.asked);
  const supposed =
    mention.uncertain || /\b(?:possible|possibly|etiolog\w+|differential)\b/i.test(reading.text);
  if (!mention.negated && supposed && opposite.length > 0) return null;
  const doubted = same.some((other) => other.uncertain);
  const history = /\b(?:history|previous|prior|past|ago|last)\b/i.test(reading.text);
  const firm = same.filter((other) => !other.uncertain && !(doubted && other.past && !history));
  const diagnosis =
    mention.concepts.some(({ type }) => type === "condition") &&
    !mention.concepts.some(({ type }) => type === "symptom");
  const certain =
    !mention.uncertain &&
    !mention.negated &&
    !/\b(?:history|rule|possible|likely|suspect|concern|risk|differential|evaluat|screen|work-?up|prevent|may|might|could|versus|vs|question|probable|presumed|if|consistent)\b/i.test(
      reading.text,
    );
  if (firm.length > 0 || (same.length > 0 && (!diagnosis || !certain))) {
    if (!mention.negated && opposite.length > 0 && same.every((other) => other.uncertain)) {
      return unsupported(
        "negation",
        label,
        "major",
        `the transcript says that there is no ${text}`,
        turnsOfMentions(opposite),
      );
    }
    const exact = opposite.filter(
      (other) =>
        !other.uncertain &&
        (mention.parts.length === 0
          ? other.concepts.some(({ name }) => mention.concepts.some((each) => each.name === name))
          : nearParts(other.parts, mention.parts)),
    );
    const placed =
      mention.parts.length > 0 &&
      exact.length >= 2 &&
      !same.some((other) => nearParts(other.parts, mention.parts));
    if (
      mention.negated &&
      (placed || isPlainlyAffirmed(same, exact)) &&
      !NARROWED.test(reading.text) &&
      !isElsewhere(reading, mention, exact)
    ) {
      return unsupported(
        "negation",
        label,
        "major",
        `the transcript affirms ${text}`,
        turnsOfMentions(opposite),
      );
    }
    return supported(kind, label, turnsOfMentions(firm.length > 0 ? firm : same));
  }
  if (same.length > 0 && diagnosis && certain) {
    return unsupported(
      "problem",
      label,
      "major",
      `${text} is only a possibility in the transcript`,
      turnsOfMentions(same),
    );
  }
  if (opposite.length > 0) {
    if (supposed) return null;
    if (opposite.every((other) => isOtherView(reading, other))) {
      return unsupported(
        inventedAs(mention).kind,
        label,
        "minor",
        `the transcript has ${text} otherwise`,
        turnsOfMentions(opposite),
      );
    }
    if (mention.ceased) return supported(kind, label, turnsOfMentions(opposite));
    if (mention.negated && opposite.every(({ presupposed }) => presupposed))
      return supported(kind, label, turnsOfMentions(opposite));
    if (!mention.negated && opposite.every(({ hedged }) => hedged))
      return supported(kind, label, turnsOfMentions(opposite));
    const narrowed = NARROWED.test(reading.text);
    // Denied of a time, a place or a movement: the rest may well be so.
    if (mention.negated && (narrowed || isElsewhere(reading, mention, opposite))) return null;
    const told = toldElsewhere(reading, mention, opposite);
    if (told.length > 0) return supported(kind, label, told);
    const gone = opposite.every(({ ceased, uncertain }) => ceased || uncertain);
    if (mention.negated && gone) return supported(kind, label, turnsOfMentions(opposite));
    const reason = mention.negated
      ? `the transcript affirms ${text}`
      : `the transcript says that there is no ${text}`;
    return unsupported("negation", label, "major", reason, turnsOfMentions(opposite));
  }
  if (open.length > 0) {
    if (diagnosis && certain && open.every((other) => isOpenQuestion(reading, other))) {
      return unsupported(
        "problem",
        label,
        "major",
        `${text} is only asked about in the transcript`,
        turnsOfMentions(open),
      );
    }
    return supported(
      kind,
      label,
      [...turnsOfMentions(open), ...open.map(({ segment }) => segment + 1)].filter(
        (turn) => turn < talk.segments.length,
      ),
    );
  }
  return supported(kind, label, turnsOfMentions(mine));
}

const LOCATED = findings.located as Record<string, string[]>;
const WEAKER = findings.weaker as Record<string, string[]>;

/** Mentions of the same finding: by name, as a general finding at the same part, or by a kindred name. */
export function likeOf({ talk, own }: Reading, mention: Mention): Mention[] {
  const direct = talk.like(mention, ...FINDINGS);
  // "My ears are plugged." – "Any pain?"
  const isSpokenOf = (other: Mention, part: string): boolean =>
    other.parts.length === 0 &&
    [1, 2].some((back) =>
      talk.segments[other.segment - back]?.parts.some(({ name }) => name === part),
    );
  const found = new Set(direct);
  for (const { name } of mention.concepts) {
    const [general, part] = LOCATED[name] ?? [];
    if (general === undefined) continue;
    for (const other of [...talk.of("symptom", general), ...talk.of("exam", general)]) {
      if (part === "" || nearParts(other.parts, [part ?? ""]) || isSpokenOf(other, part ?? "")) {
        found.add(other);
      }
    }
  }
  // "Systolic murmur", "acute bronchitis": the name without what narrows it.
  for (let from = mention.from + 1; found.size === 0 && from < mention.to; from++) {
    if (!mention.negated && own.parts.some((part) => part.from < from && part.to > mention.from))
      break;
    const hits = lexicon().find(
      own.tokens.slice(from, mention.to),
      own.stems.slice(from, mention.to),
      "main",
    );
    for (const { concepts } of hits) {
      for (const other of talk.like({ ...mention, concepts }, ...FINDINGS)) found.add(other);
    }
  }
  if (found.size === 0) {
    for (const { name } of mention.concepts) {
      for (const weaker of WEAKER[name] ?? []) {
        for (const type of FINDINGS) for (const other of talk.of(type, weaker)) found.add(other);
      }
    }
  }
  return [...found].sort((a, b) => a.segment - b.segment || a.from - b.from);
}

const sameSentence = (segment: Segment | undefined, a: Mention, b: Mention): boolean =>
  segment !== undefined && sentenceAt(segment, a.from) === sentenceAt(segment, b.from);

/** "On my stomach, not my arms": the sentence denies the part. */
function isBarred(
  segment: Segment | undefined,
  mention: Mention,
  parts: readonly string[],
): boolean {
  if (!segment || mention.negated) return false;
  const sentence = sentenceAt(segment, mention.from);
  if (sentence.to - sentence.from > 30) return false;
  return segment.parts.some(
    (part) =>
      part.from >= sentence.from &&
      part.to <= sentence.to &&
      segment.negated[part.from] === true &&
      parts.includes(part.name),
  );
}

/** The test of "Lymph node negative for tumor". */
function testBefore({ own }: Reading, mention: Mention): Mention | null {
  const sentence = sentenceAt(own, mention.from);
  return (
    own.mentions
      .filter(
        (other) =>
          other.from >= sentence.from && other.to <= mention.from && hasType(other, "test"),
      )
      .at(-1) ?? null
  );
}

/** What the patient denies and the doctor finds are two views: "denies swelling", "1+ edema". */
function isOtherView({ talk, text, section }: Reading, other: Mention): boolean {
  const segment = talk.segments[other.segment];
  if (!segment) return false;
  const words = segment.tokens.map(({ w }) => w).join(" ");
  const examined =
    segment.speaker !== "patient" &&
    /\b(?:exam|examination|appreciate|palpation|auscultation|press|listen)\b/.test(words);
  const told = /\b(?:denies|denied|reports|endorses|states|complains)\b/i.test(text);
  if (told) return examined;
  const objective =
    /exam|objective|vitals/i.test(section) ||
    /\b(?:palpation|auscultation|appreciated|noted on|pitting|\d\+|on exam\w*)/i.test(text);
  return (
    objective &&
    !examined &&
    (other.hedged || segment.sentences.some(({ question }) => question)) &&
    segment.tokens.length > 3
  );
}

/** A question that its answer left open, asked by somebody other than a doctor. */
function isOpenQuestion({ talk }: Reading, mention: Mention): boolean {
  const segment = talk.segments[mention.segment];
  return segment !== undefined && segment.speaker !== "doctor" && segment.speaker !== "nurse";
}

const preferParts = (mentions: Mention[], parts: readonly string[]): Mention[] => {
  const near = mentions.filter(
    (other) => other.parts.length === 0 || nearParts(other.parts, parts),
  );
  return near.length > 0 ? near : mentions;
};

/** Affirmed again and again, and denied hardly ever. */
const isPlainlyAffirmed = (same: readonly Mention[], opposite: readonly Mention[]): boolean =>
  opposite.length >= 3 && same.length * 3 <= opposite.length;

/** "Call right away for …", "return if …": what comes after is not said to be so. */
const PRECAUTION =
  /\b(?:call|return|come back|contact|notify|seek|emergency (?:room|department))\b[^.;]{0,60}?\b(?:for|if|with|should)\b/i;

/** What would be an emergency: "911 for …", "emergency visit for …". */
const EMERGENCY =
  /\b(?:911|988|emergency (?:care|visit|room|department|services)|come in (?:at once|the same day)|call (?:at once|the same day|right away|immediately)|return precautions)\b/i;

export const isPrecaution = ({ text }: Reading): boolean =>
  EMERGENCY.test(text) || PRECAUTION.test(text);

/** "Advised to stop smoking", "offered", "encouraged to": what is hoped for. */
const ADVISED =
  /\b(?:advised|offered|encouraged|counsell?ed|asked|told|urged|reminded) (?:(?:him|her|them|the patient|again) )?(?:to|about|against|on)\b/i;

function isHypothetical({ own, text }: Reading, mention: Mention): boolean {
  const advised = ADVISED.exec(text);
  if (advised && (own.tokens[mention.from]?.start ?? 0) > advised.index) return true;
  if (EMERGENCY.test(text)) return true;
  const precaution = PRECAUTION.exec(text);
  const start = own.tokens[mention.from]?.start ?? 0;
  if (precaution && start >= precaution.index + precaution[0].length) return true;
  if (
    /\b(?:risks?|side effects?|adverse effects|precautions|complications (?:of|include)|red flags?)\b/i.test(
      text,
    )
  )
    return true;
  return (
    mention.uncertain &&
    /\b(?:if|should|return|call|monitor|watch|risk|prevent|side effects?|educat|counsel|discuss|warn|signs of|screen|evaluat|rule out|test)\b/i.test(
      text,
    )
  );
}

/** Words that make a denial one of a time or a circumstance. */
const NARROWED =
  /\b(?:prior to|recent|recently|since|currently|personal history|further|additional|significant|at this time|at the time|new|worsening|acute|other|today|now|until|used to|resolved|while|during|when|rest|exertion|after|before|associated|much|any longer|with|without)\b/i;

const PLACES =
  /\b(?:lateral|medial|anterior|posterior|proximal|distal|upper|lower|radial|ulnar|flexion|extension|rotation|abduction|inversion|eversion|midline|strength|testing|rest|palpation|calf|bony|spinous|movement|motion|ambulation|bearing|frontal|maxillary|quadrant|joint line|head|malleolus)\b/g;

/** A denial for a place or a movement that the affirming words do not name: "no pain with flexion". */
function isElsewhere(
  { talk, own }: Reading,
  mention: Mention,
  opposite: readonly Mention[],
): boolean {
  const sentence = sentenceAt(own, mention.from);
  const words = (segment: Segment, from: number, to: number): string =>
    segment.tokens
      .slice(from, to)
      .map(({ w }) => w)
      .join(" ");
  const places = [...words(own, sentence.from, sentence.to).matchAll(PLACES)].map(
    ([place]) => place,
  );
  const general = mention.concepts.some(
    ({ name }) => name === "pain" || name === "tenderness" || name === "swelling",
  );
  if (general && /^(?:with|on|during|while|when)$/.test(own.tokens[mention.to]?.w ?? ""))
    return true;
  if (places.length === 0) return false;
  return opposite.every((other) => {
    const segment = talk.segments[other.segment] as Segment;
    const theirs = sentenceAt(segment, other.from);
    const near = words(
      segment,
      Math.max(theirs.from, other.from - 12),
      Math.min(theirs.to, other.to + 12),
    );
    return !places.some((place) => near.includes(place));
  });
}

/** "Denies any other symptoms such as …" */
const isDenialOfAll = ({ text }: Reading): boolean => /\bother symptoms\b/i.test(text);
