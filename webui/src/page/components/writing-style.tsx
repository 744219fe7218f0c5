import { PLACEHOLDERS } from "../../style/index.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { Panel } from "./panel.tsx";

const text = texts.writing.style;

/** Chooses among the styles. */
export function StyleSelect({ session }: { session: Session }) {
  const { writing } = session;
  return (
    <label class="style-select">
      {text.label}{" "}
      <select
        value={writing.style.value}
        onChange={(event) => writing.choose(event.currentTarget.value)}
      >
        {writing.choices.value.map((id) => (
          <option key={id} value={id}>
            {text.names[id] ?? id}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The note in its style, with the clinician's own template and notes to learn from. */
export function StylePanel({ session }: { session: Session }) {
  const { writing } = session;
  const preview = writing.preview.value;
  return (
    <Panel label={text.open} heading={text.heading}>
      <p>{text.remark}</p>
      <StyleSelect session={session} />
      <section aria-labelledby="style-preview">
        <h3 id="style-preview">{text.preview}</h3>
        {/* Long notes scroll inside, for the keyboard too. */}
        <pre class="preview" tabIndex={0} aria-labelledby="style-preview">
          {preview === "" ? text.empty : preview}
        </pre>
      </section>
      <OwnTemplate session={session} />
      <Examples session={session} />
    </Panel>
  );
}

function OwnTemplate({ session }: { session: Session }) {
  const { writing } = session;
  const errors = writing.templateErrors.value;
  const placeholders = PLACEHOLDERS.join(", ");
  return (
    <section>
      <h3 id="own-template">{text.own}</h3>
      <p class="remark" id="own-remark">
        {text.ownRemark(placeholders)}
      </p>
      <textarea
        rows={7}
        aria-labelledby="own-template"
        aria-describedby="own-remark own-errors"
        aria-invalid={errors.length > 0}
        spellcheck={false}
        placeholder={text.example}
        value={writing.template.value}
        onInput={(event) => writing.typeTemplate(event.currentTarget.value)}
      />
      <div id="own-errors" role="alert">
        {errors.length > 0 && (
          <ul class="caution">
            {errors.map(({ line, code, name }, i) => (
              <li key={i}>
                {text.line(line)}
                {text.errors[code](name)}
              </li>
            ))}
          </ul>
        )}
      </div>
      <button type="button" onClick={() => writing.useTemplate()}>
        {text.use}
      </button>
    </section>
  );
}

function Examples({ session }: { session: Session }) {
  const { writing } = session;
  const learned = writing.learned.value;
  return (
    <section>
      <h3 id="learn-style">{text.learn}</h3>
      <p class="remark" id="learn-remark">
        {text.learnRemark}
      </p>
      <textarea
        rows={5}
        aria-label={text.learnField}
        aria-describedby="learn-remark"
        spellcheck={false}
        value={writing.examples.value}
        onInput={(event) => writing.typeExamples(event.currentTarget.value)}
      />
      <button type="button" onClick={() => writing.learn()}>
        {text.learnGo}
      </button>
      <div aria-live="polite">
        {writing.nothingLearned.value && <p class="remark">{text.nothingLearned}</p>}
        {learned && (
          <>
            <p class="remark">
              {text.learnedWhat(
                learned.headings.join(", "),
                text.forms[learned.style.form],
                (learned.style.capitals ? text.capitals : "") +
                  (learned.style.shortVitals ? text.vitals : ""),
              )}
            </p>
            {learned.unknown.length > 0 && (
              <p class="remark">{text.unknownHeadings(learned.unknown.join(", "))}</p>
            )}
          </>
        )}
      </div>
    </section>
  );
}
