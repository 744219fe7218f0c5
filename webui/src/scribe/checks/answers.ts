/** Questions joined with their answers, across turns. */
import { comparable } from "./corrections.ts";
import cues from "./cues.json" with { type: "json" };
import { phrases } from "./negation.ts";
import {
  type Located,
  type Mention,
  PATIENT,
  type Segment,
  type Sentence,
  hasType,
  overlap,
  sharesConcept,
} from "./segment.ts";
import { isPunctuation } from "./text.ts";
import { type Value } from "./values.ts";

const WH = new Set(cues.wh);

const YES = phrases(cues.yes);

const NO = phrases(cues.no);

export function answerOf({ tokens, sentences }: Segment): "yes" | "no" | "" {
  const first = sentences[0];
  if (!first) return "";
  const end = Math.min(tokens.length, 9);
  for (let i = 0; i < end; i++) {
    const w = tokens[i]?.w ?? "";
    // "One, when I was nine": a count affirms.
    // "That one's true": it is pointed at, not counted.
    const pointed = i > 0 && /^(?:that|this|the)$/.test(tokens[i - 1]?.w ?? "") && w === "1";
    if (pointed) continue;
    const count = tokens[i]?.n?.[0];
    if (count !== undefined) return count === 0 ? "no" : i === 0 ? "yes" : "";
    if (NO.at(tokens, i) > 0) {
      const next = tokens[i + 1]?.w ?? "";
      if (w === "no" && next === "," && /^(?:yeah|yes|yep)$/.test(tokens[i + 2]?.w ?? ""))
        return "yes";
      return "no";
    }
    if (YES.at(tokens, i) > 0) {
      // "yeah , no": the second word counts.
      if (/^(?:yeah|yes|well)$/.test(w) && tokens[i + 1]?.w === "," && tokens[i + 2]?.w === "no")
        return "no";
      return "yes";
    }
    if (
      !/^(?:i|well|so|okay|,|\.|and|but|it|they|he|she|that|we|then|there|hm|you|do|have|am|is|are|not)$/.test(
        w,
      )
    )
      return "";
  }
  return "";
}

/** "Shortness of breath" – "no shortness of breath": a short turn without a verb asks. */
export function markShortQuestion(segment: Segment, next: Segment | undefined): void {
  const only = segment.sentences[0];
  if (!next || !only || segment.sentences.length > 1 || only.question) return;
  if (segment.speaker === "patient" || segment.tokens.length > 9) return;
  const finding = segment.mentions.some(
    (mention) => hasType(mention, "symptom", "condition") && !mention.negated,
  );
  const says = segment.tokens.some(({ w }) =>
    /^(?:is|are|was|were|has|have|had|you|he|she|it|i|this|that|.|we)$/.test(w),
  );
  if (finding && !says && (next.answer !== "" || next.mentions.some((mention) => mention.negated)))
    only.question = true;
}

/** Where a question begins in talk without marks: "that's healing well any fever or chills". */
const ASKS = /^(?:any|ever)$/;
const ASKS_TWO = /^(?:do|did|have|are|is|does|has|can) (?:you|he|she|they|it|there|the|your)$/;

/** What a plain denial answers is a question, also where no mark says so. */
export function markUnmarkedQuestion(segment: Segment, next: Segment | undefined): void {
  const last = segment.sentences.at(-1);
  if (!next || !last || last.question || next.answer !== "no") return;
  if (segment.speaker === PATIENT || segment.speaker === next.speaker) return;
  const { tokens } = segment;
  let from = -1;
  for (let i = last.from; i < last.to; i++) {
    const w = tokens[i]?.w ?? "";
    if (ASKS.test(w) || ASKS_TWO.test(`${w} ${tokens[i + 1]?.w ?? ""}`)) {
      from = i;
      break;
    }
  }
  const plain = /^(?:no )*(?:no|nope|neither|none|never)$/.test(
    next.tokens
      .slice(0, 2)
      .map(({ w }) => w)
      .filter((w) => !isPunctuation(w))
      .join(" "),
  );
  if (from < 0 && !(plain && last.to - last.from <= 14)) return;
  const start = Math.max(from, last.from);
  if (start === last.from) last.question = true;
  else {
    segment.sentences.push({ from: start, to: last.to, question: true });
    last.to = start;
  }
}

