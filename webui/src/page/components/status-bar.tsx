import { chooseLanguage, language, LANGUAGES, type Language } from "../language.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { EngineSelect } from "./engine-choice.tsx";

/** What goes on, which engine and model run, and the choice between them. */
export function StatusBar({ session }: { session: Session }) {
  const model = session.model.value;
  const chosen = session.chosenModel.value;
  const models = session.site.value?.models ?? [];
  const expected = session.pace.estimate();
  const busy = session.work.value.phase === "reading" || session.work.value.phase === "writing";
  return (
    <footer class="status-bar">
      <p role="status" class="status">
        <span class={`lamp lamp-${busy ? "busy" : model.phase}`} aria-hidden="true" />
        <span>{session.status}</span>
        {model.phase === "ready" && (
          <span class="engine">
            {" "}
            <span class="separator">·</span> {texts.status.engine(model.info)}
            {expected !== null && `, ${texts.models.expected(expected)}`}
          </span>
        )}
        {chosen && (
          <span class="model">
            {" "}
            <span class="separator">·</span> {chosen.title}
          </span>
        )}
        {chosen?.testModel && (
          <strong class="badge" title={texts.engine.testMeaning}>
            {texts.engine.test}
          </strong>
        )}
      </p>
      <div class="choices">
        {models.length > 1 && (
          <label>
            {texts.engine.model}{" "}
            <select
              value={session.modelName.value ?? ""}
              onChange={(event) => session.choose({ model: event.currentTarget.value })}
            >
              {models.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        )}
        <EngineSelect session={session} label={texts.engine.label} />
        <label title={texts.languages.remark}>
          {texts.languages.label}{" "}
          <select
            value={language.value}
            onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}
          >
            {LANGUAGES.map((name) => (
              <option key={name} value={name} lang={name}>
                {texts.languages.names[name]}
              </option>
            ))}
          </select>
        </label>
      </div>
    </footer>
  );
}
