import type { Session } from "../session.ts";
import { texts } from "../texts.ts";

/** In the line with the visit's size: how a long one will be read, and the other ways. */
export function InParts({ session }: { session: Session }) {
  const parts = session.measure.value?.parts ?? 0;
  return (
    <>
      , {parts > 0 ? texts.writing.inParts(parts) : texts.writing.tooLong}{" "}
      {(["keep-end", "keep-start"] as const).map((remedy) => (
        <span key={remedy}>
          <button
            type="button"
            class="link"
            disabled={session.busy.value}
            onClick={() => void session.remedy(remedy)}
          >
            {remedy === "keep-end" ? texts.writing.keepEnd : texts.writing.keepStart}
          </button>{" "}
        </span>
      ))}
    </>
  );
}

/** In the note: that the visit was read in parts, or how far the reading came. */
export function ReadInParts({ session }: { session: Session }) {
  const parts = session.note.value?.parts;
  if (!parts || parts.total < 2 || session.editor.document.value === null) return null;
  return (
    <p class="notice" role="note">
      {parts.done < parts.total
        ? texts.writing.stoppedIn(parts.done, parts.total)
        : texts.writing.readIn(parts.total)}
    </p>
  );
}
