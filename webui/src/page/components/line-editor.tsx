import { useLayoutEffect, useRef } from "preact/hooks";

interface Needs {
  text: string;
  label: string;
  /** `by`: how it ended, since only keys leave the focus to be placed. */
  onSave: (text: string, by: "keys" | "blur") => void;
  onCancel: () => void;
}

/** A text box that grows with its text. Ctrl+Enter or leaving it saves, Escape leaves all as it was. */
export function LineEditor({ text, label, onSave, onCancel }: Needs) {
  const areaRef = useRef<HTMLTextAreaElement>(null);
  const endedRef = useRef(false);
  const grow = (): void => {
    const box = areaRef.current;
    if (!box) return;
    box.style.blockSize = "auto";
    box.style.blockSize = `${box.scrollHeight + 2}px`; // its border
  };
  useLayoutEffect(() => {
    grow();
    areaRef.current?.focus();
    areaRef.current?.setSelectionRange(text.length, text.length);
  }, [text]);
  const end = (then: () => void): void => {
    if (endedRef.current) return;
    endedRef.current = true;
    then();
  };
  const save = (by: "keys" | "blur"): void => end(() => onSave(areaRef.current?.value ?? text, by));
  return (
    <textarea
      ref={areaRef}
      class="line-editor"
      rows={1}
      aria-label={label}
      defaultValue={text}
      onInput={grow}
      onBlur={() => save("blur")}
      onKeyDown={(event) => {
        if (event.isComposing) return;
        // These keys mean something else outside: write the note, stop it, undo in the note.
        event.stopPropagation();
        if (event.key === "Escape") {
          event.preventDefault();
          end(onCancel);
        } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          save("keys");
        }
      }}
    />
  );
}
