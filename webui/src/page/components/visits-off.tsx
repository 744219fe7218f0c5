import { useState } from "preact/hooks";

import { PBKDF2_ITERATIONS } from "../../vault/crypto.ts";
import { LEAST_CHARACTERS, strengthOf, suggestPassphrase } from "../../vault/passphrase.ts";
import { formatCount } from "../format.ts";
import { texts } from "../texts.ts";
import type { Visits } from "../visits.ts";

/** Off by default: what would be stored and where, and how to turn it on. */
export function VisitsOff({ visits }: { visits: Visits }) {
  const text = texts.visits.off;
  return (
    <div class="prose">
      <p>{text.what}</p>
      <p>{text.where}</p>
      <NewPassphrase
        button={text.turnOn}
        busy={visits.busy.value}
        onTake={(passphrase) => visits.turnOn(passphrase)}
      />
      <p class="fine">{text.cost(formatCount(PBKDF2_ITERATIONS))}</p>
    </div>
  );
}

interface NewPassphraseProps {
  button: string;
  busy: boolean;
  /** False where it was not taken; the fields keep it then. */
  onTake: (passphrase: string) => Promise<boolean>;
}

/** A new passphrase, typed twice, with a hint how good it is. */
export function NewPassphrase({ button, busy, onTake }: NewPassphraseProps) {
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [visible, setVisible] = useState(false);
  const text = texts.visits.off;
  const strength = strengthOf(first);
  const differ = second !== "" && second !== first;
  const ready = strength !== "short" && strength !== "weak" && second === first;
  const hint =
    strength === "short" ? text.strength.short(LEAST_CHARACTERS) : text.strength[strength];
  const fill = (passphrase: string): void => {
    setFirst(passphrase);
    setSecond(passphrase);
  };
  const suggest = (): void => {
    fill(suggestPassphrase());
    setVisible(true);
  };
  const take = async (): Promise<void> => {
    if (await onTake(first)) fill("");
  };
  const kind = visible ? ({ type: "text" } as const) : ({ type: "password" } as const);
  return (
    <form
      class="fields"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void take();
      }}
    >
      <label>
        {text.passphrase}
        <input
          {...kind}
          autocomplete="new-password"
          spellcheck={false}
          value={first}
          aria-describedby="passphrase-hint"
          onInput={(event) => setFirst(event.currentTarget.value)}
        />
      </label>
      <p id="passphrase-hint" class={`hint strength-${strength}`} aria-live="polite">
        {first === "" ? " " : hint}
      </p>
      <label>
        {text.repeat}
        <input
          {...kind}
          autocomplete="new-password"
          spellcheck={false}
          value={second}
          aria-describedby="repeat-hint"
          onInput={(event) => setSecond(event.currentTarget.value)}
        />
      </label>
      <p id="repeat-hint" class="hint strength-weak" aria-live="polite">
        {differ ? text.differ : " "}
      </p>
      <div class="row">
        <label class="check">
          <input
            type="checkbox"
            checked={visible}
            onChange={(event) => setVisible(event.currentTarget.checked)}
          />
          {text.show}
        </label>
        <button type="button" class="link" onClick={suggest}>
          {text.suggest}
        </button>
      </div>
      <p class="warning">{text.warning}</p>
      <button type="submit" class="primary" disabled={busy || !ready}>
        {button}
      </button>
    </form>
  );
}
