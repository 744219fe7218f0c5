/**
 * The clinical checks: each statement of a note against the transcript of its visit. Computed from
 * the two texts alone, the same every time.
 */
import { normalizeTranscript, splitTurns } from "../transcript.ts";
import { allergyClaims } from "./claims-allergies.ts";
import { degreeClaims, strongWordClaims } from "./claims-degree.ts";
import { medicationClaims } from "./claims-drugs.ts";
import { findingClaims } from "./claims-findings.ts";
import { personClaims } from "./claims-people.ts";
import { resultClaims } from "./claims-results.ts";
import { clearanceClaims, oppositeClaims } from "./opposites.ts";
import { sideClaims } from "./claims-sides.ts";
import { valueClaims } from "./claims-values.ts";
import { affirmedWordClaims, deniedWordClaims } from "./claims-words.ts";
import { unique, type Reading } from "./claim.ts";
import { readSegment } from "./document.ts";
import { type Mention, NOTE, PATIENT, hasType } from "./segment.ts";
import { linkFeatures, linkTurns, type LinkFeatures, type LinkWeights } from "./evidence.ts";
import { findOmissions } from "./omissions.ts";
import { splitStatements, type Statement, withoutLabel } from "./statements.ts";
import { Talk, drugNames } from "./talk.ts";
import type { CheckedNote, CheckedStatement, Claim } from "./types.ts";

export type * from "./types.ts";

export interface DialogueTurn {
  speaker: string;
  text: string;
}

/** A statement by itself, and the heading that it stands under. */
export type GivenStatement = string | Pick<Statement, "text" | "section">;

/**
 * Checks a note, as a text or as statements, against a transcript, as a text or as turns.
 * With a reference, omissions are what reference and transcript hold and the note lacks; without
 * one, what was said of medications, allergies and results and is not in the note.
 */
export function checkNote(
  dialogue: string | readonly DialogueTurn[],
  note: string | readonly GivenStatement[],
  reference?: string,
): CheckedNote {
  const { readings, statements, talk } = read(dialogue, note);
  const claims = readings.map(claimsOf);
  const turns = linkTurns(readings, claims);
  return {
    statements: statements.map((statement, i) => judge(statement, claims[i] ?? [], turns[i] ?? [])),
    omissions: findOmissions(talk, readings, reference),
  };
}

/** What the links of a note's statements are chosen by, for fitting the weights of the choice. */
export function linkEvidence(
  dialogue: string | readonly DialogueTurn[],
  note: string | readonly GivenStatement[],
  weights: LinkWeights,
): { start: number; end: number; turns: LinkFeatures[] }[] {
  const { readings, statements } = read(dialogue, note);
  const features = linkFeatures(readings, readings.map(claimsOf), weights);
  return statements.map(({ start, end }, i) => ({ start, end, turns: features[i] ?? [] }));
}

/** Both texts, read; drugs that the talk names otherwise are found in it. */
function read(
  dialogue: string | readonly DialogueTurn[],
  note: string | readonly GivenStatement[],
): { talk: Talk; statements: Statement[]; readings: Reading[] } {
  const turns = typeof dialogue === "string" ? splitTurns(normalizeTranscript(dialogue)) : dialogue;
  const talk = new Talk(turns);
  const statements = typeof note === "string" ? splitStatements(note) : asStatements(note);
  let lastDrugs: Mention[] = [];
  const readings = statements.map(({ text: written, section }, i): Reading => {
    const text = withoutLabel(written);
    const own = readSegment(i, NOTE, text, /^family/i.test(section) ? "family" : PATIENT);
    const reading = { talk, own, text, section, lastDrugs };
    const drugs = own.mentions.filter((mention) => hasType(mention, "drug"));
    if (drugs.length > 0) lastDrugs = drugs;
    return reading;
  });
  talk.hear(
    readings.flatMap(({ own }) =>
      own.mentions.filter((mention) => hasType(mention, "drug")).map(drugNames),
    ),
  );
  return { talk, statements, readings };
}

/** Statements given one by one are one text, a line each. */
function asStatements(given: readonly GivenStatement[]): Statement[] {
  let start = 0;
  return given.map((one) => {
    const { text, section } = typeof one === "string" ? { text: one, section: "" } : one;
    const statement = { text, start, end: start + text.length, section };
    start = statement.end + 1;
    return statement;
  });
}

/** The verdict of a statement from those of its claims. */
function judge(statement: Statement, claims: Claim[], turns: number[]): CheckedStatement {
  const bad = claims.filter(({ verdict }) => verdict === "unsupported");
  const worst = bad.find(({ severity }) => severity === "major") ?? bad[0];
  const verdict = worst ? "unsupported" : claims.length > 0 ? "supported" : "unchecked";
  return {
    text: statement.text,
    start: statement.start,
    end: statement.end,
    section: statement.section,
    verdict,
    severity: worst?.severity ?? null,
    kind: worst?.kind ?? null,
    reason: bad.length > 0 ? [...new Set(bad.map(({ reason }) => reason))].join("; ") : null,
    turns,
    contradicting: unique(claims.flatMap((claim) => claim.contradicting)),
    claims,
  };
}

function claimsOf(reading: Reading): Claim[] {
  const claims = [
    ...medicationClaims(reading),
    ...allergyClaims(reading),
    ...valueClaims(reading),
    ...findingClaims(reading),
    ...resultClaims(reading),
    ...sideClaims(reading),
    ...personClaims(reading),
  ];
  return [
    ...claims,
    ...deniedWordClaims(reading),
    ...affirmedWordClaims(reading),
    ...degreeClaims(reading),
    ...strongWordClaims(reading),
    ...oppositeClaims(reading),
    ...clearanceClaims(reading),
  ];
}
