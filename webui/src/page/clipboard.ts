/**
 * Copies a text, with the same as rich text where that is given; false where the browser refuses.
 * Plain http withholds the Clipboard API, so a selection and the old command serve there.
 */
export async function copyText(text: string, html?: string): Promise<boolean> {
  try {
    if (html === undefined) await navigator.clipboard.writeText(text);
    else await navigator.clipboard.write([richItem(text, html)]);
    return true;
  } catch {
    return copySelection(text, html) || (html !== undefined && copyText(text));
  }
}

const richItem = (text: string, html: string): ClipboardItem =>
  new ClipboardItem({
    "text/plain": new Blob([text], { type: "text/plain" }),
    "text/html": new Blob([html], { type: "text/html" }),
  });

function copySelection(text: string, html?: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.className = "off-screen";
  const focused = document.activeElement;
  const fill = (event: ClipboardEvent): void => {
    if (html === undefined || !event.clipboardData) return;
    event.clipboardData.setData("text/plain", text);
    event.clipboardData.setData("text/html", html);
    event.preventDefault();
  };
  // Outside an open dialog nothing can be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  document.addEventListener("copy", fill);
  try {
    area.select();
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    document.removeEventListener("copy", fill);
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
