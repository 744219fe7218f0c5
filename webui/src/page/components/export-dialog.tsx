import { useLayoutEffect, useRef } from "preact/hooks";

import type { ExportAction } from "../exporter.ts";
import { keepFocus } from "../note-focus.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { ReviewStage } from "./export-review.tsx";
import { SignStage } from "./export-sign.tsx";
import { Stage } from "./export-stage.tsx";

/** What clinicians use most goes first. */
const CHOICES = ["docx", "print", "txt", "md", "fhir"] as const;

const actionOf = (choice: (typeof CHOICES)[number]): ExportAction =>
  choice === "print" ? { kind: "print" } : { kind: "file", format: choice };

/**
 * One dialog for the ways to export, the review before it, and the signature. It is the same element
 * throughout, so that the focus goes back to where the first of them was opened.
 */
export function ExportDialog({ session }: { session: Session }) {
  const { exporter } = session;
  const stage = exporter.stage.value;
  const dialogRef = useRef<HTMLDialogElement>(null);
  const open = stage !== null;
  useLayoutEffect(() => {
    const dialog = dialogRef.current;
    if (open && !dialog?.open) dialog?.showModal();
    else if (!open && dialog?.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={dialogRef}
      class="panel export"
      aria-labelledby="export-heading"
      onClose={() => {
        exporter.close();
        keepFocus(); // what opened it may be gone
      }}
    >
      {stage?.kind === "menu" && <MenuStage session={session} />}
      {stage?.kind === "review" && <ReviewStage session={session} stage={stage} />}
      {stage?.kind === "sign" && <SignStage session={session} />}
    </dialog>
  );
}

function MenuStage({ session }: { session: Session }) {
  const { editor, exporter } = session;
  const text = texts.export;
  const document = exporter.document();
  const undecided = editor.locked.value ? 0 : editor.open.value.length;
  return (
    <Stage session={session} heading={text.heading}>
      <p class={editor.locked.value ? "export-state signed" : "export-state"}>
        {document?.statement}
      </p>
      {undecided > 0 && <p class="remark">{text.undecided(undecided)}</p>}
      <label class="export-title">
        {text.title}
        <input
          type="text"
          maxLength={200}
          autocomplete="off"
          aria-describedby="export-title-remark"
          value={session.title.value}
          onInput={(event) => exporter.entitle(event.currentTarget.value)}
        />
      </label>
      <p class="remark" id="export-title-remark">
        {text.titleRemark}
      </p>
      <ul class="export-formats">
        {CHOICES.map((choice) => (
          <li key={choice}>
            <button type="button" onClick={() => exporter.ask(actionOf(choice))}>
              <strong>{text.formats[choice].label}</strong>{" "}
              <span>{text.formats[choice].remark}</span>
            </button>
          </li>
        ))}
      </ul>
    </Stage>
  );
}
