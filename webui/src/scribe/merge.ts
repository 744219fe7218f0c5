/**
 * Joins what was written of one section for the parts of a long visit. Order is kept; a statement
 * that an earlier part already made is left out; problems under the same heading become one. What
 * differs in a number, a negation or a side is another statement, so corrections stay.
 */
import { isHeading, splitStatements } from "./checks/statements.ts";
import { isPunctuation, stem, tokenize } from "./checks/text.ts";
import type { ShownKey } from "./sections.ts";

/** A line of the text: a list item or a paragraph. */
interface Item {
  /** List marker with its blank space, '' for a paragraph. */
  marker: string;
  /** Its statements with all that stands between them. */
  statements: string[];
  /** A blank line stands before it. */
  apart: boolean;
}

/** A heading or a problem, and what stands under it. */
interface Group {
  /** As written, without number and colon; '' before the first heading. */
  heading: string;
  /** Its line up to the first statement of its own: '1. ', 'Gout: ', 'PLAN:'. */
  lead: string;
  apart: boolean;
  /** Statements on the heading's own line. */
  inline: string[];
  items: Item[];
}

const MARKER = /^[ \t]*(?:[-–—•*·▪◦‣]+[ \t]+|\(?\d{1,2}[.)][ \t]+)/;
const NUMBER = /^[ \t]*\(?(\d{1,2})[.)][ \t]+/;
const LABEL = /^([A-Z][^:.;\n]{1,60}):(?:[ \t]+|$)/;
const LABEL_WORDS = 7;

/** The texts that a model wrote for one section, part by part, as one text. */
export function mergeTexts(texts: readonly string[], shown: ShownKey): string {
  const byProblem = shown === "assessment" || shown === "plan";
  const merged: Group[] = [];
  const said = new Map<string, Said>();
  for (const text of texts) {
    const groups = parse(text, byProblem);
    // The statements of a part are compared with those of earlier parts alone.
    const fresh = groups.map((group) => without(group, said.get(keyOf(group.heading))));
    for (const group of groups) {
      const name = keyOf(group.heading);
      const heard = said.get(name) ?? new Said();
      for (const statement of statementsOf(group)) heard.add(statement);
      said.set(name, heard);
    }
    for (const group of fresh) {
      const known = merged.find(({ heading }) => keyOf(heading) === keyOf(group.heading));
      if (!known) merged.push(group);
      else join(known, group);
    }
  }
  return renumber(merged).map(write).join("\n");
}

const statementsOf = ({ inline, items }: Group): string[] => [
  ...inline,
  ...items.flatMap(({ statements }) => statements),
];

/** Statements of earlier parts under one heading. */
class Said {
  readonly #all = new Set<string>();
  /** By a statement without its numbers: the last one that was made. */
  readonly #last = new Map<string, string>();

  add(statement: string): void {
    const key = keyOf(statement);
    this.#all.add(key);
    this.#last.set(key.replace(/\d+(?:\.\d+)?/g, "#"), key);
  }

  /** Whether it was made already, and not changed since: '500, no 1,000, no 500 after all'. */
  has(statement: string): boolean {
    const key = keyOf(statement);
    return (
      key !== "" && this.#all.has(key) && this.#last.get(key.replace(/\d+(?:\.\d+)?/g, "#")) === key
    );
  }
}

/** Words that change nothing about what a statement claims. */
const LIGHT = new Set(
  "a an the patient pt is are has that also currently report reports state states note notes describe describes mention mentions".split(
    " ",
  ),
);

/** A statement in the form in which two of the same meaning are told to be the same. */
function keyOf(statement: string): string {
  return tokenize(statement.replace(MARKER, ""))
    .filter(({ w }) => (!isPunctuation(w) || "/%+".includes(w)) && !LIGHT.has(w))
    .map(({ w, n }) => (n ? String(n[0]) : stem(w)))
    .join(" ");
}

function without(group: Group, said: Said | undefined): Group {
  if (!said) return group;
  const fresh = (statements: string[]): string[] => statements.filter((each) => !said.has(each));
  return {
    ...group,
    inline: fresh(group.inline),
    items: group.items
      .map((item) => ({ ...item, statements: fresh(item.statements) }))
      .filter(({ statements }) => statements.length > 0),
  };
}

