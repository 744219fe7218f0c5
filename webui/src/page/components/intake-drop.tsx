import { useEffect } from "preact/hooks";

import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { FileIcon } from "./icons.tsx";

/**
 * Files dropped anywhere on the page are read into the visit, since a browser would leave the page
 * for a file that nobody takes. Pasted files and recorders' texts are read as well.
 */
export function DropZone({ session }: { session: Session }) {
  const { intake } = session;
  useEffect(() => {
    const stop = new AbortController();
    const listen = { signal: stop.signal };
    let depth = 0;
    const leave = (): void => {
      depth = 0;
      intake.setDragging(false);
    };
    addEventListener(
      "dragenter",
      (event) => {
        if (!carriesFiles(event.dataTransfer)) return;
        depth += 1;
        intake.setDragging(!inDialog(event));
      },
      listen,
    );
    addEventListener(
      "dragleave",
      (event) => {
        if (carriesFiles(event.dataTransfer) && --depth <= 0) leave();
      },
      listen,
    );
    addEventListener(
      "dragover",
      (event) => {
        if (carriesFiles(event.dataTransfer)) event.preventDefault();
      },
      listen,
    );
    addEventListener(
      "drop",
      (event) => {
        leave();
        if (!carriesFiles(event.dataTransfer)) return;
        event.preventDefault();
        if (!inDialog(event)) void intake.open([...(event.dataTransfer?.files ?? [])]);
      },
      listen,
    );
    addEventListener(
      "paste",
      (event) => {
        const { target, clipboardData } = event;
        if (inDialog(event) || !(target instanceof Element)) return;
        const files = [...(clipboardData?.files ?? [])];
        const text = clipboardData?.getData("text/plain") ?? "";
        const elsewhere = target.closest("input, textarea, [contenteditable]");
        const here = target.id === "transcript";
        if (files.length > 0 && text === "" && (here || !elsewhere)) {
          event.preventDefault();
          void intake.open(files);
        } else if (here && text !== "") {
          setTimeout(() => intake.pasted(text)); // once the text box has taken it
        }
      },
      listen,
    );
    return () => stop.abort();
  }, [intake]);
  if (!intake.dragging.value) return null;
  return (
    <div class="drop-zone" aria-hidden="true">
      <FileIcon />
      {texts.intake.drop}
    </div>
  );
}

function carriesFiles(data: DataTransfer | null): boolean {
  return data?.types.includes("Files") ?? false;
}

function inDialog({ target }: Event): boolean {
  return target instanceof Element && target.closest("dialog") !== null;
}
