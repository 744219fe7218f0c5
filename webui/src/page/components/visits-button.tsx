import { useLayoutEffect, useRef } from "preact/hooks";

import { formatTimeOfDay } from "../format.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import type { Visits } from "../visits.ts";
import { LockIcon } from "./icons.tsx";
import { VisitsDialog } from "./visits-dialog.tsx";

/** The header's button with what is saved, and the dialog of kept visits. */
export function VisitsButton({ session }: { session: Session }) {
  const { visits } = session;
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = visits.shown.value;
  // After its content is there, so that the dialog opens with a name and a place for the focus.
  useLayoutEffect(() => {
    if (shown && !dialog.current?.open) dialog.current?.showModal();
    else if (!shown && dialog.current?.open) dialog.current.close();
  }, [shown]);
  return (
    <>
      <span class="visits-state">
        <span class="visits-chip" aria-live="polite">
          {chipOf(visits)}
        </span>
        <button type="button" id="visits" class="quiet" onClick={() => visits.show()}>
          {visits.state.value === "locked" && <LockIcon />}
          {texts.visits.open}
        </button>
      </span>
      <dialog
        ref={dialog}
        class="visits"
        aria-labelledby="visits-heading"
        onClose={() => visits.close()}
      >
        {shown && <VisitsDialog visits={visits} session={session} />}
      </dialog>
    </>
  );
}

function chipOf(visits: Visits): string {
  const text = texts.visits;
  if (visits.state.value === "locked") return text.lockedChip;
  if (visits.state.value !== "open") return "";
  const at = visits.savedAt.value;
  if (visits.saving.value !== "saved" || !at) return text.chip[visits.saving.value];
  return text.savedAt(formatTimeOfDay(at, texts.language));
}

/** A remark about kept visits in the page, until it is dismissed. */
export function VisitsNotice({ visits }: { visits: Visits }) {
  const message = visits.message.value;
  const text = texts.visits;
  return (
    <div class="notices" aria-live="polite">
      {message && (
        <p class="notice">
          {message.text}{" "}
          {message.action === "unlock" && (
            <button type="button" class="link" onClick={() => visits.show()}>
              {text.unlockAction}
            </button>
          )}
          {message.action === "keep" && (
            <button type="button" class="link" onClick={() => void visits.keepDetached()}>
              {text.keepAction}
            </button>
          )}
          <button type="button" class="link" onClick={() => visits.dismiss()}>
            {text.dismiss}
          </button>
        </p>
      )}
    </div>
  );
}
