/** The name that the clinician signs with, remembered for the tab alone. */
const KEY = "signer";

export function loadSigner(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // storage is blocked
  }
}

export function saveSigner(name: string): void {
  try {
    sessionStorage.setItem(KEY, name);
  } catch {
    // The name is typed again next time.
  }
}
