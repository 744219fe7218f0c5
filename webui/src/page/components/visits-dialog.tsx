import { useEffect, useRef, useState } from "preact/hooks";

import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import type { Visits } from "../visits.ts";
import { LockIcon, WarningIcon } from "./icons.tsx";
import { VisitsList } from "./visits-list.tsx";
import { VisitsLocked } from "./visits-locked.tsx";
import { VisitsLog } from "./visits-log.tsx";
import { VisitsOff } from "./visits-off.tsx";
import { VisitsSettings } from "./visits-settings.tsx";

type Tab = keyof typeof texts.visits.tabs;

/** What the dialog holds, by whether visits are kept and unlocked. */
export function VisitsDialog({ visits, session }: { visits: Visits; session: Session }) {
  const state = visits.state.value;
  const text = texts.visits;
  return (
    <>
      <div class="pane-head">
        <h2 id="visits-heading">{text.heading}</h2>
        <span class="buttons">
          {state === "open" && (
            <button type="button" disabled={visits.busy.value} onClick={() => void visits.lock()}>
              <LockIcon />
              {text.lock}
            </button>
          )}
          <button type="button" onClick={() => visits.close()}>
            {texts.actions.close}
          </button>
        </span>
      </div>
      <Told visits={visits} />
      {state === "unknown" && <p>{text.unknown}</p>}
      {(state === "unavailable" || state === "insecure") && <p>{text[state]}</p>}
      {state === "off" && <VisitsOff visits={visits} />}
      {state === "locked" && <VisitsLocked visits={visits} />}
      {state === "open" && <Unlocked visits={visits} session={session} />}
    </>
  );
}

/** Begins with the list each time that the visits are unlocked. */
function Unlocked({ visits, session }: { visits: Visits; session: Session }) {
  const [tab, setTab] = useState<Tab>("list");
  const nav = useRef<HTMLElement>(null);
  const text = texts.visits;
  // The button that unlocked is gone, and the focus with it.
  useEffect(() => {
    const focused = document.activeElement;
    if (!focused || !focused.closest("dialog")) nav.current?.querySelector("button")?.focus();
  }, []);
  return (
    <>
      <nav class="tabs" ref={nav} aria-label={text.heading}>
        {(Object.keys(text.tabs) as Tab[]).map((name) => (
          <button
            type="button"
            key={name}
            aria-current={tab === name ? "page" : undefined}
            onClick={() => setTab(name)}
          >
            {text.tabs[name]}
            {name === "log" && visits.logProblems.value > 0 && (
              <>
                {" "}
                <WarningIcon />
                <span class="off-screen">{text.log.damaged}</span>
              </>
            )}
          </button>
        ))}
      </nav>
      {tab === "list" && <VisitsList visits={visits} session={session} />}
      {tab === "settings" && <VisitsSettings visits={visits} />}
      {tab === "log" && <VisitsLog visits={visits} />}
    </>
  );
}

/** What the last request did, or why it could not. */
function Told({ visits }: { visits: Visits }) {
  const { error, done, busy } = visits;
  return (
    <div class="told" aria-live="polite">
      {error.value !== null && <p class="alert">{error.value}</p>}
      {done.value !== null && <p class="done">{done.value}</p>}
      {busy.value && <p class="done">{texts.visits.working}</p>}
    </div>
  );
}
