/** Note styles: the same lines in another order and form. */
export { layout } from "./layout.ts";
export { learnStyle, type Learned } from "./learn.ts";
export { AS_WRITTEN, PRESETS, presetStyle } from "./presets.ts";
export { MAX_TEMPLATE, parseTemplate, PLACEHOLDERS } from "./template.ts";
export { layoutText, sectionTexts, type StyledSection } from "./text.ts";
export type * from "./types.ts";
