import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import type { Session } from "../session.ts";
import { texts } from "../texts.ts";

interface StageProps {
  session: Session;
  heading: string;
  children: ComponentChildren;
}

/** A stage's frame; its heading takes the focus, so that it is read first. */
export function Stage({ session, heading, children }: StageProps) {
  const headingRef = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => headingRef.current?.focus(), [heading]);
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
