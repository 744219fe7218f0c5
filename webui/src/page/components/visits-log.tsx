import { useEffect, useState } from "preact/hooks";

import { formatShortMoment } from "../format.ts";
import { saveFile, today } from "../save-file.ts";
import { texts } from "../texts.ts";
import type { Visits } from "../visits.ts";

const ROWS = 100;

/** The audit log, newest first, and whether it is whole. */
export function VisitsLog({ visits }: { visits: Visits }) {
  const text = texts.visits.log;
  const [shown, setShown] = useState(ROWS);
  useEffect(() => void visits.readLog(), [visits]);
  const log = visits.log.value;
  if (!log) return null;
  const entries = log.entries.toReversed();
  const titles = new Map<string | null, string>([
    ...visits.all.value.map(({ id, title, begins }) => [id, title || begins] as const),
    ...visits.damaged.value.map(({ id, title }) => [id, title || texts.visits.untitled] as const),
  ]);
  const save = async (): Promise<void> => {
    const csv = await visits.logCsv();
    if (csv !== null) saveFile(texts.visits.files.logName(today()), "text/csv", csv);
  };
  return (
    <>
      <p class="fine">{text.what}</p>
      {log.problems.length === 0 ? (
        <p class="done">{text.whole}</p>
      ) : (
        <div class="alert">
          <p>
            {text.broken}{" "}
            {log.problems.map(({ number, kind }) => text.problems[kind](number)).join("; ")}
          </p>
        </div>
      )}
      <button type="button" disabled={visits.busy.value} onClick={() => void save()}>
        {text.save}
      </button>
      <div class="table" tabIndex={0} role="region" aria-label={texts.visits.tabs.log}>
        <table>
          <thead>
            <tr>
              {[text.number, text.time, text.event, text.visit].map((heading) => (
                <th key={heading} scope="col">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {entries.slice(0, shown).map(({ number, at, event, visit, detail }) => (
              <tr key={number}>
                <td>{number}</td>
                <td>
                  <time dateTime={at}>{formatShortMoment(at, texts.language, true)}</time>
                </td>
                <td>
                  {text.events[event]}
                  {detail && ` (${detail})`}
                </td>
                <td>{visit && (titles.get(visit) ?? text.gone(visit))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {entries.length > shown && (
        <button type="button" onClick={() => setShown(shown + ROWS)}>
          {texts.visits.more}
        </button>
      )}
    </>
  );
}
