/**
 * A clinician's own template: plain text with placeholders such as `{{subjective}}`,
 * `{{medications}}` or `{{plan: bullets}}`. Everything else in it stands in the note as it is.
 */
import data from "./topics.json" with { type: "json" };
import type { Form, Placeholder, Template, TemplateError, Topic } from "./types.ts";

/** Names of placeholders, in the order in which they are listed for the clinician. */
export const PLACEHOLDERS: readonly Topic[] = [
  "subjective",
  "objective",
  "assessment",
  "plan",
  "problems",
  ...data.topics.map(({ topic }) => topic as Topic),
];

const NAMES: ReadonlyMap<string, Topic> = new Map([
  ...PLACEHOLDERS.map((topic): [string, Topic] => [topic, topic]),
  ["follow-up", "followup"],
  ["hpi", "history"],
  ["ros", "symptoms"],
  ["labs", "results"],
]);

const FORMS: ReadonlyMap<string, Form> = new Map([
  ["bullets", "bullets"],
  ["list", "bullets"],
  ["paragraph", "paragraphs"],
  ["paragraphs", "paragraphs"],
  ["text", "paragraphs"],
]);

/** Characters that a template may have. */
export const MAX_TEMPLATE = 20_000;

/** The template, or what is wrong in it, each with its line. */
export function parseTemplate(
  source: string,
): { template: Template; errors: null } | { template: null; errors: TemplateError[] } {
  const text = source.toWellFormed().replace(/\r\n?|[\u2028\u2029]/g, "\n");
  if (text.length > MAX_TEMPLATE) return failed([{ line: 1, code: "too-long", name: "" }]);
  const parts: Template["parts"] = [];
  const errors: TemplateError[] = [];
  const used = new Set<Topic>();
  let at = 0;
  for (let open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", at)) {
    const line = text.slice(0, open).split("\n").length;
    const close = text.indexOf("}}", open + 2);
    const inside = close < 0 ? text.slice(open + 2) : text.slice(open + 2, close);
    if (close < 0 || inside.includes("\n") || inside.includes("{{")) {
      errors.push({
        line,
        code: "unclosed",
        name: inside.split("\n")[0]?.trim().slice(0, 40) ?? "",
      });
      if (close < 0) break;
      at = open + 2;
      continue;
    }
    if (open > at) parts.push({ text: text.slice(at, open) });
    const placeholder = readPlaceholder(inside, line, used, errors);
    if (placeholder) parts.push({ placeholder });
    at = close + 2;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  if (errors.length === 0 && used.size === 0) errors.push({ line: 1, code: "none", name: "" });
  return errors.length > 0 ? failed(errors) : { template: { parts }, errors: null };
}

const failed = (errors: TemplateError[]): { template: null; errors: TemplateError[] } => ({
  template: null,
  errors,
});

function readPlaceholder(
  inside: string,
  line: number,
  used: Set<Topic>,
  errors: TemplateError[],
): Placeholder | null {
  const [written = "", asked] = inside.split(":", 2).map((part) => part.trim().toLowerCase());
  const fail = (code: TemplateError["code"], name: string): null => {
    errors.push({ line, code, name: name.slice(0, 40) });
    return null;
  };
  if (written === "") return fail("empty", "");
  const topic = NAMES.get(written);
  if (topic === undefined) return fail("unknown", written);
  if (used.has(topic)) return fail("twice", written);
  used.add(topic);
  const form = asked === undefined ? null : FORMS.get(asked);
  return form === undefined ? fail("form", asked ?? "") : { topic, form, line };
}
