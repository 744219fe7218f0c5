import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { ProgressLine, ProgressText } from "./progress.tsx";

/** The main action and its progress; on a narrow screen it stays in sight below both panes. */
export function Actions({ session }: { session: Session }) {
  const busy = session.busy.value;
  return (
    <div class="actions">
      <ProgressLine session={session} />
      <div class="buttons">
        <button
          type="button"
          id="generate"
          class="primary"
          disabled={busy}
          aria-keyshortcuts="Control+Enter"
          onClick={() => session.generate()}
        >
          {texts.actions.generate}
        </button>
        <button
          type="button"
          id="stop"
          disabled={!busy}
          aria-keyshortcuts="Escape"
          onClick={() => session.stop()}
        >
          {texts.actions.stop}
        </button>
        <button
          type="button"
          class="quiet"
          disabled={session.transcript.value === "" && !session.editor.document.value}
          onClick={() => session.clear()}
        >
          {texts.actions.clear}
        </button>
        <ProgressText session={session} />
      </div>
    </div>
  );
}
