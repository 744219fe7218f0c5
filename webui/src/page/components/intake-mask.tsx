import type { Mask, MaskKind } from "../../intake/mask.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { Panel } from "./panel.tsx";

const KINDS = Object.keys(texts.intake.previewKind) as MaskKind[];

/** Masking on and off, and what it does with this visit. */
export function MaskSwitch({ session }: { session: Session }) {
  const { masking, intake } = session;
  return (
    <span class="mask">
      <label class="switch" title={texts.intake.maskHint}>
        <input
          type="checkbox"
          role="switch"
          id="mask-names"
          checked={masking.value || intake.loadingMask.value}
          disabled={intake.loadingMask.value || session.busy.value}
          onChange={(event) => void intake.setMasking(event.currentTarget.checked)}
        />
        {texts.intake.mask}
      </label>
      {masking.value && (
        <Panel label={texts.intake.preview} heading={texts.intake.preview}>
          <Preview session={session} />
        </Panel>
      )}
    </span>
  );
}

function Preview({ session }: { session: Session }) {
  const masks = session.intake.preview()?.masks ?? [];
  return (
    <>
      <p>{texts.intake.maskHint}</p>
      <p class="remark">{texts.intake.previewIntro}</p>
      {masks.length === 0 && <p>{texts.intake.previewNone}</p>}
      {KINDS.map((kind) => (
        <Kind key={kind} kind={kind} masks={masks.filter((mask) => mask.kind === kind)} />
      ))}
    </>
  );
}

function Kind({ kind, masks }: { kind: MaskKind; masks: readonly Mask[] }) {
  if (masks.length === 0) return null;
  return (
    <section>
      <h3>{texts.intake.previewKind[kind]}</h3>
      <ul class="masks">
        {masks.map(({ placeholder, value, count }) => (
          <li key={placeholder}>
            <code>{placeholder}</code> {texts.intake.standsFor} <q>{value}</q>{" "}
            <span class="mask-count">{texts.intake.times(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
