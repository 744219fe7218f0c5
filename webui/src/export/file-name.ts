/** Names of exported files. They tell nothing of the patient but what the clinician's title does. */
import { cleanLine } from "./clean.ts";
import type { ExportDocument } from "./document.ts";

const LONGEST = 80;

/** Names that Windows keeps for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** 'Knee, J. D. 2026-11-24.docx', or 'visit-note-2026-11-24.docx' where the note has no title. */
export function fileName({ title, titled, created }: ExportDocument, extension: string): string {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(created)?.[0];
  const stem = titled ? safeStem(title) : "";
  const parts = stem === "" ? ["visit-note", day] : [stem, day];
  return `${parts.filter(Boolean).join(stem === "" ? "-" : " ")}.${extension}`;
}

/** A title without what some file system gives a meaning or refuses. */
function safeStem(title: string): string {
  const plain = cleanLine(title.normalize("NFC"))
    .replace(/[\\/:*?"<>|%\u200B-\u200F\u2060\uFEFF]+/g, " ")
    .replace(/\s+/g, " ");
  const short = [...plain].slice(0, LONGEST).join("");
  const stem = short.replace(/^[\s.~-]+|[\s.]+$/g, "");
  return RESERVED.test(stem) ? "" : stem;
}
