import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";

import { texts } from "../texts.ts";

interface PanelProps {
  /** Of the button that opens it. */
  label: string;
  heading: string;
  /** Runs each time it is opened. */
  onOpen?: () => void;
  children: ComponentChildren;
}

/** A button and the dialog that it opens; what is in it exists only while it is open. */
export function Panel({ label, heading, onOpen, children }: PanelProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <button
        type="button"
        class="quiet"
        aria-haspopup="dialog"
        onClick={() => {
          setOpen(true);
          dialog.current?.showModal();
          onOpen?.();
        }}
      >
        {label}
      </button>
      <dialog
        ref={dialog}
        class="panel"
        aria-labelledby={id}
        onClose={() => setOpen(false)}
        onClick={(event) => event.target === dialog.current && dialog.current?.close()}
      >
        {open && (
          <div class="panel-body">
            <div class="pane-head">
              <h2 id={id}>{heading}</h2>
              <button type="button" onClick={() => dialog.current?.close()}>
                {texts.actions.close}
              </button>
            </div>
            {children}
          </div>
        )}
      </dialog>
    </>
  );
}
