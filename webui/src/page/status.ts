/** The status line: what goes on, in words for eyes and screen readers alike. */
import { SHOWN_TITLES } from "../scribe/sections.ts";
import type { Session } from "./session.ts";
import { texts } from "./texts.ts";

/** Changes with the phases of the work, not with every token: it is read aloud. */
export function describeStatus(session: Session): string {
  const model = session.model.value;
  const work = session.work.value;
  const outcome = session.outcome.value;
  if (work.phase === "queued") return texts.status.queued;
  const part = "part" in work ? texts.writing.part(work.part ?? 1, work.parts ?? 1) : "";
  const again = session.rewriting.value;
  if (again && session.busy.value) {
    return part + texts.writing.again.status(SHOWN_TITLES[again.section]);
  }
  if (work.phase === "reading") return part + texts.status.transcript;
  if (work.phase === "writing") {
    const sections = session.note.value?.sections ?? [];
    const closed = sections.filter(({ state }) => state === "done" || state === "limit");
    return part + texts.status.writing(closed.map(({ title }) => title));
  }
  if (model.phase === "failed") return texts.status.failed;
  if (outcome?.kind === "written") return texts.status.written(outcome.milliseconds);
  if (outcome?.kind === "rewritten" || outcome?.kind === "not-rewritten") {
    return texts.writing.again[outcome.kind](SHOWN_TITLES[outcome.section]);
  }
  if (outcome?.kind === "stopped") return texts.status.stopped;
  if (outcome?.kind === "copied") return texts.status.copied;
  if (outcome?.kind === "exported") return texts.status.exported(outcome.name);
  if (outcome?.kind === "not-copied") return texts.status.notCopied;
  return texts.status[model.phase];
}
