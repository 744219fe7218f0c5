/** The language of the interface: chosen by the address, the clinician or the browser, in that order. */
import { effect, signal } from "@preact/signals";

export type Language = "en" | "de";

export const LANGUAGES: readonly Language[] = ["en", "de"];

/** Entry of the local storage; it is there only once the clinician has chosen. */
export const LANGUAGE_KEY = "language";

/** English until the page runs, as the HTML that was built is. */
export const language = signal<Language>("en");

/** The tag for numbers and dates: English ones are those of clinics, day before month. */
export const localeOf = (name: string): string => (name === "en" ? "en-GB" : name);

const known = (name: string | null | undefined): Language | undefined =>
  LANGUAGES.find((each) => each === name?.toLowerCase().split("-")[0]);

/** What was chosen before, or null; storage that the browser withholds counts as no choice. */
export function keptLanguage(): Language | null {
  try {
    return known(localStorage.getItem(LANGUAGE_KEY)) ?? null;
  } catch {
    return null;
  }
}

/** `?lang=` first, then what was chosen before, then the browser's own, then English. */
export function preferredLanguage(search: string, browser: readonly string[]): Language {
  const asked = known(new URLSearchParams(search).get("lang"));
  return asked ?? keptLanguage() ?? known(browser[0]) ?? "en";
}

/** After the first render, which has to be that of the built HTML; `<html lang>` follows it. */
export function followLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
  });
  language.value = preferredLanguage(location.search, navigator.languages);
}

/** The clinician's own choice, which the next visit of the page begins with. */
export function chooseLanguage(name: Language): void {
  language.value = name;
  const url = new URL(location.href);
  if (url.searchParams.has("lang")) {
    url.searchParams.set("lang", name);
    history.replaceState(null, "", url);
  }
  try {
    localStorage.setItem(LANGUAGE_KEY, name);
  } catch {
    // It holds for as long as the page is open.
  }
}
