import { useEffect, useRef, useState } from "preact/hooks";

import type { NoteLine } from "../../note/types.ts";
import { SHOWN_TITLES } from "../../scribe/sections.ts";
import type { ExportStage } from "../exporter.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { Stage } from "./export-stage.tsx";
import { WarningIcon } from "./icons.tsx";

type Review = Extract<ExportStage, { kind: "review" }>;

/** Goes through the marked lines one by one; only when none is left the export goes on. */
export function ReviewStage({ session, stage }: { session: Session; stage: Review }) {
  const { exporter } = session;
  const text = texts.export.review;
  const left = exporter.undecided.value;
  const line = left[0];
  const none = line === undefined;
  const leftRef = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (none) leftRef.current?.focus(); // what had the focus is gone
  }, [none]);
  return (
    <Stage session={session} heading={text.heading} first={false}>
      <p>{text.why[stage.action.kind]}</p>
      <p class="review-left" aria-live="polite" ref={leftRef} tabIndex={-1}>
        {line ? text.left(left.length) : exporter.reviewed.value ? text.none : text.checking}
      </p>
      {line && <LineReview key={`${line.id} ${line.text}`} session={session} line={line} />}
      {none && exporter.reviewed.value && (
        <GoOn label={text.goOn[stage.action.kind]} onClick={() => exporter.proceed()} />
      )}
    </Stage>
  );
}

/** Browsers let a page write the clipboard for a moment after a click; where that is over. */
function GoOn({ label, onClick }: { label: string; onClick: () => void }) {
  const buttonRef = useRef<HTMLButtonElement>(null);
  useEffect(() => buttonRef.current?.focus(), []);
  return (
    <p class="buttons">
      <button type="button" class="primary" ref={buttonRef} onClick={onClick}>
        {label}
      </button>
    </p>
  );
}

/** A marked line with the reason and what the visit says, and the three ways to decide. */
function LineReview({ session, line }: { session: Session; line: NoteLine }) {
  const { exporter } = session;
  const text = texts.export.review;
  const [correcting, setCorrecting] = useState(false);
  const groupRef = useRef<HTMLDivElement>(null);
  useEffect(() => groupRef.current?.focus(), []);
  return (
    <div
      class="review-line"
      role="group"
      ref={groupRef}
      tabIndex={-1}
      aria-labelledby="review-section review-text"
      aria-describedby="review-reason"
      data-line={line.id}
    >
      <h3 id="review-section">{SHOWN_TITLES[line.section]}</h3>
      {correcting ? (
        <Correction
          text={line.text}
          onSave={(words) => exporter.decide(line, { text: words })}
          onCancel={() => {
            setCorrecting(false);
            groupRef.current?.focus();
          }}
        />
      ) : (
        <p class="review-text" id="review-text">
          {line.text}
        </p>
      )}
      <p class="review-reason" id="review-reason">
        <WarningIcon />
        <span>{texts.lines.unsupported(line.check?.reason ?? "", false)}</span>
      </p>
      <Said session={session} line={line} />
      {!correcting && (
        <p class="buttons">
          <button type="button" onClick={() => exporter.decide(line, "keep")}>
            {text.keep}
          </button>
          <button type="button" onClick={() => setCorrecting(true)}>
            {text.correct}
          </button>
          <button type="button" onClick={() => exporter.decide(line, "remove")}>
            {text.remove}
          </button>
        </p>
      )}
    </div>
  );
}

/** The turns that speak of what the line says, and those that say otherwise. */
function Said({ session, line }: { session: Session; line: NoteLine }) {
  const all = session.editor.turns.value;
  const { turns = [], contradicting = [] } = line.check ?? {};
  const shown = [...new Set([...contradicting, ...turns])].sort((a, b) => a - b);
  const text = texts.export.review;
  if (shown.length === 0) return <p class="remark">{text.nothingSaid}</p>;
  return (
    <>
      <p class="remark" id="review-said">
        {text.said}
      </p>
      <ol class="review-turns" aria-labelledby="review-said">
        {shown.map((turn) => (
          <li key={turn}>
            <span class="turn-head">
              {texts.lines.turn(turn + 1)}
              {all[turn]?.speaker ? ` · ${all[turn].speaker}` : ""}
            </span>{" "}
            <q>{all[turn]?.text ?? ""}</q>
          </li>
        ))}
      </ol>
    </>
  );
}

interface CorrectionProps {
  text: string;
  onSave: (text: string) => void;
  onCancel: () => void;
}

function Correction({ text, onSave, onCancel }: CorrectionProps) {
  const areaRef = useRef<HTMLTextAreaElement>(null);
  useEffect(() => areaRef.current?.focus(), []);
  const words = texts.export.review;
  const save = (): void => {
    const wanted = areaRef.current?.value.trim() ?? text;
    // The same words are no correction: whether they stay is for 'keep' to say.
    if (wanted === text) onCancel();
    else onSave(wanted);
  };
  return (
    <>
      <textarea
        id="review-text"
        ref={areaRef}
        rows={3}
        aria-label={words.corrected}
        defaultValue={text}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === "Escape") onCancel();
          else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <p class="buttons">
        <button type="button" class="primary" onClick={save}>
          {words.save}
        </button>
        <button type="button" onClick={onCancel}>
          {words.cancel}
        </button>
      </p>
    </>
  );
}
