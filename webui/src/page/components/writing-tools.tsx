import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { Coding } from "./coding.tsx";
import { LetterPanel } from "./letter.tsx";
import { StylePanel, StyleSelect } from "./writing-style.tsx";

/** Under the note's heading: its style, what goes to the patient, and codes. */
export function WritingTools({ session }: { session: Session }) {
  if (session.editor.text.value === "" || session.streaming.value) return null;
  return (
    <div class="writing-tools" role="group" aria-label={texts.writing.tools}>
      <StyleSelect session={session} />
      <StylePanel session={session} />
      <LetterPanel session={session} />
      <Coding session={session} />
    </div>
  );
}
