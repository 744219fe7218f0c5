import type { Session } from "../session.ts";
import { texts } from "../texts.ts";

interface Bar {
  sentence: string;
  /** null: how much is left cannot be told. */
  share: number | null;
}

/** Progress of the model's load and of reading the transcript, as a line of constant height. */
export function ProgressLine({ session }: { session: Session }) {
  const bar = currentBar(session);
  return (
    <div class="progress-line">
      {bar && (
        <progress
          aria-labelledby="progress-text"
          max={1}
          {...(bar.share === null ? {} : { value: bar.share })}
        />
      )}
    </div>
  );
}

/** The same in words; while nothing goes on, the keys stand in its place. */
export function ProgressText({ session }: { session: Session }) {
  const bar = currentBar(session);
  const measure = session.measure.value;
  const expected = measure?.tokens ? session.pace.estimate(measure.tokens, measure.parts) : null;
  if (!bar) {
    return (
      <p class={expected === null ? "progress-text keys" : "progress-text"}>
        {expected === null ? texts.actions.keys : texts.models.thisVisit(expected)}
      </p>
    );
  }
  return (
    <p class="progress-text">
      <span id="progress-text">{bar.sentence}</span>
      {session.model.value.phase === "downloading" && (
        <>
          {" "}
          <button type="button" class="link" onClick={() => session.cancelLoad()}>
            {texts.models.cancel}
          </button>
        </>
      )}
    </p>
  );
}

function currentBar(session: Session): Bar | null {
  const model = session.model.value;
  const work = session.work.value;
  if (work.phase === "reading") {
    const { done, total, left, part = 1, parts = 1 } = work;
    const sentence =
      total === 0 ? texts.status.transcript : texts.progress.transcript(done, total, left);
    return {
      sentence: (parts > 1 ? texts.writing.part(part, parts) : "") + sentence,
      share: total === 0 ? null : done / total,
    };
  }
  if (model.phase === "downloading" || model.phase === "reading") {
    const { phase, done, total, left, speed } = model;
    return {
      sentence: texts.progress[phase](done, total, left, speed),
      share: total ? done / total : null,
    };
  }
  if (model.phase === "starting") return { sentence: texts.progress.starting, share: null };
  return null;
}
