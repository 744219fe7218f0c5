import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { Session } from "../session.ts";
import { texts } from "../texts.ts";

interface StageProps {
  session: Session;
  heading: string;
  /** Whether the heading takes the focus, so that it is read first. */
  first?: boolean;
  children: ComponentChildren;
}

/** The frame of a stage. */
export function Stage({ session, heading, first = true, children }: StageProps) {
  const headingRef = useRef<HTMLHeadingElement>(null);
  // After the dialog has opened, which places the focus by itself.
  useEffect(() => {
    if (first) headingRef.current?.focus();
  }, [first, heading]);
  return (
    <div class="panel-body">
      <div class="pane-head">
        <h2 id="export-heading" ref={headingRef} tabIndex={-1}>
          {heading}
        </h2>
        <button type="button" onClick={() => session.exporter.close()}>
          {texts.actions.close}
        </button>
      </div>
      {children}
    </div>
  );
}
