/** Encounters to export: a plain one, and one whose every text tries to be something else. */
import type { Encounter, NoteDocument, NoteLine } from "../../src/note/types.ts";
import type { ShownKey } from "../../src/scribe/sections.ts";

let lines = 0;

export function makeLine(
  section: ShownKey,
  lead: string,
  text: string,
  change: Partial<NoteLine> = {},
): NoteLine {
  return {
    id: `line-${++lines}`,
    section,
    lead,
    text,
    origin: "generated",
    edited: false,
    check: null,
    kept: false,
    place: "note",
    ...change,
  };
}

export const PLAIN_LINES: NoteLine[] = [
  makeLine("subjective", "", "Left knee pain for two weeks."),
  makeLine("subjective", " ", "No fever."),
  makeLine("subjective", "\n\n", "Takes ibuprofen 400 mg."),
  makeLine("assessment", "", "Osteoarthritis of the left knee."),
  makeLine("assessment", " ", "Gout, said nowhere.", { place: "apart" }),
  makeLine("plan", "- ", "X-ray of the left knee."),
  makeLine("plan", "\n  - ", "Standing views."),
  makeLine("plan", "\n- ", "Follow-up in 2 weeks."),
];

/** Markup, script, Markdown, control characters, broken surrogates and reordering marks. */
export const HOSTILE_TEXTS = [
  `<script>alert(1)</script> & <img src=x onerror="alert('1')"> &amp; &#60;`,
  "</div></text></w:t><w:p/>]]> <!-- x --> <?xml?>",
  "# no heading *no* __stress__ `code` [link](javascript:alert(1)) ![i](x) ~~s~~ <b@c.example>",
  "a\u0000b\u0008c\u001bd\u007fe\ufffef \ud800 g\u202e25 mg\u202c h\u2028i\r\nj\rk",
  "1. not counted anew\n3. three\n---\n***\n| a | b |\n| - | - |\n> quote\n    indented",
  "{{template}} ${expression} %s 😀 é ß 文字 עברית",
];

export const HOSTILE_LINES: NoteLine[] = [
  ...HOSTILE_TEXTS.map((text) => makeLine("subjective", "\n", text)),
  ...HOSTILE_TEXTS.map((text) => makeLine("plan", "\n- ", text)),
];

export function makeEncounter(
  noteLines: NoteLine[] = PLAIN_LINES,
  change: Partial<Encounter> = {},
  signature: NoteDocument["signature"] = null,
): Encounter {
  return {
    id: "6f7a2f0e-6b0c-4a59-9d3c-2f6c1d3f2b11",
    created: "2026-11-24T09:30:00.000Z",
    title: "",
    transcript: "[doctor] Hello.\n[patient] My knee hurts.",
    note: { lines: noteLines, omissions: [], signature },
    model: "small-model",
    ...change,
  };
}

export const SIGNATURE = {
  name: "Dr. Ada Example",
  at: "2026-11-24T10:00:00.000Z",
  digest: "0".repeat(64),
};

export const HOSTILE_ENCOUNTER: Encounter = makeEncounter(HOSTILE_LINES, {
  title: `<b>../..\\CON: "x" | 25 %\u202egpj.</b>`,
  model: "<i>model</i>",
});

export const HOSTILE_SIGNATURE = { ...SIGNATURE, name: `<script>Dr. O'Neil</script> & "co"` };
