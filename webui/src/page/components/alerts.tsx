import type { Remedy } from "../failures.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { WarningIcon } from "./icons.tsx";

const LABELS: Record<Remedy, string> = {
  retry: texts.actions.retry,
  download: texts.models.downloadNow,
  restart: texts.actions.restart,
  "use-cpu": texts.actions.useCpu,
  "standard-kernels": texts.actions.standardKernels,
  "keep-end": texts.actions.keepEnd,
  "keep-start": texts.actions.keepStart,
};

/** What is wrong, with the buttons that help. The region stands in the page while it is empty. */
export function AlertRegion({ session }: { session: Session }) {
  const alert = session.alert.value;
  return (
    <div role="alert" class="alert-region">
      {alert && (
        <div class="alert">
          <WarningIcon />
          <p>{alert.message}</p>
          <span class="buttons">
            {alert.remedies.map((remedy) => (
              <button type="button" key={remedy} onClick={() => void session.remedy(remedy)}>
                {LABELS[remedy]}
              </button>
            ))}
          </span>
        </div>
      )}
    </div>
  );
}

/** Remarks that need nothing done: no threads here, or text was replaced (and can come back). */
export function Notices({ session }: { session: Session }) {
  const replaced = session.replaced.value;
  return (
    <div class="notices" aria-live="polite">
      {session.notices.value.map((notice) => (
        <p class="notice" key={notice}>
          {notice}
        </p>
      ))}
      {replaced && (
        <p class="notice">
          {replaced.why}{" "}
          <button type="button" class="link" onClick={() => session.undoReplacement()}>
            {texts.actions.undo}
          </button>
        </p>
      )}
    </div>
  );
}
