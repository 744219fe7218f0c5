import { useSignalEffect } from "@preact/signals";
import { useRef, useState } from "preact/hooks";

import type { Voice } from "../intake.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { MicrophoneIcon } from "./icons.tsx";

const VOICES: readonly Voice[] = ["either", "doctor", "patient"];

/** Opens the reminder before a visit's first dictation, or says why there is none here. */
export function DictateButton({ session }: { session: Session }) {
  const { intake } = session;
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);
  const answer = intake.canDictate.value;
  const press = (): void => {
    if (intake.consent.value && answer === "available") return intake.dictate();
    setOpen(true);
    dialog.current?.showModal();
    void intake.askDictation();
  };
  const active = intake.dictation.value.phase !== "idle";
  return (
    <>
      <button type="button" id="dictate" aria-haspopup="dialog" disabled={active} onClick={press}>
        <MicrophoneIcon />
        {texts.intake.dictate}
      </button>
      <dialog
        ref={dialog}
        class="panel"
        aria-labelledby="dictation-heading"
        onClose={() => setOpen(false)}
      >
        {open && (
          <div class="panel-body">
            <div class="pane-head">
              <h2 id="dictation-heading">{texts.intake.dictation}</h2>
              <button type="button" onClick={() => dialog.current?.close()}>
                {texts.actions.close}
              </button>
            </div>
            <div role="status">
              {answer === null && <p>{texts.intake.checking}</p>}
              {answer !== null && answer !== "available" && (
                <p>{texts.intake.availability[answer]}</p>
              )}
            </div>
            {answer === "downloadable" && (
              <div class="buttons">
                <button type="button" onClick={() => void intake.installLanguage()}>
                  {texts.intake.install}
                </button>
              </div>
            )}
            {answer === "available" && (
              <Consent session={session} close={() => dialog.current?.close()} />
            )}
          </div>
        )}
      </dialog>
    </>
  );
}

function Consent({ session, close }: { session: Session; close: () => void }) {
  const { intake } = session;
  return (
    <>
      <p>{texts.intake.dictationLocal}</p>
      <p>{texts.intake.consentReminder}</p>
      <label class="consent">
        <input
          type="checkbox"
          checked={intake.consent.value}
          onChange={(event) => intake.setConsent(event.currentTarget.checked)}
        />
        {texts.intake.consent}
      </label>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          disabled={!intake.consent.value}
          onClick={() => {
            close();
            intake.dictate();
          }}
        >
          {texts.intake.begin}
        </button>
      </div>
    </>
  );
}

/** The recorder while a dictation goes on: time, what is heard, who speaks, pause and finish. */
export function RecorderBar({ session }: { session: Session }) {
  const { intake } = session;
  const { phase, interim, recorded, failure } = intake.dictation.value;
  useSignalEffect(() => {
    // What comes in is at the end of the text.
    const lines = session.transcript.value.length;
    if (intake.dictation.peek().phase === "idle" || lines === 0) return;
    requestAnimationFrame(() => {
      const area = document.getElementById("transcript");
      if (area) area.scrollTop = area.scrollHeight;
    });
  });
  if (phase === "idle" && failure === null) return null;
  const running = phase === "starting" || phase === "listening";
  return (
    <div class="recorder" role="group" aria-label={texts.intake.dictation}>
      <p class="recorder-state">
        <span class={running ? "lamp lamp-recording" : "lamp"} aria-hidden="true" />
        <span role="status">{texts.intake.phase[phase]}</span>{" "}
        <span class="recorder-time" role="timer">
          {clock(recorded)}
        </span>
      </p>
      <label>
        {texts.intake.voice}{" "}
        <select
          value={intake.voice.value}
          onChange={(event) => intake.setVoice(event.currentTarget.value as Voice)}
        >
          {VOICES.map((voice) => (
            <option key={voice} value={voice}>
              {texts.intake.voices[voice]}
            </option>
          ))}
        </select>
      </label>
      <span class="buttons">
        {running ? (
          <button type="button" onClick={() => intake.pauseDictation()}>
            {texts.intake.pause}
          </button>
        ) : (
          <button type="button" onClick={() => intake.dictate()}>
            {texts.intake.resume}
          </button>
        )}
        <button type="button" onClick={() => void intake.finishDictation()}>
          {texts.intake.finish}
        </button>
      </span>
      {failure && (
        <p class="recorder-failure" role="alert">
          {texts.intake.failure[failure]}
        </p>
      )}
      {interim !== "" && (
        <p class="recorder-heard">
          <span class="sr-only">{texts.intake.heard}: </span>
          {interim}
        </p>
      )}
    </div>
  );
}

/** '3:07', '1:02:45'. */
function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((n) =>
    String(n).padStart(2, "0"),
  );
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":").replace(/^0(?=\d:)/, "");
}
