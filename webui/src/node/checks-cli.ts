/**
 * The clinical checks without a page, for the evaluation: JSON lines in, JSON lines out.
 *
 *     node src/node/checks-cli.ts
 *
 * One request a line, `{"op": …}`, with any `id`, which its answer repeats; answers come in order:
 *
 *     statements  {note} → {statements: [{text, start, end, section}]}
 *     check       {dialogue: text or [{speaker, text}], note: text or [statement, …], reference?: text}
 *                 → {statements: [{text, start, end, section, verdict, severity, kind, reason, turns,
 *                    contradicting, claims}], omissions: [{kind, text, turns}]}
 *     links       {dialogue, note, weights} → {statements: [{start, end, turns: [{feature: value}]}]},
 *                 for fitting the weights by which links are chosen
 *
 * Turns are numbered from 0. A request that cannot be answered gets {"error": {code, message}}; the
 * process goes on.
 */
import { createInterface } from "node:readline";

import { checkNote, linkEvidence, type DialogueTurn } from "../scribe/checks/index.ts";
import type { LinkWeights } from "../scribe/checks/evidence.ts";
import { splitStatements } from "../scribe/checks/statements.ts";

type Request = Record<string, unknown>;

/** A request that lacks a field, or has another type in it than the operation takes. */
class BadRequest extends Error {
  readonly code = "bad-request";
}

const isText = (value: unknown): value is string => typeof value === "string";
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isTurns = (value: unknown): value is DialogueTurn[] =>
  Array.isArray(value) &&
  value.every((turn) => {
    const { speaker, text } = (turn ?? {}) as Record<string, unknown>;
    return isText(speaker) && isText(text);
  });

const isWeights = (value: unknown): value is LinkWeights =>
  typeof value === "object" &&
  value !== null &&
  Object.values(value).every((weight) => typeof weight === "number");

function field<T>(request: Request, name: string, ...kinds: ((value: unknown) => boolean)[]): T {
  const value = request[name];
  if (kinds.some((is) => is(value))) return value as T;
  throw new BadRequest(`The operation ${String(request.op)} needs another value of '${name}'.`);
}

const operations: Record<string, (request: Request) => object> = {
  statements: (request) => ({
    statements: splitStatements(field<string>(request, "note", isText)),
  }),

  check: (request) =>
    checkNote(
      field<string | DialogueTurn[]>(request, "dialogue", isText, isTurns),
      field<string | string[]>(request, "note", isText, isTexts),
      request.reference === undefined ? undefined : field<string>(request, "reference", isText),
    ),

  links: (request) => ({
    statements: linkEvidence(
      field<string | DialogueTurn[]>(request, "dialogue", isText, isTurns),
      field<string | string[]>(request, "note", isText, isTexts),
      field<LinkWeights>(request, "weights", isWeights),
    ),
  }),
};

/** The answer to one line. */
export function answer(line: string): Record<string, unknown> {
  let id: unknown;
  try {
    const request = parse(line);
    id = request.id;
    const operation = Object.hasOwn(operations, String(request.op))
      ? operations[String(request.op)]
      : undefined;
    if (!operation) {
      throw new BadRequest(
        `There is no operation ${JSON.stringify(request.op) ?? "without a name"}.`,
      );
    }
    return { ...(id !== undefined && { id }), ...operation(request) };
  } catch (error) {
    const { code, message } = failure(error);
    return { ...(id !== undefined && { id }), error: { code, message } };
  }
}

function parse(line: string): Request {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch (error) {
    throw new BadRequest(`The line is not JSON: ${(error as Error).message}.`);
  }
  if (typeof request === "object" && request !== null && !Array.isArray(request)) {
    return request as Request;
  }
  throw new BadRequest("A request is a JSON object.");
}

function failure(error: unknown): { code: string; message: string } {
  if (error instanceof BadRequest) return { code: error.code, message: error.message };
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}

if (import.meta.main) {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() !== "") process.stdout.write(`${JSON.stringify(answer(line))}\n`);
  }
}
