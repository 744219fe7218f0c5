/** What goes on paper: the note alone, however printing was begun. */
import { render } from "preact";

import { PrintSheet } from "./components/export-print.tsx";
import type { Session } from "./session.ts";

export function listenForPrint(session: Session): void {
  const sheet = document.createElement("div");
  addEventListener("beforeprint", () => {
    if (!session.editor.document.value) return; // the page as it stands
    document.body.append(sheet);
    render(<PrintSheet session={session} />, sheet);
  });
  addEventListener("afterprint", () => {
    render(null, sheet);
    sheet.remove();
  });
}
