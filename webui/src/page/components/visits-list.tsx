import { useEffect, useRef, useState } from "preact/hooks";

import type { Summary } from "../../vault/vault.ts";
import { formatShortMoment } from "../format.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import type { Visits } from "../visits.ts";
import { Sure } from "./sure.tsx";

/** Rows that are shown at once; more come by a button, or by searching. */
const ROWS = 50;

interface PartProps {
  visits: Visits;
  onRemove: (ids: readonly string[]) => Promise<void>;
}

/** Search, the visits, and what is damaged. */
export function VisitsList({ visits, session }: { visits: Visits; session: Session }) {
  const text = texts.visits;
  const list = useRef<HTMLUListElement>(null);
  /** The button that was pressed goes with its row: the focus goes to the list. */
  const remove = async (ids: readonly string[]): Promise<void> => {
    await visits.remove(ids);
    list.current?.focus();
  };
  const [shown, setShown] = useState(ROWS);
  const all = visits.all.value;
  const found = visits.found.value;
  return (
    <>
      <Current visits={visits} session={session} />
      <Asking visits={visits} onRemove={remove} />
      <Damaged visits={visits} onRemove={remove} />
      <div class="row">
        <input
          type="search"
          class="grow"
          aria-label={text.search}
          placeholder={text.search}
          value={visits.query.value}
          onInput={(event) => {
            visits.search(event.currentTarget.value);
            setShown(ROWS);
          }}
        />
        <span class="fine" aria-live="polite">
          {text.count(found.length, all.length)}
        </span>
      </div>
      {all.length === 0 && <p>{text.nothing}</p>}
      {all.length > 0 && found.length === 0 && <p>{text.noneFound}</p>}
      <ul class="visit-list" ref={list} tabIndex={-1} aria-label={text.tabs.list}>
        {found.slice(0, shown).map((summary) => (
          <Row key={summary.id} visits={visits} summary={summary} onRemove={remove} />
        ))}
      </ul>
      {found.length > shown && (
        <button type="button" onClick={() => setShown(shown + ROWS)}>
          {text.more}
        </button>
      )}
      {all.length > 0 && (
        <Sure
          label={text.deleteAll}
          question={text.deleteAllSure(all.length)}
          disabled={visits.busy.value}
          onSure={() => void remove(all.map(({ id }) => id))}
        />
      )}
    </>
  );
}

/** The title of the visit in the page, and the way to the next one. */
function Current({ visits, session }: { visits: Visits; session: Session }) {
  const text = texts.visits;
  return (
    <div class="row current">
      <label class="grow">
        {text.currentTitle}
        <input
          type="text"
          autocomplete="off"
          placeholder={text.title}
          value={session.title.value}
          onInput={(event) => visits.nameCurrent(event.currentTarget.value)}
        />
      </label>
      <button
        type="button"
        class="primary"
        disabled={visits.busy.value}
        onClick={() => void visits.begin()}
      >
        {text.begin}
      </button>
    </div>
  );
}

function Asking({ visits, onRemove }: PartProps) {
  const ids = visits.asking.value;
  const text = texts.visits;
  if (ids.length === 0) return null;
  return (
    <div class="notice" role="group" aria-label={text.asking(ids.length)}>
      <p>{text.asking(ids.length)}</p>
      <Sure
        label={text.askingDelete}
        question={text.deleteSure}
        onSure={() => void onRemove(ids)}
      />
      <button type="button" onClick={() => void visits.keepLonger()}>
        {text.askingKeep}
      </button>
    </div>
  );
}

function Damaged({ visits, onRemove }: PartProps) {
  const damaged = visits.damaged.value;
  const text = texts.visits;
  if (damaged.length === 0) return null;
  return (
    <section class="damaged" aria-labelledby="damaged-heading">
      <h3 id="damaged-heading">{text.damage.heading}</h3>
      <ul>
        {damaged.map(({ id, title, created, kind }) => {
          if (id === null) return <li key="index">{text.damage.index}</li>;
          const name = text.damage.name(title, created && moment(created));
          return (
            <li key={id} class="row">
              <span class="grow">
                <strong>{name}</strong> {text.damage.kinds[kind]}
              </span>
              <Sure
                label={text.delete}
                name={text.deleteVisit(name)}
                question={text.deleteSure}
                onSure={() => void onRemove([id])}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Row({ visits, summary, onRemove }: PartProps & { summary: Summary }) {
  const { id, title, begins, created, updated, signed, hasNote } = summary;
  const [renaming, setRenaming] = useState(false);
  const text = texts.visits;
  const name = title || begins || text.untitled;
  const busy = visits.busy.value;
  return (
    <li class="visit-row">
      <div class="visit-name">
        {renaming ? (
          <Rename
            title={title}
            name={name}
            onDone={(next) => {
              setRenaming(false);
              if (next !== null && next !== title) void visits.rename(id, next);
            }}
          />
        ) : (
          <button
            type="button"
            class="link"
            aria-label={text.openVisit(name)}
            disabled={busy}
            onClick={() => void visits.open(id)}
          >
            {name}
          </button>
        )}
        <span class="fine">
          <time dateTime={created}>{moment(created)}</time>
          {updated.slice(0, 16) !== created.slice(0, 16) && (
            <>
              {" · "}
              {text.changedAt(moment(updated))}
            </>
          )}
          {!hasNote && ` · ${text.noNote}`}
          {signed && <span class="tag">{text.signed}</span>}
          {visits.openId.value === id && <span class="tag">{text.current}</span>}
        </span>
      </div>
      <div class="row-buttons">
        {!renaming && (
          <button
            type="button"
            class="quiet"
            aria-label={text.renameVisit(name)}
            disabled={busy}
            onClick={() => setRenaming(true)}
          >
            {text.rename}
          </button>
        )}
        <Sure
          label={text.delete}
          name={text.deleteVisit(name)}
          question={text.deleteSure}
          disabled={busy}
          onSure={() => void onRemove([id])}
        />
      </div>
    </li>
  );
}

interface RenameProps {
  title: string;
  name: string;
  /** Null where it was given up. */
  onDone: (title: string | null) => void;
}

function Rename({ title, name, onDone }: RenameProps) {
  const field = useRef<HTMLInputElement>(null);
  const text = texts.visits;
  useEffect(() => field.current?.select(), []);
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        onDone(field.current?.value.trim() ?? null);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault(); // it would close the dialog
        event.stopPropagation();
        onDone(null);
      }}
    >
      <input
        ref={field}
        type="text"
        class="grow"
        autocomplete="off"
        aria-label={text.renameVisit(name)}
        placeholder={text.title}
        defaultValue={title}
      />
      <button type="submit">{text.save}</button>
      <button type="button" onClick={() => onDone(null)}>
        {text.cancel}
      </button>
    </form>
  );
}

const moment = (iso: string): string => formatShortMoment(iso, texts.language);