/** "No, that's my sister" gives the turn before to her; "and so do you" gives it to the patient too. */
export function shareAcross(segment: Segment, before: Segment | undefined): void {
  if (!before) return;
  echoOwner(segment, before);
  const head = segment.tokens
    .slice(0, 9)
    .map(({ w }) => w)
    .join(" ");
  const sister = segment.relatives.find(({ from }) => from <= 6);
  if (
    sister &&
    /\b(?:that|it|those)(?: is| was)? (?:my|the|her|his) /.test(head) &&
    isPunctuation(segment.tokens[sister.to]?.w ?? ".")
  ) {
    for (const mention of before.mentions) {
      if (hasType(mention, "drug", "allergen", "condition", "class") && mention.person === PATIENT)
        mention.person = sister.name;
    }
  }
  if (
    /\b(?:so do you|you do too|you too|so does he|so does she|so do i|me too|i do too|same here|so have you)\b/.test(
      head,
    )
  ) {
    for (const mention of before.mentions) {
      if (mention.person === PATIENT || !hasType(mention, "condition", "symptom")) continue;
      segment.mentions.push({
        ...mention,
        segment: segment.index,
        from: 0,
        to: 1,
        person: PATIENT,
      });
    }
  }
}

/** "My mother had malignant something." – "Malignant hyperthermia?": an echo is of the same person. */
function echoOwner(segment: Segment, before: Segment): void {
  const only = segment.sentences[0];
  if (!only?.question || segment.sentences.length > 1 || segment.tokens.length > 5) return;
  if (segment.tokens.some(({ w }) => /^(?:you|your|any|do|have|are)$/.test(w))) return;
  const owner = before.person.findLast((name) => name !== PATIENT);
  const last = before.sentences.at(-1);
  if (owner === undefined || !last) return;
  if (before.person.slice(last.from, last.to).every((name) => name === PATIENT)) return;
  for (const mention of segment.mentions) {
    if (hasType(mention, "condition", "symptom", "drug") && mention.person === PATIENT)
      mention.person = owner;
  }
}

