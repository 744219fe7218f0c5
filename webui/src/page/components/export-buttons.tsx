import { SHOWN_TITLES, type ShownKey } from "../../scribe/sections.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { CheckIcon, CopyIcon, SaveIcon, SignIcon } from "./icons.tsx";

/** Copies the whole note, or opens the ways to export and to sign it. */
export function ExportButtons({ session }: { session: Session }) {
  const { editor, exporter } = session;
  const disabled = editor.text.value === "" || session.busy.value || exporter.making.value;
  const copied = session.outcome.value?.kind === "copied";
  return (
    <>
      <button
        type="button"
        id="copy"
        disabled={disabled}
        onClick={() => exporter.ask({ kind: "copy", section: null })}
      >
        {copied ? <CheckIcon /> : <CopyIcon />}
        {texts.actions.copy}
      </button>
      <button
        type="button"
        id="export"
        aria-haspopup="dialog"
        disabled={disabled}
        onClick={() => exporter.openMenu()}
      >
        <SaveIcon />
        {texts.export.open}
      </button>
      {!editor.locked.value && (
        <button
          type="button"
          id="sign"
          aria-haspopup="dialog"
          disabled={disabled}
          onClick={() => exporter.ask({ kind: "sign" })}
        >
          <SignIcon />
          {texts.export.sign.open}
        </button>
      )}
    </>
  );
}

/** Copies one section. */
export function CopySection({ session, name }: { session: Session; name: ShownKey }) {
  const { editor, exporter, streaming } = session;
  const section = editor.sections.value.find(({ key }) => key === name);
  if (!section?.text || streaming.value) return null;
  const label = texts.export.copySection(SHOWN_TITLES[name]);
  return (
    <button
      type="button"
      class="quiet icon-only copy-section"
      aria-label={label}
      title={label}
      disabled={session.busy.value}
      onClick={() => exporter.ask({ kind: "copy", section: name })}
    >
      <CopyIcon />
    </button>
  );
}
