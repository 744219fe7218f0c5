import { useEffect, useRef, useState } from "preact/hooks";

import { texts } from "../texts.ts";
import type { Visits } from "../visits.ts";
import { Sure } from "./sure.tsx";

/** The passphrase, and the way out for those who forgot it. */
export function VisitsLocked({ visits }: { visits: Visits }) {
  const [passphrase, setPassphrase] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const text = texts.visits.unlock;
  useEffect(() => field.current?.focus(), []);
  const unlock = async (): Promise<void> => {
    if (!(await visits.unlock(passphrase))) {
      field.current?.focus();
      field.current?.select();
    }
  };
  return (
    <div class="prose">
      <p>{text.what}</p>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          if (passphrase !== "" && !visits.busy.value) void unlock();
        }}
      >
        <label>
          {text.passphrase}
          <input
            ref={field}
            type="password"
            autocomplete="current-password"
            spellcheck={false}
            value={passphrase}
            onInput={(event) => setPassphrase(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={visits.busy.value || passphrase === ""}>
          {text.button}
        </button>
      </form>
      <details>
        <summary>{text.forgotten}</summary>
        <p>{text.forgottenMeaning}</p>
        <Sure
          label={texts.visits.settings.offButton}
          question={texts.visits.settings.offSure}
          onSure={() => void visits.turnOff()}
        />
      </details>
    </div>
  );
}
