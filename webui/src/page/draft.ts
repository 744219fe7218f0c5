/** The transcript survives a reload, in storage that ends with the tab. */
const KEY = "draft-transcript";

export function loadDraft(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // storage is refused here: then nothing survives, and nothing breaks
  }
}

export function saveDraft(transcript: string): void {
  try {
    if (transcript === "") sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, transcript);
  } catch {
    // Refused or full: the text stays in the page.
  }
}
