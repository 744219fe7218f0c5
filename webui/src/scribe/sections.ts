/** The four sections that are always shown, whatever list of sequences a model decodes. */
export const SHOWN_KEYS = ["subjective", "objective", "assessment", "plan"] as const;

export type ShownKey = (typeof SHOWN_KEYS)[number];

export function isShownKey(key: string): key is ShownKey {
  return (SHOWN_KEYS as readonly string[]).includes(key);
}

export const SHOWN_TITLES: Record<ShownKey, string> = {
  subjective: "Subjective",
  objective: "Objective",
  assessment: "Assessment",
  plan: "Plan",
};

export interface ShownSection {
  key: ShownKey;
  title: string;
  text: string;
}

/** A decoded section's text and the place where it is shown. */
export interface DecodedText {
  shown: ShownKey;
  text: string;
}

/**
 * The note from the decoded texts: what the page shows, what it copies and what the evaluation
 * scores. Always S, O, A, P in this order; sequences of one shown section follow each other.
 */
export function composeNote(decoded: readonly DecodedText[]): {
  sections: ShownSection[];
  text: string;
} {
  const sections = SHOWN_KEYS.map((key) => ({
    key,
    title: SHOWN_TITLES[key],
    text: decoded
      .filter((part) => part.shown === key)
      .map((part) => tidy(part.text))
      .filter((text) => text !== "")
      .join("\n\n"),
  }));
  const text = sections
    .filter((section) => section.text !== "")
    .map((section) => `${section.title.toUpperCase()}\n\n${section.text}`)
    .join("\n\n");
  return { sections, text };
}

/** Blank space at line ends and around the text goes, and no more than one line stays empty. */
function tidy(text: string): string {
  return text
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
