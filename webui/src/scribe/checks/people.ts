/** Who is meant: the patient, or a relative named as the subject. */
import { PATIENT, type Segment, hasType } from "./segment.ts";
import { isPunctuation } from "./text.ts";

const SUBJECT_VERB =
  /^(?:is|was|has|had|have|got|takes|took|does|did|died|who|also|just|with|had|passed|diagnosed|gets|needs|suffers|:)$/;

const BEFORE_SUBJECT =
  /^(?:[.,;:!?]|and|but|because|so|well|my|her|his|your|the|patient|then|that|when|history|both)$/;

const SELF = /^(?:i|me|myself|you|your|yourself|we|patient|mine|he|she|they)$/;

/** Whether a turn is spoken by somebody who came with the patient. */
export const isRelative = (speaker: string): boolean =>
  /^(?:relative|family|mother|mom|father|dad|parent|husband|wife|spouse|partner|son|daughter|child|sister|brother|grandmother|grandfather|grandson|granddaughter|aunt|uncle|niece|nephew|friend|carer|caregiver|aide|guardian)\b/.test(
    speaker,
  );

/** Whose the words are: a relative named as the subject, until somebody else is. */
export function markPeople(segment: Segment): void {
  const { tokens, person, relatives, speaker } = segment;
  let last = PATIENT;
  for (const sentence of segment.sentences) {
    const inside = relatives.filter(({ from }) => from >= sentence.from && from < sentence.to);
    const family = inside.find(({ name }) => name === "family");
    const opener = tokens[sentence.from]?.w ?? "";
    const carries =
      last !== PATIENT &&
      /^(?:he|she|they|his|her|their|it|then|and|hers)$/.test(opener) &&
      !isRelative(speaker);
    if (inside.length === 0 && last === PATIENT && person[sentence.from] !== PATIENT) continue;
    let current = family && !/^(?:no|denies)$/.test(opener) ? "family" : carries ? last : PATIENT;
    if (family && /^(?:no|denies)$/.test(opener)) current = "family";
    let at = 0;
    for (let i = sentence.from; i < sentence.to; i++) {
      const w = tokens[i]?.w ?? "";
      const named = inside[at];
      if (named && i === named.from) {
        at++;
        // A relative who speaks of "Dad" means the patient.
        const own =
          isRelative(speaker) &&
          !/^(?:my|her|his|their|your|the|a|any)$/.test(tokens[i - 1]?.w ?? "");
        if (named.name !== "family" && !own) {
          const before = i === sentence.from ? "." : (tokens[i - 1]?.w ?? ".");
          const owner = /^(?:my|her|his|your|the|a)$/.test(before)
            ? i - 1 === sentence.from
              ? "."
              : (tokens[i - 2]?.w ?? ".")
            : before;
          const after = tokens[named.to]?.w ?? ".";
          const who = after === "," && tokens[named.to + 1]?.w === "who";
          if (
            BEFORE_SUBJECT.test(owner) ||
            SUBJECT_VERB.test(after) ||
            who ||
            i - 1 <= sentence.from
          ) {
            if (!(isRelative(speaker) && /^(?:i|we)$/.test(tokens[sentence.from]?.w ?? "")))
              current = named.name;
          }
        }
        for (let k = i; k < named.to; k++) person[k] = current;
        i = named.to - 1;
        continue;
      }
      if (current !== PATIENT && SELF.test(w)) {
        const third = w === "he" || w === "she" || w === "they";
        const self = !third || current === "family";
        if (self && !(family && (w === "you" || w === "your"))) current = PATIENT;
      }
      if (current !== PATIENT && w === "my" && inside[at]?.from !== i + 1) current = PATIENT;
      person[i] = current;
    }
    last = current;
  }
}

/** "phenobarbital, but that's the dog's": what was named just before is somebody else's. */
export function markOwners(segment: Segment): void {
  const { tokens, relatives, mentions } = segment;
  for (const named of relatives) {
    const before = tokens.slice(Math.max(0, named.from - 3), named.from).map(({ w }) => w);
    if (
      !/^(?:that|it|those|thats)(?: is| was| are| were)?(?: the| my| his| her)$/.test(
        before.join(" ").replace(/^\S+ (?=(?:that|it|those) (?:the|my|his|her)$)/, ""),
      )
    )
      continue;
    const after = tokens[named.to]?.w ?? ".";
    if (!isPunctuation(after) && after !== "and") continue;
    const last = mentions
      .filter(
        (mention) => mention.to <= named.from && hasType(mention, "drug", "condition", "allergen"),
      )
      .at(-1);
    if (last && named.from - last.to <= 9) last.person = named.name;
  }
}
