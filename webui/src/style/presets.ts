/** The styles that can be chosen. */
import data from "./presets.json" with { type: "json" };
import type { Form, NoteStyle, Topic } from "./types.ts";

export const PRESETS: readonly { id: string; style: NoteStyle }[] = data.presets.map(
  ({ id, form, headings }) => ({
    id,
    style: {
      form: form as Form,
      headings: headings.map(([title = "", ...topics]) => ({ title, topics: topics as Topic[] })),
      capitals: false,
      shortVitals: false,
      template: null,
    },
  }),
);

/** The note as it was written, in its four sections. */
export const AS_WRITTEN = "written";

export function presetStyle(id: string): NoteStyle | null {
  return PRESETS.find((preset) => preset.id === id)?.style ?? null;
}
