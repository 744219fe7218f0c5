import { useRef } from "preact/hooks";

import { ACCEPTED } from "../../intake/import.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { FileIcon } from "./icons.tsx";
import { DictateButton, RecorderBar } from "./intake-dictation.tsx";
import { DropZone } from "./intake-drop.tsx";
import { MaskSwitch } from "./intake-mask.tsx";
import { SpeakersBar } from "./intake-speakers.tsx";

/** Files, dictation and masking, above the transcript. */
export function IntakeBar({ session }: { session: Session }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <div class="intake" role="group" aria-label={texts.intake.bar}>
        <button
          type="button"
          id="open-file"
          title={texts.intake.openHint}
          onClick={() => input.current?.click()}
        >
          <FileIcon />
          {texts.intake.open}
        </button>
        <input
          ref={input}
          type="file"
          hidden
          accept={ACCEPTED.join(",")}
          onChange={(event) => {
            const { files } = event.currentTarget;
            void session.intake.open([...(files ?? [])]);
            event.currentTarget.value = ""; // the same file can be opened again
          }}
        />
        <DictateButton session={session} />
        <MaskSwitch session={session} />
      </div>
      <RecorderBar session={session} />
      <DropZone session={session} />
    </>
  );
}

/** Who speaks, and what is to be known of the text; below the transcript. */
export function IntakeFoot({ session }: { session: Session }) {
  const { remarks } = session.intake;
  return (
    <>
      <SpeakersBar session={session} />
      <div class="intake-remarks" aria-live="polite">
        {remarks.value.map((remark) => (
          <p key={remark}>{remark}</p>
        ))}
      </div>
    </>
  );
}
