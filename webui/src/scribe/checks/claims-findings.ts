/** Claims about diagnoses, symptoms, examination findings and results that are words, and about whose they are. */
import { type Mention, PATIENT, type Segment, hasType, sentenceAt } from "./segment.ts";
import { supported, turnsOfMentions, unsupported, wordsOf, type Reading } from "./claim.ts";
import { isDrugClaim } from "./claims-drugs.ts";
import { nearParts } from "./talk.ts";
import { lexicon } from "./lexicon.ts";
import findings from "./findings.json" with { type: "json" };
import { isPunctuation, stem } from "./text.ts";
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
    if (mention.negated && (narrowed || isElsewhere(reading, mention, opposite))) {
      return unsupported(
        "negation",
        label,
        "minor",
        `${text} is not denied in the transcript`,
        turnsOfMentions(opposite),
      );
    }
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

function isHypothetical({ text }: Reading, mention: Mention): boolean {
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

/** Turns that hold all content words of a phrase, or of the stems it is made of. */
function wordTurns({ talk, own }: Reading, mention: Mention): number[] {
  const words = own.stems
    .slice(mention.from, mention.to)
    .filter((word) => word.length > 2 && !STOP.has(word));
  if (words.length === 0) return [];
  if (mention.person !== PATIENT) {
    // "Any cancer in the family?" – "My mother, ovarian."
    return talk.segments
      .filter(
        ({ index, stems }) =>
          words.every(
            (word) =>
              stems.includes(word) ||
              (talk.segments[index - 1]?.stems.includes(word) ?? false) ||
              (talk.segments[index - 2]?.stems.includes(word) ?? false),
          ) && words.some((word) => stems.includes(word)),
      )
      .map(({ index }) => index);
  }
  if (words.length >= 3) {
    const most = talk.segments.filter(
      ({ stems, negated }) =>
        words.filter(
          (word) => stems.includes(word) && (mention.negated || !negated[stems.indexOf(word)]),
        ).length >=
        words.length * 0.7,
    );
    if (most.length > 0) return most.map(({ index }) => index);
  }
  // "Ovarian" is heard in "ovary".
  const places = own.parts.filter(({ from, to }) => from >= mention.from && to <= mention.to);
  const heard = (segment: Segment, word: string): boolean =>
    segment.stems.includes(word) ||
    places.some(
      (place) =>
        own.stems.slice(place.from, place.to).includes(word) &&
        segment.parts.some(({ name }) => name === place.name),
    );
  const guarded = (segment: Segment): boolean =>
    segment.stems.some(
      (word, k) =>
        word === words.at(-1) && /^(?:vaccin|shot|booster)/.test(segment.stems[k + 1] ?? ""),
    );
  return talk.segments
    .filter((segment) => words.every((word) => heard(segment, word)) && !guarded(segment))
    .filter(
      (segment) =>
        mention.negated || !words.every((word) => segment.negated[segment.stems.indexOf(word)]),
    )
    .map(({ index }) => index);
}

/** Words of a diagnosis that many others have too. */
const GENERAL =
  /^(?:disease|diseases|syndrome|disorder|infection|injury|cancer|carcinoma|acute|chronic|severe|mild|history|pain|tear|deficiency|failure|type|primary|secondary|upper|lower|left|right|heart|blood|pressure|high|low|lung|skin|personal|malignant|stage|surgery|positive|negative|test)$/;

/** Turns that name the particular part of a diagnosis: "sickle" crises, sun "keratoses". */
function kinTurns({ talk, own }: Reading, mention: Mention): number[] {
  const words = own.tokens
    .slice(mention.from, mention.to)
    .map(({ w }, k) => ({ w, word: own.stems[mention.from + k] ?? "" }))
    .filter(({ w, word }) => word.length >= 5 && !GENERAL.test(w));
  if (words.length === 0) return [];
  const known = words
    .map(({ word }) =>
      (talk.turnsOf.get(word) ?? []).filter(
        (turn) =>
          !every(talk.segments[turn] as Segment, word, (each, k) => each.negated[k] ?? false),
      ),
    )
    .filter((turns) => turns.length > 0);
  return known.length * 2 >= words.length ? known.flat() : [];
}

const STOP = new Set(
  ["the", "and", "with", "for", "any", "not", "has", "had", "her", "his"].map(stem),
);

/** A finding of a relative. */
function relativeClaim(
  reading: Reading,
  mention: Mention,
  all: readonly Mention[],
  text: string,
): Claim {
  const { talk } = reading;
  const label = `${mention.person}: ${text}`;
  const theirs = all.filter(
    ({ person }) => person === mention.person || person === "family" || mention.person === "family",
  );
  const turnsOf = (name: string): number[] =>
    talk.segments
      .filter(({ relatives }) => relatives.some((each) => each.name === name || name === "family"))
      .map(({ index }) => index);
  if (all.length === 0) {
    const parts = reading.own.parts.filter(
      ({ from, to }) => from >= mention.from && to <= mention.to,
    );
    // "Your grandmother's the breast?": the place alone, beside whose it is.
    const placed = talk.segments.some(
      (segment) =>
        segment.relatives.some(({ name }) => name === mention.person) &&
        segment.parts.some((part) => parts.some(({ name }) => name === part.name)),
    );
    if (
      mention.negated ||
      placed ||
      mention.person === "other" ||
      wordTurns(reading, mention).length > 0 ||
      kinTurns(reading, mention).length > 0
    )
      return supported("person", label, turnsOf(mention.person));
    return unsupported("problem", label, "major", `${text} is not in the transcript`);
  }
  const denied = theirs.length > 0 && theirs.every((other) => other.negated);
  if (!mention.negated && denied && !mention.uncertain)
    return unsupported(
      "negation",
      label,
      "major",
      `the transcript says that there is no ${text} in the family`,
      turnsOfMentions(theirs),
    );
  if (mention.person === "other") return supported("person", label, turnsOfMentions(all));
  const named = turnsOf(mention.person);
  const foreign = all.filter(
    ({ person }) => person !== PATIENT && person !== "family" && person !== mention.person,
  );
  if (theirs.some(({ person }) => person === mention.person))
    return supported("person", label, turnsOfMentions(theirs));
  if (foreign.length > 0 && mention.person !== "family")
    return unsupported(
      "person",
      label,
      "minor",
      `${text} is said of the ${foreign[0]?.person}`,
      turnsOfMentions(foreign),
    );
  const close = all.filter((other) => named.some((turn) => Math.abs(turn - other.segment) <= 1));
  if (close.length > 0)
    return supported("person", label, [
      ...turnsOfMentions(close),
      ...named.filter((turn) => close.some((other) => Math.abs(turn - other.segment) <= 1)),
    ]);
  if (mention.negated) return supported("person", label, turnsOfMentions(all));
  return unsupported(
    "person",
    label,
    "major",
    `${text} is said of the patient, not of the ${mention.person}`,
    turnsOfMentions(all),
  );
}

/** Words that tell a result, by what they mean. */
const SENSE = new Map<string, string>([
  ...["negative", "nonreactive"].map((w): [string, string] => [w, "negative"]),
  ...["positive", "reactive"].map((w): [string, string] => [w, "positive"]),
  ...[
    "normal",
    "unremarkable",
    "fine",
    "clear",
    "clean",
    "good",
    "great",
    "okay",
    "benign",
    "intact",
    "stable",
    "perfect",
    "wnl",
  ].map((w): [string, string] => [w, "normal"]),
  ...["abnormal", "concerning", "bad", "impaired", "remarkable", "coarse"].map(
    (w): [string, string] => [w, "abnormal"],
  ),
  ...["elevated", "high", "increased"].map((w): [string, string] => [w, "high"]),
  ...["low", "decreased", "reduced", "diminished"].map((w): [string, string] => [w, "low"]),
]);
/** Words of approval that are results only after "is", "looks" and the like. */
const DISCOURSE = new Set(["okay", "good", "great", "fine", "perfect", "bad"]);
const CONFLICTS = new Set([
  "negative positive",
  "positive negative",
  "normal abnormal",
  "abnormal normal",
  "normal positive",
  "positive normal",
  "normal high",
  "high normal",
  "normal low",
  "low normal",
  "high low",
  "low high",
  "negative abnormal",
  "abnormal negative",
]);

/** Results in words: "rapid strep positive", "EKG normal". */
export function resultClaims(reading: Reading): Claim[] {
  const { own, talk } = reading;
  const claims: Claim[] = [];
  for (const mention of own.mentions) {
    if (
      !hasType(mention, "test", "vital") ||
      (hasType(mention, "drug") && isDrugClaim(reading, mention))
    )
      continue;
    const sense = senseOf(own, mention);
    if (sense === null) {
      const done = doneClaim(reading, mention);
      if (done) claims.push(done);
      continue;
    }
    const label = `${wordsOf(reading, mention.from, mention.to)} ${sense}`;
    const named = talk.like(mention, "test", "vital");
    // A longer phrase may hold the name: "sensation is intact".
    const like = named.length > 0 ? named : wordMentions(reading, mention);
    if (like.length === 0) {
      const turns = wordTurns(reading, mention);
      if (turns.length > 0) claims.push(supported("result", label, turns));
      else if (
        sense === "normal" ||
        (sense === "negative" &&
          !hasType(mention, "vital") &&
          MANOEUVRES.has(mention.concepts[0]?.name ?? ""))
      )
        claims.push(unsupported("result", label, "minor", `${label} is not in the transcript`));
      else claims.push(unsupported("result", label, "major", `${label} is not in the transcript`));
      continue;
    }
    const said = like.map((other) => ({
      other,
      sense: senseOf(talk.segments[other.segment] as Segment, other),
    }));
    const agree = said.filter(
      (each) =>
        each.sense === sense || (each.sense !== null && !CONFLICTS.has(`${sense} ${each.sense}`)),
    );
    const conflict = said.filter(
      (each) => each.sense !== null && CONFLICTS.has(`${sense} ${each.sense}`),
    );
    if (agree.length > 0)
      claims.push(
        supported(
          "result",
          label,
          agree.map(({ other }) => other.segment),
        ),
      );
    else if (conflict.length > 0)
      claims.push(
        unsupported(
          "result",
          label,
          hasType(mention, "vital") && /\bhome|running\b/i.test(reading.text) ? "minor" : "major",
          `the transcript says ${conflict[0]?.sense ?? "otherwise"}, not ${sense}`,
          conflict.map(({ other }) => other.segment),
        ),
      );
    else if (sense === "abnormal" || sense === "positive")
      claims.push(
        unsupported(
          "result",
          label,
          "major",
          `${label} is not in the transcript`,
          turnsOfMentions(like),
        ),
      );
    else claims.push(supported("result", label, turnsOfMentions(like)));
  }
  return claims;
}

/** The places in the talk where the words of a test stand together, as mentions of it. */
function wordMentions({ talk, own }: Reading, mention: Mention): Mention[] {
  const words = own.stems.slice(mention.from, mention.to);
  const first = words[0] ?? "";
  return (talk.turnsOf.get(first) ?? []).flatMap((turn) => {
    const { stems } = talk.segments[turn] as Segment;
    const from = stems.findIndex((_, k) => words.every((word, m) => stems[k + m] === word));
    return from < 0 ? [] : [{ ...mention, segment: turn, from, to: from + words.length }];
  });
}

/** "Has had genetic testing", where the talk says that it was not done or was another's. */
function doneClaim({ talk, own, text }: Reading, mention: Mention): Claim | null {
  if (
    !/\b(?:had|underwent|completed|received|status post|s\/p)\b/i.test(text) ||
    mention.negated ||
    mention.person !== PATIENT
  )
    return null;
  const like = talk.like(mention, "test");
  if (like.length === 0 || !like.every((other) => other.negated || other.person !== PATIENT))
    return null;
  const name = own.tokens
    .slice(mention.from, mention.to)
    .map(({ w }) => w)
    .join(" ");
  const kind: Kind = like.some(({ person }) => person !== PATIENT) ? "person" : "negation";
  return unsupported(
    kind,
    name,
    "major",
    `the transcript says that the patient had no ${name}`,
    turnsOfMentions(like),
  );
}

/** The result word of a test, turned round where it is denied. */
function senseOf(segment: Segment, mention: Mention): string | null {
  const { tokens, negated } = segment;
  const sentence = sentenceAt(segment, mention.from);
  const others = segment.mentions.filter(
    (other) => other !== mention && hasType(other, "test", "vital"),
  );
  const stop = Math.min(
    sentence.to,
    mention.to + 7,
    ...others.filter(({ from }) => from >= mention.to).map(({ from }) => from),
  );
  for (let i = mention.to; i < stop; i++) {
    const sense = SENSE.get(tokens[i]?.w ?? "");
    // "a reduced ejection fraction" is a result of what follows.
    const next = segment.mentions.some(
      (other) =>
        other !== mention &&
        other.from <= i + 1 &&
        other.to > i &&
        hasType(other, "test", "vital", "exam", "symptom", "condition"),
    );
    const spoken =
      DISCOURSE.has(tokens[i]?.w ?? "") &&
      i > mention.to &&
      !/^(?:is|are|was|were|look|looks|looked|looking|pretty|very|really|back|so|seems|all|came|:)$/.test(
        tokens[i - 1]?.w ?? "",
      );
    if (sense !== undefined && !next && !spoken) return negated[i] ? flip(sense) : sense;
    if (tokens[i]?.w === "within" && tokens[i + 1]?.w === "normal")
      return negated[i] ? "abnormal" : "normal";
    if (tokens[i]?.w === "but") break;
  }
  const start = Math.max(sentence.from, mention.from - 3);
  for (let i = mention.from - 1; i >= start; i--) {
    if (isPunctuation(tokens[i]?.w ?? "")) break;
    const sense = SENSE.get(tokens[i]?.w ?? "");
    if (sense !== undefined && !DISCOURSE.has(tokens[i]?.w ?? ""))
      return negated[i] ? flip(sense) : sense;
  }
  return null;
}

/** Examination manoeuvres: a normal one that nobody spoke of is commonly charted. */
const MANOEUVRES = new Set([
  "lachman",
  "mcmurray",
  "anterior drawer",
  "straight leg raise",
  "tinel",
  "phalen",
  "finkelstein",
  "spurling",
  "hawkins",
  "neer",
  "empty can",
  "romberg",
  "hoffman",
  "babinski",
  "murphy sign",
  "homan sign",
  "strength",
  "reflexes",
  "pulses",
  "sensation",
]);

const flip = (sense: string): string =>
  ({
    negative: "positive",
    positive: "negative",
    normal: "abnormal",
    abnormal: "normal",
    high: "normal",
    low: "normal",
  })[sense] ?? sense;

const NEGATED =
  /\b(?:no|not|without|denies|denied|never|none|unable|stop|stopped|cut|quit|limit\w*|less|reduc\w*|avoid\w*|off|negative|removed|lack|rather|instead|refus\w*|declin\w*|cannot|can't|\w*n't|hold|free|nor|neither|absent|rule|other|if|should|recommend\w*|advise\w*|discuss\w*|will|would|encourag\w*|continue|plan|understand\w*|agree\w*|normal|intact|unremarkable|stable|clear)\b/i;

const ADVICE = /\b(?:counsel\w*|advis\w*|discuss\w*|educat\w*|recommend\w*|instruct\w*|encourag\w*)\b/i;

/** What the talk denies and the note affirms, in words that no list holds. */
export function deniedWordClaims(reading: Reading): Claim[] {
  const { own, talk, text } = reading;
  const soft = NEGATED.test(text);
  const claims: Claim[] = [];
  own.stems.forEach((word, i) => {
    const w = own.tokens[i]?.w ?? "";
    if (!isContent(own, i)) return;
    const turns = talk.turnsOf.get(word) ?? [];
    if (turns.length === 0 || turns.length > 3) return;
    const direct = turns.every((turn) =>
      every(talk.segments[turn] as Segment, word, (segment, k) => isDenied(segment, k)),
    );
    const answered = turns.every((turn) =>
      every(
        talk.segments[turn] as Segment,
        word,
        (segment, k) => isDenied(segment, k) || isAnsweredNo(talk.segments, segment, k),
      ),
    );
    const strict =
      !/\b(?:no|not|without|denies|denied|never|none|unable|stop\w*|cut|quit|limit\w*|less|reduc\w*|avoid\w*|off|negative|removed|lack|rather|instead|refus\w*|declin\w*|cannot|can't|\w*n't|hold|free|nor|neither|absent|rule|other)\b/i.test(
        text,
      );
    if (
      (direct && strict && !ADVICE.test(text)) ||
      (answered &&
        !/(?:ing|ed)$/.test(w) &&
        !soft &&
        /\b(?:reports|endorses|admits|has|had|positive|complains|present|states|experienc\w*|notes)\b/i.test(
          text,
        ))
    ) {
      claims.push(unsupported("negation", w, "major", `the transcript denies "${w}"`, turns));
    }
  });
  return claims.slice(0, 1);
}

const every = (
  segment: Segment,
  word: string,
  holds: (segment: Segment, k: number) => boolean,
): boolean => segment.stems.every((other, k) => other !== word || holds(segment, k));

/** A word that tells something, and that no mention covers. */
function isContent(own: Segment, i: number): boolean {
  const w = own.tokens[i]?.w ?? "";
  if (w.length < 4 || !/^[a-z]+$/.test(w) || COMMON.has(w)) return false;
  return (
    !own.mentions.some(({ from, to }) => i >= from && i < to) &&
    !own.values.some(({ from, to }) => i >= from && i < to)
  );
}

/** Directly under "no" or "not". */
function isDenied(segment: Segment, k: number): boolean {
  const sentence = sentenceAt(segment, k);
  const before = segment.tokens.slice(Math.max(sentence.from, k - 3), k).map(({ w }) => w);
  if (before.includes("not") && /^(?:the|on|a|any)$/.test(before.at(-1) ?? "")) return true;
  if (before.at(-1) === "no") return true;
  return sentence.question && before.includes("not");
}

/** Asked about, and answered with a plain no. */
function isAnsweredNo(segments: readonly Segment[], segment: Segment, k: number): boolean {
  const sentence = sentenceAt(segment, k);
  const next = segments[segment.index + 1];
  if (!sentence.question || next?.answer !== "no" || next.tokens.length > 8) return false;
  return segment.tokens
    .slice(sentence.from, k)
    .some(({ w }) => /^(?:any|have|has|do|does|did|ever)$/.test(w));
}

/** What the note denies and the talk affirms, in words that no list holds. */
export function affirmedWordClaims(reading: Reading): Claim[] {
  const { own, talk, text } = reading;
  const cue = own.tokens.findIndex(({ w }) => w === "denies" || w === "denied" || w === "never");
  if (
    cue < 0 ||
    /\b(?:other|further|additional|recent|prior|but|however|except|although)\b/i.test(text)
  )
    return [];
  if (own.mentions.some(({ from, negated }) => from > cue && negated)) return [];
  const words = [
    ...new Set(
      own.stems.filter((_, i) => i > cue && isContent(own, i) && (own.negated[i] ?? false)),
    ),
  ];
  if (words.length < 2) return [];
  const turns = talk.segments.filter((segment) => {
    const at = words.map((word) => segment.stems.indexOf(word));
    if (at.filter((k) => k >= 0).length < Math.max(2, Math.ceil(words.length * 0.6))) return false;
    return at.every((k) => k < 0 || (!segment.negated[k] && !sentenceAt(segment, k).question));
  });
  const asked = talk.segments.some((segment) =>
    segment.stems.some(
      (word, k) =>
        words.includes(word) &&
        (segment.negated[k] ||
          (sentenceAt(segment, k).question && talk.segments[segment.index + 1]?.answer === "no")),
    ),
  );
  if (turns.length === 0 || asked) return [];
  return [
    unsupported(
      "negation",
      own.tokens
        .slice(cue)
        .map(({ w }) => w)
        .join(" "),
      "major",
      "the transcript says what the note denies",
      turns.map(({ index }) => index),
    ),
  ];
}

const COMMON = new Set([
  "patient",
  "will",
  "with",
  "have",
  "been",
  "that",
  "this",
  "from",
  "they",
  "take",
  "takes",
  "taken",
  "time",
  "today",
  "visit",
  "about",
  "after",
  "before",
  "during",
  "reports",
  "states",
  "notes",
  "used",
  "uses",
  "using",
  "well",
  "does",
  "doing",
  "other",
  "more",
  "most",
  "some",
  "also",
  "pain",
  "help",
  "helps",
  "need",
  "needs",
  "want",
  "wants",
  "feel",
  "feels",
  "work",
  "works",
  "better",
  "worse",
  "significant",
  "problem",
  "problems",
  "issue",
  "issues",
  "symptoms",
  "concern",
  "concerns",
  "question",
  "questions",
  "change",
  "changes",
  "going",
  "able",
  "medication",
  "medications",
  "history",
  "past",
  "years",
  "year",
  "weeks",
  "week",
  "days",
  "months",
  "like",
  "good",
  "sure",
  "think",
  "know",
  "said",
  "says",
  "right",
  "left",
  "trouble",
  "difficulty",
  "evidence",
  "further",
  "recent",
  "recently",
  "longer",
  "shortness",
  "breath",
  "which",
  "there",
  "their",
  "would",
  "could",
  "should",
  "lower",
  "upper",
  "family",
  "currently",
  "long",
  "hard",
  "much",
  "many",
  "very",
  "full",
  "great",
  "least",
  "bring",
  "given",
  "done",
  "came",
  "come",
  "back",
  "again",
  "little",
  "really",
  "only",
  "just",
  "even",
  "over",
  "into",
  "while",
  "since",
  "when",
  "what",
  "where",
  "because",
  "anything",
  "everything",
  "something",
  "nothing",
]);
