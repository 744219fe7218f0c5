import type { Session } from "../session.ts";
import { texts } from "../texts.ts";

/** A new version of the page, which waits until the clinician has time for it. */
export function UpdateNotice({ session }: { session: Session }) {
  const state = session.updates.state.value;
  const busy = session.busy.value;
  const label = state === "waiting" ? texts.updates.apply : texts.updates.reload;
  return (
    <div class="notices" aria-live="polite">
      {state !== "none" && (
        <p class="notice">
          {texts.updates[state]}{" "}
          <button
            type="button"
            class="link"
            disabled={busy}
            onClick={() => session.updates.apply()}
          >
            {busy ? texts.updates.afterNote : label}
          </button>
        </p>
      )}
    </div>
  );
}
