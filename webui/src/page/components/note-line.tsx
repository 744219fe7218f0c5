import type { ComponentChildren } from "preact";

import { readLead } from "../../note/lines.ts";
import type { Verdict } from "../../scribe/checks/types.ts";
import type { NoteLine } from "../../note/types.ts";
import { SHOWN_TITLES } from "../../scribe/sections.ts";
import { focusAfter, focusLine, focusNeighbour } from "../note-focus.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { WarningIcon } from "./icons.tsx";
import { LineEditor } from "./line-editor.tsx";

interface LineNeeds {
  session: Session;
  line: NoteLine;
}

/** A line of the note's text, with the heading or list marker that stands in front of it. */
export function PlacedLineItem({ session, line, lead }: LineNeeds & { lead: string }) {
  const { headings, marker, breaks } = readLead(lead);
  const { editor } = session;
  const bullet = /^[-–—*·▪◦‣•]+$/.test(marker) ? "•" : marker;
  return (
    <li class={`item after-${breaks}`} data-line={line.id}>
      {headings.map((heading) => (
        <h4 key={heading}>{heading.replace(/:$/, "")}</h4>
      ))}
      <div class="marked">
        {bullet !== "" && (
          <span class="marker" aria-hidden="true">
            {bullet}
          </span>
        )}
        {editor.editing.value === line.id ? (
          <LineEditor
            text={line.text}
            label={texts.lines.editing(SHOWN_TITLES[line.section])}
            onSave={(text, by) => {
              editor.stopEditing(line.id);
              if (text.trim() === "") focusAfter(line.id);
              editor.edit(line.id, text);
              if (by === "keys" && text.trim() !== "") focusLine(line.id);
            }}
            onCancel={() => {
              editor.stopEditing(line.id);
              focusLine(line.id);
            }}
          />
        ) : (
          <LineBox session={session} line={line}>
            {!editor.locked.value && <Tools session={session} line={line} />}
          </LineBox>
        )}
      </div>
    </li>
  );
}

/** A line that the visit does not hold: it stands below the note until somebody puts it in. */
export function ApartLineItem({ session, line }: LineNeeds) {
  return (
    <li class="item" data-line={line.id}>
      <LineBox session={session} line={line}>
        {!session.editor.locked.value && (
          <button
            type="button"
            class="small"
            aria-label={texts.lines.putInLine(line.text)}
            onClick={() => {
              session.editor.putIn(line.id);
              focusLine(line.id);
            }}
          >
            {texts.lines.putIn}
          </button>
        )}
      </LineBox>
    </li>
  );
}

/** The words with their mark; pointing at it or focusing it lights up its turns in the visit. */
function LineBox({ session, line, children }: LineNeeds & { children: ComponentChildren }) {
  const { view, editor } = session;
  const support = line.check?.verdict ?? "unchecked";
  const turns = line.check?.turns ?? [];
  // What the visit says instead stands beside a line that it does not hold.
  const heard = [...new Set([...turns, ...(line.check?.contradicting ?? [])])];
  const placed = line.place === "note";
  const edit = (): void => {
    if (placed) editor.startEditing(line.id);
  };
  return (
    <div
      id={line.id}
      class={`line ${support}${line.kept ? " kept" : ""}`}
      role="group"
      tabIndex={0}
      aria-labelledby={`${line.id}-words`}
      aria-describedby={`${line.id}-mark`}
      data-support={support}
      data-turns={turns.join(",")}
      data-place={line.place}
      onPointerEnter={() => view.point(heard)}
      onPointerLeave={() => view.point(null)}
      onFocusIn={() => view.focus(heard)}
      onFocusOut={() => view.focus(null)}
      onClick={(event) => {
        if (!(event.target as Element).closest("button")) view.show(heard[0]);
      }}
      onDblClick={edit}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget) return;
        if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) edit();
        else if (event.key === "ArrowDown") focusNeighbour(line.id, 1);
        else if (event.key === "ArrowUp") focusNeighbour(line.id, -1);
        else return;
        event.preventDefault();
      }}
    >
      <span class="words" lang="en" id={`${line.id}-words`}>
        {line.text}
      </span>
      <Mark line={line} />
      <div class="more">
        <Sources session={session} turns={heard} support={support} />
        {placed && children}
      </div>
      {!placed && children}
    </div>
  );
}

/** What the checks say in words: to see where a line is marked, to hear for each line. */
function Mark({ line }: { line: NoteLine }) {
  const verdict = line.check?.verdict ?? "unchecked";
  const marked = verdict === "unsupported";
  const words = marked
    ? texts.lines.unsupported(
        line.check?.reason ?? "",
        line.place === "apart" ? "apart" : line.kept,
      )
    : texts.lines.verdicts[verdict];
  return (
    <span class={marked ? "mark" : "sr-only"} id={`${line.id}-mark`}>
      {marked && <WarningIcon />}
      <span>{words}</span>
    </span>
  );
}

/** The turns behind a line, each a button that brings it into sight. */
export function Sources({
  session,
  turns,
  support = "supported",
}: {
  session: Session;
  turns: readonly number[];
  support?: Verdict;
}) {
  if (turns.length === 0) return null;
  const all = session.editor.turns.value;
  return (
    <span class="sources">
      {texts.lines.sources[support]}
      {turns.map((turn) => (
        <button
          type="button"
          class="link source"
          key={turn}
          aria-label={texts.lines.showTurn(turn + 1, all[turn]?.speaker ?? "")}
          onClick={() => session.view.show(turn, true)}
        >
          {texts.lines.turn(turn + 1)}
        </button>
      ))}
      <q class="quote">{all[turns[0] ?? -1]?.text ?? ""}</q>
    </span>
  );
}

function Tools({ session, line }: LineNeeds) {
  const { editor } = session;
  return (
    <span class="tools">
      <button type="button" class="small" onClick={() => editor.startEditing(line.id)}>
        {texts.lines.edit}
      </button>
      <button
        type="button"
        class="small"
        onClick={() => {
          focusAfter(line.id);
          editor.remove(line.id);
        }}
      >
        {texts.lines.remove}
      </button>
      {line.check?.verdict === "unsupported" && (
        <button type="button" class="small" onClick={() => editor.keep(line.id, !line.kept)}>
          {line.kept ? texts.lines.mark : texts.lines.keep}
        </button>
      )}
    </span>
  );
}
