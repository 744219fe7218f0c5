import { formatCount } from "../format.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { IntakeBar, IntakeFoot } from "./intake-bar.tsx";
import { Turns, VisitModes } from "./turns.tsx";
import { InParts } from "./writing-parts.tsx";

/** The visit: where the transcript comes from, its text, and its size. */
export function VisitPane({ session }: { session: Session }) {
  const samples = session.site.value?.samples ?? [];
  const text = texts.visit;
  const { mode } = session.view;
  const reading = session.editor.document.value !== null && mode.value === "turns";
  return (
    <section class="pane visit" aria-labelledby="visit-heading">
      <header class="pane-head">
        <h2 id="visit-heading">{text.heading}</h2>
        <VisitModes session={session} />
        <label class="sample">
          {text.sample}{" "}
          <select
            id="sample"
            value=""
            onChange={(event) => {
              const select = event.currentTarget;
              if (select.value !== "") void session.pickSample(select.value);
              select.value = "";
            }}
          >
            <option value="">{text.chooseSample}</option>
            {samples.map(({ file, title }) => (
              <option key={file} value={file}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </header>
      <IntakeBar session={session} />
      {reading && <Turns session={session} />}
      <label class={reading ? "sr-only" : "transcript-label"} for="transcript">
        {text.transcript}
      </label>
      <textarea
        id="transcript"
        class={reading ? "transcript sr-only" : "transcript"}
        tabIndex={reading ? -1 : 0}
        onFocus={() => session.view.setMode("edit")}
        placeholder={text.placeholder}
        spellcheck={false}
        autocomplete="off"
        aria-describedby="size"
        value={session.transcript.value}
        onInput={(event) => session.type(event.currentTarget.value)}
      />
      <IntakeFoot session={session} />
      <Size session={session} />
    </section>
  );
}

/** Words, and the share of the model's room that they take. */
function Size({ session }: { session: Session }) {
  const { measure } = session;
  const words = session.words.value;
  const share = measure.value ? measure.value.tokens / measure.value.maxTokens : null;
  return (
    <div class="size">
      <p id="size">
        {texts.visit.words(words)}
        {share !== null && words > 0 && share <= 1 && <span>, {texts.visit.fits(share)}</span>}
        {share !== null && words > 0 && share > 1 && <InParts session={session} />}
      </p>
      <progress
        class="room"
        max={1}
        value={Math.min(1, share ?? 0)}
        aria-label={texts.visit.room}
        title={
          measure.value
            ? `${formatCount(measure.value.tokens)} / ${formatCount(measure.value.maxTokens)}`
            : undefined
        }
      />
    </div>
  );
}
