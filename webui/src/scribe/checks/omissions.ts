/** What was said and is not in the note. */
import { isAllergic } from "./claims-allergies.ts";
import { isAllergyStatement } from "./claims-drugs.ts";
import type { Reading } from "./claim.ts";
import { readSegment } from "./document.ts";
import { type Mention, NOTE, PATIENT, hasType, overlap } from "./segment.ts";
import { splitStatements } from "./statements.ts";
import { drugNames, sameDrug, type Talk } from "./talk.ts";
import type { Kind, Omission } from "./types.ts";

/** With a reference: what it and the talk hold and the note lacks; else what the talk holds. */
export function findOmissions(
  talk: Talk,
  readings: readonly Reading[],
  reference?: string,
): Omission[] {
  const found = new Map<string, Omission>();
  const add = (kind: Kind, text: string, turns: readonly number[]): void => {
    const key = `${kind}:${text}`;
    if (!found.has(key))
      found.set(key, { kind, text, turns: [...new Set(turns)].sort((a, b) => a - b) });
  };
  const sources: { mention: Mention; allergy: boolean }[] = [];
  if (reference === undefined) {
    for (const segment of talk.segments) {
      for (const mention of segment.mentions) {
        if (mention.person !== PATIENT || mention.asked) continue;
        const allergy =
          hasType(mention, "drug", "allergen") &&
          readings[0] !== undefined &&
          isAllergic(readings[0], mention);
        if (hasType(mention, "drug") && !mention.negated && !mention.stopped)
          sources.push({ mention, allergy });
        else if (allergy) sources.push({ mention, allergy });
      }
    }
  } else {
    splitStatements(reference).forEach(({ text, section }, i) => {
      const own = readSegment(i, NOTE, text);
      const allergy = isAllergyStatement({ talk, own, text, section, lastDrugs: [] });
      for (const mention of own.mentions)
        if (mention.person === PATIENT) sources.push({ mention, allergy });
    });
  }
  for (const { mention, allergy } of sources) {
    const text = mention.concepts[0]?.name ?? "";
    if (hasType(mention, "drug") || (allergy && hasType(mention, "allergen", "class"))) {
      const turns = hasType(mention, "drug") ? talk.drugs(drugNames(mention)) : talk.like(mention);
      if (turns.length === 0) continue;
      const inNote = readings.some(
        (reading) =>
          (!allergy || isAllergyStatement(reading)) &&
          reading.own.mentions.some(
            (other) =>
              (hasType(other, "drug") &&
                hasType(mention, "drug") &&
                sameDrug(drugNames(other), drugNames(mention))) ||
              sharesName(other, mention),
          ),
      );
      if (!inNote)
        add(
          allergy ? "allergy" : "medication",
          text,
          turns.map(({ segment }) => segment),
        );
    } else if (hasType(mention, "condition", "exam", "symptom") && reference !== undefined) {
      const said = talk.like(mention).filter((other) => other.negated === mention.negated);
      if (said.length === 0) continue;
      const inNote = readings.some(({ own: note }) =>
        note.mentions.some(
          (other) => sharesName(other, mention) && other.negated === mention.negated,
        ),
      );
      if (!inNote)
        add(
          mention.negated
            ? "negation"
            : hasType(mention, "exam") && !hasType(mention, "condition", "symptom")
              ? "result"
              : "problem",
          text,
          said.map(({ segment }) => segment),
        );
    }
  }
  missingResults(talk, readings, reference, add);
  return [...found.values()];
}

const sharesName = (a: Mention, b: Mention): boolean =>
  a.concepts.some((x) => b.concepts.some((y) => x.name === y.name));

/** Values of vitals and tests. */
function missingResults(
  talk: Talk,
  readings: readonly Reading[],
  reference: string | undefined,
  add: (kind: Kind, text: string, turns: readonly number[]) => void,
): void {
  const inNote = (values: readonly number[]): boolean =>
    readings.some(({ own }) =>
      own.values.some(
        (value) =>
          (value.kind === "number" && overlap(value.values, values)) ||
          (value.kind === "pair" && overlap(value.first, values)),
      ),
    );
  const wanted =
    reference === undefined
      ? null
      : splitStatements(reference).flatMap(({ text }, i) => readSegment(i, NOTE, text).values);
  for (const { value, test, testCarried } of talk.numbers) {
    if (
      !test ||
      testCarried ||
      value.withdrawn ||
      value.old ||
      value.asked ||
      value.age ||
      value.ordinal
    )
      continue;
    if (
      value.unit?.class === "time" ||
      value.unit?.class === "times" ||
      value.unit?.class === "mass"
    )
      continue;
    if (value.from - test.to > 8 || inNote(value.values)) continue;
    if (
      wanted &&
      !wanted.some((other) => other.kind === "number" && overlap(other.values, value.values))
    )
      continue;
    add(
      hasType(test, "vital") ? "vital" : "result",
      `${test.concepts[0]?.name ?? "value"} ${value.values[0] ?? ""}`,
      [value.segment],
    );
  }
  for (const pair of talk.values("pair")) {
    const first = pair.first[0] ?? 0;
    if (first < 60 || first > 260 || pair.withdrawn || inNote(pair.first)) continue;
    if (
      wanted &&
      !wanted.some((other) => other.kind === "pair" && overlap(other.first, pair.first))
    )
      continue;
    add("vital", `blood pressure ${pair.first[0] ?? ""}/${pair.second[0] ?? ""}`, [pair.segment]);
  }
}
