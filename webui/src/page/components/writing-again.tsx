import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { MAX_INSTRUCTION } from "../../scribe/errors.ts";
import { SHOWN_TITLES, type ShownKey } from "../../scribe/sections.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { AgainIcon } from "./icons.tsx";

interface SectionNeeds {
  session: Session;
  name: ShownKey;
}

/** Opens the form with which a section is written again. */
export function WriteAgain({ session, name }: SectionNeeds) {
  const { editor, streaming, writing } = session;
  if (streaming.value || editor.locked.value || editor.document.value === null) return null;
  const open = writing.wishing.value === name;
  const label = texts.writing.again.label(SHOWN_TITLES[name]);
  return (
    <button
      type="button"
      id={`again-${name}`}
      class="quiet icon-only write-again"
      aria-label={label}
      title={label}
      aria-expanded={open}
      disabled={session.busy.value}
      onClick={() => writing.wish(open ? null : name)}
    >
      <AgainIcon />
    </button>
  );
}

/** The clinician's wish for a section, under its heading. */
export function Wish({ session, name }: SectionNeeds) {
  const { writing } = session;
  const [text, setText] = useState("");
  if (writing.wishing.value !== name || session.streaming.value) return null;
  return <WishForm session={session} name={name} text={text} setText={setText} />;
}

interface WishNeeds extends SectionNeeds {
  text: string;
  setText: (text: string) => void;
}

function WishForm({ session, name, text, setText }: WishNeeds) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const words = texts.writing.again;
  const ready = session.model.value.phase === "ready";
  const close = (): void => {
    session.writing.wish(null);
    requestAnimationFrame(() => document.getElementById(`again-${name}`)?.focus());
  };
  return (
    <form
      class="wish"
      aria-label={words.label(SHOWN_TITLES[name])}
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready || session.busy.value) return;
        close();
        void session.rewrite(name, text);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <label>
        {words.wish}
        <input
          ref={field}
          type="text"
          autocomplete="off"
          maxLength={MAX_INSTRUCTION}
          placeholder={words.example}
          aria-describedby={`wish-${name}`}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p class="remark" id={`wish-${name}`}>
        {ready ? words.loosely : words.notReady}
      </p>
      <span class="buttons">
        <button type="submit" class="primary" disabled={!ready || session.busy.value}>
          {words.go}
        </button>
        <button type="button" onClick={close}>
          {words.cancel}
        </button>
      </span>
    </form>
  );
}
