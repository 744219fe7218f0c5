import type { Suggestion } from "../../coding/suggest.ts";
import { copyText } from "../clipboard.ts";
import { focusLine } from "../note-focus.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { Panel } from "./panel.tsx";

const text = texts.writing.codes;

/** Suggested codes, each with the line that it comes from. */
export function Coding({ session }: { session: Session }) {
  const { writing } = session;
  const codes = writing.codes.value;
  return (
    <Panel label={text.open} heading={text.heading} onOpen={() => void writing.lookUp()}>
      <p>{text.remark}</p>
      <div aria-live="polite">
        {codes === "looking" && <p>{text.looking}</p>}
        {codes === "failed" && <p class="caution">{text.failed}</p>}
        {Array.isArray(codes) && codes.length === 0 && <p>{text.none}</p>}
      </div>
      {Array.isArray(codes) && codes.length > 0 && (
        <>
          <ul class="codes">
            {codes.map((each) => (
              <CodeItem key={each.code} session={session} suggestion={each} />
            ))}
          </ul>
          <button type="button" onClick={() => void copyText(listOf(codes))}>
            {text.copy}
          </button>
        </>
      )}
    </Panel>
  );
}

const listOf = (codes: readonly Suggestion[]): string =>
  codes.map(({ code, title }) => `${code} ${title}`).join("\n");

function CodeItem({ session, suggestion }: { session: Session; suggestion: Suggestion }) {
  const { code, title, complete, line } = suggestion;
  const lines = session.editor.document.value?.lines ?? [];
  const source = lines.find(({ id }) => id === line);
  return (
    <li data-code={code} data-line-of={line}>
      <strong>{code}</strong> {title}
      {!complete && <span class="incomplete"> ({text.incomplete})</span>}
      {source && (
        <p class="from">
          {text.from}{" "}
          <button
            type="button"
            class="link"
            onClick={(event) => {
              event.currentTarget.closest("dialog")?.close();
              focusLine(line);
            }}
          >
            {source.text}
          </button>
        </p>
      )}
    </li>
  );
}
