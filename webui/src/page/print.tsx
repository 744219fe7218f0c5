/** What goes on paper: the note alone, however printing was begun. */
import { render } from "preact";

import { PrintSheet } from "./components/export-print.tsx";
import { LetterSheet } from "./components/letter.tsx";
import type { Session } from "./session.ts";

export function listenForPrint(session: Session): void {
  const sheet = document.createElement("div");
  addEventListener("beforeprint", () => {
    const letter = session.writing.printing.value;
    if (letter === null && !session.editor.document.value) return; // the page as it stands
    document.body.append(sheet);
    render(
      letter === null ? <PrintSheet session={session} /> : <LetterSheet content={letter} />,
      sheet,
    );
  });
  addEventListener("afterprint", () => {
    session.writing.printing.value = null;
    render(null, sheet);
    sheet.remove();
  });
}
