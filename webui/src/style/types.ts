/**
 * A note laid out in a style: the same lines in another order and form. Lines are never changed,
 * so their links to the visit and what the checks say of them stay.
 */
import type { NoteLine } from "../note/types.ts";
import type { ShownKey } from "../scribe/sections.ts";

/** A line where it stands in a layout. */
export interface Piece {
  line: NoteLine;
  /** The line's text, with a vital sign's name abbreviated where the style does that. */
  text: string;
}

export type Block =
  | { kind: "subheading"; text: string }
  | { kind: "paragraph"; pieces: Piece[] }
  | { kind: "list"; ordered: boolean; items: Piece[][] }
  /** Words of a template between its placeholders, line breaks included. */
  | { kind: "text"; text: string };

export interface LaidSection {
  /** The note's section that all its lines come from; null where they come from several. */
  key: ShownKey | null;
  /** '' where the section has no heading, as in a template. */
  heading: string;
  blocks: Block[];
  /** A template's text: its blocks follow each other without anything between them. */
  verbatim?: boolean;
}

/** 'written': paragraphs and lists as the note has them. */
export type Form = "written" | "paragraphs" | "bullets";

/** What can stand under a heading: a section's lines, or those of it that are about one topic. */
export type Topic =
  | ShownKey
  | "complaint"
  | "history"
  | "past"
  | "medications"
  | "allergies"
  | "family"
  | "social"
  | "symptoms"
  | "vitals"
  | "exam"
  | "mental"
  | "results"
  | "tests"
  | "treatment"
  | "followup"
  /** Assessment and plan together, problem by problem. */
  | "problems";

export interface StyleHeading {
  title: string;
  topics: Topic[];
  /** Instead of the style's own form. */
  form?: Form;
}

export interface NoteStyle {
  form: Form;
  /** In the order in which they stand; lines that no heading takes follow under their section. */
  headings: StyleHeading[];
  /** Headings in capitals. */
  capitals: boolean;
  /** 'BP' for 'blood pressure' and the like. */
  shortVitals: boolean;
  /** The style's own text with its placeholders, instead of headings. */
  template: Template | null;
}

export interface Placeholder {
  topic: Topic;
  form: Form | null;
  /** Line of the template, from 1. */
  line: number;
}

/** A template's parts in order. */
export interface Template {
  parts: ({ text: string } | { placeholder: Placeholder })[];
}

/** 'unknown' and 'twice' tell the placeholder's name. */
export interface TemplateError {
  /** From 1. */
  line: number;
  code: "unclosed" | "empty" | "unknown" | "twice" | "form" | "none" | "too-long";
  name: string;
}
