import { makeDocument } from "../../src/note/document.ts";
import type { NoteDocument } from "../../src/note/types.ts";
import type { Block, LaidSection, Piece } from "../../src/style/index.ts";

export function documentOf(texts: {
  subjective?: string;
  objective?: string;
  assessment?: string;
  plan?: string;
}): NoteDocument {
  let next = 0;
  const sections = Object.entries(texts).map(([key, text]) => ({
    key: key as "plan",
    text: text ?? "",
  }));
  return makeDocument(sections, () => `line-${next++}`);
}

const piecesOf = (block: Block): Piece[] =>
  block.kind === "paragraph" ? block.pieces : block.kind === "list" ? block.items.flat() : [];

/** Ids of all lines in a layout, in its order. */
export const idsOf = (sections: readonly LaidSection[]): string[] =>
  sections.flatMap(({ blocks }) => blocks.flatMap(piecesOf)).map(({ line }) => line.id);

export const VISIT = documentOf({
  subjective:
    "Mr. Lee presents with left knee pain for two weeks. Denies fever. He takes lisinopril 10 mg daily. Allergic to penicillin.\nSocial history:\nHe smokes ten cigarettes a day. His father had diabetes.",
  objective:
    "Blood pressure is 132/84, heart rate 72.\nThe left knee is swollen.\nAn x-ray shows no fracture. A1c is 7.9%.",
  assessment:
    "1. Left knee sprain, mild.\n2. Hypertension, controlled.\n3. Type 2 diabetes mellitus, not at goal.",
  plan: "- Rest and ice for the knee.\n- Continue lisinopril 10 mg daily.\n- Start metformin 500 mg twice daily.\n- Recheck A1c in three months.\n- Return in two weeks.",
});