/** Puts a later part's group behind what an earlier part wrote under the same heading. */
function join(known: Group, later: Group): void {
  const [first] = later.items;
  if (later.inline.length > 0 && known.items.length === 0) {
    known.inline.push(...later.inline);
  } else if (later.inline.length > 0) {
    const marker = known.items.at(-1)?.marker ?? "";
    known.items.push({ marker, statements: later.inline, apart: false });
  }
  // Paragraphs of two parts stay two paragraphs.
  if (first && first.marker === "" && known.items.length > 0) first.apart = true;
  known.items.push(...later.items);
}

function parse(text: string, byProblem: boolean): Group[] {
  const groups: Group[] = [{ heading: "", lead: "", apart: false, inline: [], items: [] }];
  const lines = text.split("\n");
  let apart = false;
  lines.forEach((line, i) => {
    if (line.trim() === "") {
      apart = true;
      return;
    }
    const marker = MARKER.exec(line)?.[0] ?? "";
    const body = line.slice(marker.length).trim();
    const problem = headingOf(marker, body, lines[i + 1] ?? "", byProblem);
    if (problem !== null) {
      const rest = body.slice(problem.length);
      groups.push({
        heading: problem.replace(/[\s:.]+$/, ""),
        lead: marker + problem,
        apart,
        inline: rest === "" ? [] : cut(rest),
        items: [],
      });
    } else {
      groups.at(-1)?.items.push({ marker, statements: cut(body), apart });
    }
    apart = false;
  });
  return groups.filter(({ lead, items }) => lead !== "" || items.length > 0);
}

/** How much of a line is a heading: all of it, a problem's label, or nothing (null). */
function headingOf(marker: string, body: string, next: string, byProblem: boolean): string | null {
  if (isHeading(body)) return body;
  if (!byProblem) return null;
  const label = LABEL.exec(body);
  if (label && (label[1] ?? "").split(/\s+/).length <= LABEL_WORDS) return label[0];
  // '1. Gout' with a list under it.
  const listed = NUMBER.test(marker) && MARKER.test(next) && !NUMBER.test(next);
  return listed && body.split(/\s+/).length <= LABEL_WORDS ? body : null;
}

/** A line's statements; blank space and marks between them stay with the one before. */
function cut(body: string): string[] {
  const ends = splitStatements(body).map(({ end }) => end);
  if (ends.length < 2) return [body];
  ends[ends.length - 1] = body.length;
  return ends.map((end, i) => body.slice(ends[i - 1] ?? 0, end).trim());
}

function write({ lead, apart, inline, items }: Group, at: number): string {
  const gap = lead !== "" && inline.length > 0 && !/\s$/.test(lead) ? " " : "";
  const first = `${lead}${gap}${inline.join(" ")}`.trimEnd();
  const lines = items.map(
    (item, i) =>
      `${item.apart && (i > 0 || lead !== "") ? "\n" : ""}${item.marker}${item.statements.join(" ")}`,
  );
  const text = [...(lead === "" ? [] : [first]), ...lines].join("\n");
  return apart && at > 0 ? `\n${text}` : text;
}

/** Numbers go on where two parts each began at 1: those of problems, and of a problem's items. */
function renumber(groups: readonly Group[]): Group[] {
  const leads = count(groups.map(({ lead }) => lead));
  return groups.map((group, i) => {
    const markers = count(group.items.map(({ marker }) => marker));
    const items = group.items.map((item, k) => ({ ...item, marker: markers[k] ?? "" }));
    return { ...group, lead: leads[i] ?? "", items };
  });
}

/** Markers with rising numbers; as they are where their numbers rise already. */
function count(markers: readonly string[]): string[] {
  const numbers = markers.flatMap((marker) => Number(NUMBER.exec(marker)?.[1] ?? NaN) || []);
  if (!numbers.some((number, i) => i > 0 && number <= (numbers[i - 1] ?? 0))) return [...markers];
  let next = numbers[0] ?? 1;
  return markers.map((marker) =>
    NUMBER.test(marker) ? marker.replace(/\d+/, () => String(next++)) : marker,
  );
}