/** Gives the mentions of a turn's questions the polarity of their answer. */
export function answerQuestions(segment: Segment, next: Segment | undefined): void {
  segment.sentences.forEach((sentence, k) => {
    if (!sentence.question) return;
    const follow = segment.sentences[k + 1];
    let answer: "yes" | "no" | "" = "";
    let answering: Segment | undefined = next;
    if (follow && !follow.question) {
      const own = answerOf({
        ...segment,
        tokens: segment.tokens.slice(follow.from, follow.to),
        sentences: [{ from: 0, to: follow.to - follow.from, question: false }],
      });
      if (own !== "" && follow.to - follow.from <= 3) {
        answer = own;
        answering = segment;
      }
    }
    const inside = segment.tokens
      .slice(sentence.from, sentence.to)
      .map(({ w }) => w)
      .join(" ");
    if (answering === next) answer = next?.answer ?? "";
    // "Six hundred?" – "Three hundred.": the number answers the number, and affirms nothing.
    const numeric = answering === next && next?.tokens[0]?.n !== undefined;
    if (
      numeric &&
      segment.values.some(
        ({ kind, from }) => kind === "number" && from >= sentence.from && from < sentence.to,
      )
    )
      answer = "";
    if (/\b(?:no no|like that no)\b/.test(inside)) answer = "no";
    const { tokens } = segment;
    const start = tokens
      .slice(sentence.from, sentence.from + 4)
      .find(({ w }) => !/^(?:and|so|okay|then|but|now|well|,)$/.test(w));
    const wh =
      WH.has(start?.w ?? "") && start?.w !== "how"
        ? true
        : start?.w === "how" && !/^about$/.test(tokens[tokens.indexOf(start) + 1]?.w ?? "");
    for (const mention of segment.mentions) {
      if (mention.from < sentence.from || mention.from >= sentence.to) continue;
      if (wh) {
        mention.presupposed = true; // "how long have you had the wheeze": it is taken as there
        if (start?.w === "who" && next && isOthers(next, mention))
          mention.person = ownerOf(next, mention);
        continue;
      }
      if (
        hasType(mention, "drug") &&
        !(answer === "no" && sentence.to - sentence.from <= 4) &&
        !TAKING.test(
          tokens
            .slice(sentence.from, mention.from)
            .map(({ w }) => w)
            .join(" "),
        )
      ) {
        continue; // "did the flomax help?"
      }
      // "Still on the Eliquis?" – "Xarelto."
      const first = answering === next ? next?.mentions[0] : undefined;
      if (
        answer === "" &&
        first &&
        first.from <= 2 &&
        hasType(mention, "drug") &&
        hasType(first, "drug")
      ) {
        if (
          !sharesConcept(mention, first) &&
          !next?.mentions.some((other) => sharesConcept(mention, other))
        )
          mention.stopped = true;
      }
      const repeated = answering?.mentions.some((other) => sharesConcept(mention, other)) ?? false;
      if (repeated && answering !== segment) {
        mention.asked = true;
        continue;
      }
      if (answering === next && next && isOthers(next, mention)) continue;
      if (answer === "no") {
        // "no chest pain?" – "no": negated both ways.
        mention.negated = true;
        mention.hedged = answering !== undefined && isHedged(answering);
      } else if (answer === "yes" && answering && namesSome(segment, sentence, answering)) {
        mention.asked = true;
      } else if (answer === "yes") {
        if (mention.negated && !/^(?:right|correct|exactly)$/.test(answering?.tokens[0]?.w ?? "")) {
          mention.negated = mention.negated && isConfirmed(answering);
        }
      } else mention.asked = true;
      if (
        mention.asked &&
        !repeated &&
        answering &&
        REST_DENIED.test(answering.tokens.map(({ w }) => w).join(" "))
      ) {
        mention.asked = false;
        mention.negated = true;
      }
    }
    chooseBetween(segment, sentence, next);
    for (const value of segment.values) {
      if (value.from < sentence.from || value.from >= sentence.to) continue;
      value.asked = answer !== "yes";
      const affirms =
        next?.tokens.slice(0, 5).some(({ w }) => w === "yes" || w === "yeah" || w === "yep") ??
        false;
      const rival = affirms
        ? undefined
        : next?.values.find((other) => comparable(value, other) && other.from <= 4);
      const same =
        value.kind === "number" && rival?.kind === "number" && overlap(value.values, rival.values);
      if (rival && isMeantForAnother(segment, sentence, value, rival)) continue;
      if (
        rival &&
        !same &&
        !wh &&
        (answer === "no" ||
          (answer === "" &&
            (samePart(value, rival) ||
              (value.kind === "number" && rival.kind === "number" && !rival.ordinal))))
      ) {
        value.withdrawn = true;
        // "Forty?" – "I'm down to twenty. Forty gave me the runs."
        for (const other of next?.values ?? []) {
          if (
            other !== rival &&
            other.kind === "number" &&
            value.kind === "number" &&
            overlap(other.values, value.values)
          )
            other.withdrawn = true;
        }
      }
    }
    for (const side of segment.sides) {
      if (side.from < sentence.from || side.from >= sentence.to) continue;
      const other = next?.sides.find((each) => each.side !== side.side);
      if (
        other &&
        answer !== "yes" &&
        (next?.tokens.length ?? 99) <= 8 &&
        !next?.sides.some((each) => each.side === side.side)
      )
        side.withdrawn = true;
    }
  });
}

/** "Thirty mils, three times?" – "Four.": the number answers the one that is nearest in size. */
function isMeantForAnother(
  segment: Segment,
  sentence: Sentence,
  value: Located<Value>,
  rival: Located<Value>,
): boolean {
  if (value.kind !== "number" || rival.kind !== "number") return false;
  const answer = rival.values[0] ?? 0;
  const gap = (other: Value): number =>
    other.kind === "number"
      ? Math.abs(Math.log((other.values[0] ?? 0) + 0.01) - Math.log(answer + 0.01))
      : Infinity;
  return segment.values.some(
    (other) =>
      other !== value &&
      other.kind === "number" &&
      other.from >= sentence.from &&
      other.from < sentence.to &&
      gap(other) + 0.7 < gap(value),
  );
}

