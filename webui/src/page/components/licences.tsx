import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";

import type { Session } from "../session.ts";
import { fetchThirdParties, type ThirdParty } from "../site.ts";
import { texts } from "../texts.ts";

/** A button, and the dialog that it opens: licences of the models and of the libraries. */
export function Licences({ session }: { session: Session }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const libraries = useSignal<ThirdParty[] | "loading" | "missing">("loading");
  const open = (): void => {
    dialog.current?.showModal();
    fetchThirdParties().then(
      (list) => (libraries.value = list),
      () => (libraries.value = "missing"),
    );
  };
  const models = session.site.value?.models ?? [];
  return (
    <>
      <button type="button" class="quiet" onClick={open}>
        {texts.licences.open}
      </button>
      <dialog ref={dialog} class="licences" aria-labelledby="licences-heading">
        <div class="pane-head">
          <h2 id="licences-heading">{texts.licences.heading}</h2>
          <button type="button" onClick={() => dialog.current?.close()}>
            {texts.actions.close}
          </button>
        </div>
        <p>
          {texts.licences.page}: {texts.licences.pageLicence}
        </p>
        {models.map(({ name, title, licence }) => (
          <section key={name}>
            <h3>
              {texts.licences.model}: {title}
            </h3>
            <dl>
              {Object.entries(licence).map(([of, text]) => (
                <div key={of}>
                  <dt>{texts.licences.of[of] ?? of}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <h3>{texts.licences.libraries}</h3>
        <Libraries list={libraries.value} />
      </dialog>
    </>
  );
}

function Libraries({ list }: { list: ThirdParty[] | "loading" | "missing" }) {
  if (typeof list === "string") return <p>{texts.licences[list]}</p>;
  return (
    <>
      {list.map(({ name, version, licence, text }) => (
        <details key={name}>
          <summary>
            {name} {version} <span class="licence-name">{licence}</span>
          </summary>
          <pre>{text}</pre>
        </details>
      ))}
    </>
  );
}
