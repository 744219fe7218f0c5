import { useRef, useState } from "preact/hooks";

import { PBKDF2_ITERATIONS } from "../../vault/crypto.ts";
import type { VaultSettings } from "../../vault/vault.ts";
import { formatCount, formatSeconds } from "../format.ts";
import { saveFile, today } from "../save-file.ts";
import { texts } from "../texts.ts";
import type { Visits } from "../visits.ts";
import { Sure } from "./sure.tsx";
import { NewPassphrase } from "./visits-off.tsx";

const LOCK_MINUTES = [1, 2, 5, 10, 15, 30, 60];
const KEEP_DAYS = [1, 3, 7, 14, 30, 90, 180, 365];

/** Locking, deletion, copies, the passphrase, and turning off. */
export function VisitsSettings({ visits }: { visits: Visits }) {
  const text = texts.visits.settings;
  const settings = visits.settings.value;
  const change = (part: Partial<VaultSettings>): void =>
    void visits.change({ ...settings, ...part });
  const persistent = visits.persistent.value;
  const took = visits.keyMilliseconds.value;
  return (
    <div class="prose">
      <div class="fields">
        <label>
          {text.lockMinutes}
          <select
            value={settings.lockMinutes}
            onChange={(event) => change({ lockMinutes: Number(event.currentTarget.value) })}
          >
            {LOCK_MINUTES.map((count) => (
              <option key={count} value={count}>
                {text.minutes(count)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {text.keepDays}
          <select
            value={settings.keepDays ?? ""}
            aria-describedby="keep-meaning"
            onChange={(event) => {
              const { value } = event.currentTarget;
              change({ keepDays: value === "" ? null : Number(value) });
            }}
          >
            <option value="">{text.never}</option>
            {KEEP_DAYS.map((count) => (
              <option key={count} value={count}>
                {text.days(count)}
              </option>
            ))}
          </select>
        </label>
        <p id="keep-meaning" class="fine">
          {text.keepMeaning}
        </p>
      </div>
      <Files visits={visits} />
      <h3>{text.storage}</h3>
      {persistent !== null && <p>{persistent ? text.persistent : text.notPersistent}</p>}
      {took !== null && (
        <p class="fine">{text.cost(formatCount(PBKDF2_ITERATIONS), formatSeconds(took))}</p>
      )}
      <details>
        <summary>{text.passphrase}</summary>
        <ChangePassphrase visits={visits} />
      </details>
      <h3>{text.off}</h3>
      <p>{text.offMeaning}</p>
      <Sure
        label={text.offButton}
        question={text.offSure}
        disabled={visits.busy.value}
        onSure={() => void visits.turnOff()}
      />
    </div>
  );
}

function ChangePassphrase({ visits }: { visits: Visits }) {
  const [present, setPresent] = useState("");
  const text = texts.visits.settings;
  return (
    <>
      <div class="fields">
        <label>
          {text.present}
          <input
            type="password"
            autocomplete="current-password"
            spellcheck={false}
            value={present}
            onInput={(event) => setPresent(event.currentTarget.value)}
          />
        </label>
      </div>
      <NewPassphrase
        button={text.change}
        busy={visits.busy.value || present === ""}
        onTake={async (next) => {
          const changed = await visits.changePassphrase(present, next);
          if (changed) setPresent("");
          return changed;
        }}
      />
    </>
  );
}

function Files({ visits }: { visits: Visits }) {
  const text = texts.visits.files;
  const file = useRef<HTMLInputElement>(null);
  const [passphrase, setPassphrase] = useState("");
  const [chosen, setChosen] = useState(false);
  const busy = visits.busy.value;
  const save = async (made: Promise<string | null>, name: string): Promise<void> => {
    const content = await made;
    if (content !== null) saveFile(name, "application/json", content);
  };
  const take = async (): Promise<void> => {
    const content = await file.current?.files?.[0]?.text();
    if (content !== undefined && (await visits.importBackup(content, passphrase))) {
      setPassphrase("");
    }
  };
  return (
    <>
      <h3>{text.heading}</h3>
      <div class="row">
        <button
          type="button"
          disabled={busy}
          onClick={() => void save(visits.backup(), text.backupName(today()))}
        >
          {text.backup}
        </button>
        <Sure
          label={text.plain}
          question={text.plainSure}
          disabled={busy}
          onSure={() => void save(visits.plain(), text.plainName(today()))}
        />
      </div>
      <p class="fine">{text.backupMeaning}</p>
      <details>
        <summary>{text.import}</summary>
        <form
          class="fields"
          onSubmit={(event) => {
            event.preventDefault();
            void take();
          }}
        >
          <label>
            {text.choose}
            <input
              ref={file}
              type="file"
              accept=".json,application/json"
              onChange={(event) => setChosen(event.currentTarget.files?.length === 1)}
            />
          </label>
          <label>
            {text.passphrase}
            <input
              type="password"
              autocomplete="off"
              spellcheck={false}
              value={passphrase}
              onInput={(event) => setPassphrase(event.currentTarget.value)}
            />
          </label>
          <button type="submit" disabled={busy || !chosen || passphrase === ""}>
            {text.importButton}
          </button>
        </form>
      </details>
    </>
  );
}
