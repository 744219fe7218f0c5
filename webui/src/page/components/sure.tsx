import { useEffect, useRef, useState } from "preact/hooks";

import { texts } from "../texts.ts";

interface SureProps {
  label: string;
  /** The label for screen readers, where the visible one alone does not tell what it is about. */
  name?: string;
  question: string;
  disabled?: boolean;
  onSure: () => void;
}

/** A button that asks in its place before it does what cannot be undone. */
export function Sure({ label, name, question, disabled = false, onSure }: SureProps) {
  const [asking, setAsking] = useState(false);
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking) no.current?.focus();
  }, [asking]);
  if (!asking) {
    return (
      <button
        type="button"
        class="danger"
        aria-label={name}
        disabled={disabled}
        onClick={() => setAsking(true)}
      >
        {label}
      </button>
    );
  }
  return (
    <span class="sure" role="group" aria-label={question}>
      <span>{question}</span>
      <button
        type="button"
        class="danger"
        onClick={() => {
          setAsking(false);
          onSure();
        }}
      >
        {label}
      </button>
      <button type="button" ref={no} onClick={() => setAsking(false)}>
        {texts.visits.cancel}
      </button>
    </span>
  );
}