/** "The bee or the wasp?" – "Wasp.": what the answer does not name falls. */
function chooseBetween(segment: Segment, sentence: Sentence, next: Segment | undefined): void {
  const { tokens } = segment;
  if (!next) return;
  const or = tokens.findIndex(({ w }, i) => w === "or" && i > sentence.from && i < sentence.to - 1);
  if (or < 0) return;
  const inside = segment.mentions.filter(({ from }) => from >= sentence.from && from < sentence.to);
  const first = next.sentences[0];
  if (!first) return;
  const named = (mention: Mention): boolean =>
    next.mentions.some(
      (other) => other.from < first.to && !other.negated && sharesConcept(mention, other),
    );
  for (const type of ["allergen", "drug", "condition"] as const) {
    const options = inside.filter((mention) => hasType(mention, type));
    if (options.length >= 2 && options.some(named)) {
      for (const option of options) if (!named(option)) option.negated = true;
    }
  }
  const rates = segment.values.filter(
    (value): value is Located<Extract<Value, { kind: "frequency" }>> =>
      value.kind === "frequency" && value.from >= sentence.from && value.from < sentence.to,
  );
  const answers = next.values.filter(
    (value): value is Located<Extract<Value, { kind: "frequency" }>> =>
      value.kind === "frequency" && value.from < first.to,
  );
  if (rates.length >= 2 && answers.length > 0) {
    const key = (value: Extract<Value, { kind: "frequency" }>): string =>
      `${value.rates.join()} ${value.slots.join()} ${String(value.asNeeded)}`;
    for (const rate of rates)
      if (!answers.some((other) => key(other) === key(rate))) rate.withdrawn = true;
  }
}

/** Two dates that give another value of one part: "in 2020?" – "2021". */
const samePart = (a: Value, b: Value): boolean =>
  a.kind === "date" &&
  b.kind === "date" &&
  a.parts.some((x) => b.parts.some((y) => x !== y && x.split(":")[0] === y.split(":")[0])) &&
  !a.parts.some((x) => b.parts.includes(x));

/** Words with which a question asks whether a drug is taken. */
const TAKING =
  /\b(?:any|on|take|taking|takes|use|using|uses|have|had|got|tried|try|like|any other)\b/;

const HEDGES =
  /\b(?:but(?! (?:no|not))|except|did|used to|ago|little|sometimes|once|occasionally|just|only|though|until)\b/;

/** "… but everything else has been okay", "the others no". */
const REST_DENIED =
  /\b(?:everything else (?:is|has been|was|seems)? ?(?:okay|fine|good|normal)|nothing else|the others? no|rest of (?:it|them|that) ?,? no|nothing like that|none of that|nope to all|no to (?:all|the rest|the others?)|other than that no|otherwise (?:no|okay|fine|good)|none of the (?:others|rest)|but that is (?:it|all)|that is about it)\b/;

/** A denial that goes on about the same: "no, I haven't. I did about three years ago". */
function isHedged(answer: Segment): boolean {
  const first = answer.tokens
    .slice(0, 24)
    .map(({ w }) => w)
    .join(" ");
  const own = answer.mentions.some(
    (mention) =>
      hasType(mention, "symptom", "exam", "condition") && mention.from < 24 && !mention.negated,
  );
  return answer.tokens.length > 6 && !own && HEDGES.test(first);
}

/** The answer names some of what a question listed: of the rest it says nothing. */
const namesSome = (segment: Segment, sentence: Sentence, answer: Segment): boolean =>
  segment.mentions.some(
    (mention) =>
      mention.from >= sentence.from &&
      mention.from < sentence.to &&
      answer.mentions.some((other) => sharesConcept(mention, other)),
  );

/** "My dad's full of them. Not me": the answer gives what was asked to somebody else. */
function isOthers(answer: Segment, mention: Mention): boolean {
  const words = answer.tokens
    .slice(0, 16)
    .map(({ w }) => w)
    .join(" ");
  const subject = answer.relatives.find(({ from }) => from <= 2 && answer.person[from] !== PATIENT);
  if (/\bnot (?:me|her|him|myself)\b/.test(words)) {
    mention.negated = true;
    if (subject) answer.mentions.push(copyFor(mention, answer, subject));
    return true;
  }
  if (!subject || answer.answer !== "") return false;
  answer.mentions.push(copyFor(mention, answer, subject));
  if (mention.person === PATIENT) mention.asked = true;
  return true;
}

/** The relative who answers a "who". */
const ownerOf = (answer: Segment, mention: Mention): string =>
  answer.relatives.find(({ from }) => from <= 2 && answer.person[from] !== PATIENT)?.name ??
  mention.person;

const copyFor = (
  mention: Mention,
  answer: Segment,
  who: { name: string; from: number; to: number },
): Mention => ({
  ...mention,
  segment: answer.index,
  from: who.from,
  to: who.to,
  negated: false,
  asked: false,
  person: who.name,
});

const isConfirmed = (answering: Segment | undefined): boolean =>
  /^(?:yes|yeah|right|correct|no)$/.test(answering?.tokens[0]?.w ?? "");
