/** The sentences of the interface, in the language that is chosen now. */
import { language, LANGUAGES, type Language } from "./language.ts";
import { de } from "./texts/de.ts";
import { en, type Texts } from "./texts/en.ts";

const ALL: Record<Language, Texts> = { en, de };

/**
 * Reads through to the present language, on every level: a part of it that a module took when it
 * was loaded follows the language too, and whatever renders a sentence renders again with it.
 */
export const texts: Texts = liveView(() => ALL[language.value]);

/** One sentence in every language, for telling what an earlier one was. */
export const inEveryLanguage = (pick: (texts: Texts) => string): string[] =>
  LANGUAGES.map((name) => pick(ALL[name]));

function liveView<T extends object>(current: () => T): T {
  const view = {};
  for (const key of Object.keys(current()) as (keyof T & string)[]) {
    const read = (): T[typeof key] => current()[key];
    const nested = isGroup(read()) ? liveView(read as () => object) : null;
    Object.defineProperty(view, key, { enumerable: true, get: () => nested ?? read() });
  }
  return view as T;
}

function isGroup(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
