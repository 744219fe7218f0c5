/** Signing off: who, when, and a digest by which a later change shows. */
import { sha256 } from "../engine/sha256.ts";
import { openLines } from "./document.ts";
import { noteText } from "./text.ts";
import type { NoteDocument, Signature } from "./types.ts";

const digestOf = (document: NoteDocument): Promise<string> =>
  sha256(new TextEncoder().encode(noteText(document)));

/** Whether a note may be signed: it has a text, and each marked line is decided on. */
export const signable = (document: NoteDocument): boolean =>
  !document.signature && noteText(document) !== "" && openLines(document).length === 0;

/** The signature of a note's text as it stands. */
export async function signatureFor(
  document: NoteDocument,
  name: string,
  at: Date,
): Promise<Signature> {
  return { name: name.trim(), at: at.toISOString(), digest: await digestOf(document) };
}

/** Whether a signed note's text is the one that was signed. */
export const isIntact = async (document: NoteDocument): Promise<boolean> =>
  document.signature === null || document.signature.digest === (await digestOf(document));
