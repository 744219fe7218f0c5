import type { Speaker } from "../../intake/speakers.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { SwapIcon } from "./icons.tsx";

/** More labels than this are no speakers but text before colons. */
const MOST_SHOWN = 6;

/** The speakers with their turns, to rename, to guess and to swap. */
export function SpeakersBar({ session }: { session: Session }) {
  const { intake } = session;
  const speakers = intake.speakers.value;
  const named = speakers.some(({ label }) => label !== "");
  if (!named && !intake.canGuess.value) return null;
  const others = speakers.length - MOST_SHOWN;
  return (
    <div class="speakers" role="group" aria-label={texts.intake.speakers}>
      <datalist id="speaker-names">
        {texts.intake.suggestions.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {speakers.slice(0, MOST_SHOWN).map((speaker) => (
        <SpeakerChip key={speaker.label} session={session} speaker={speaker} />
      ))}
      {others > 0 && <span class="speaker-more">{texts.intake.more(others)}</span>}
      {intake.guessed.value && <strong class="badge">{texts.intake.guessed}</strong>}
      <span class="buttons">
        {intake.canGuess.value && (
          <button type="button" onClick={() => intake.guess()}>
            {texts.intake.guess}
          </button>
        )}
        {intake.canSwap.value && (
          <button
            type="button"
            aria-label={texts.intake.swapMeaning}
            title={texts.intake.swapMeaning}
            onClick={() => intake.swap()}
          >
            <SwapIcon />
            {texts.intake.swap}
          </button>
        )}
      </span>
    </div>
  );
}

function SpeakerChip({ session, speaker }: { session: Session; speaker: Speaker }) {
  const { label, turns } = speaker;
  if (label === "") {
    return (
      <span class="speaker-chip">
        <em>{texts.intake.nobody}</em>{" "}
        <span class="speaker-turns">{texts.intake.turns(turns)}</span>
      </span>
    );
  }
  return (
    <label class="speaker-chip">
      <input
        value={label}
        list="speaker-names"
        size={Math.max(6, label.length)}
        maxLength={40}
        spellcheck={false}
        autocomplete="off"
        aria-label={texts.intake.nameOf(label, turns)}
        onChange={(event) => {
          const name = event.currentTarget.value;
          event.currentTarget.value = label; // the transcript says what holds
          session.intake.rename(label, name);
        }}
      />
      <span class="speaker-turns" aria-hidden="true">
        {texts.intake.turns(turns)}
      </span>
    </label>
  );
}
