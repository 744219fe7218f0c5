import { groupOf, OMISSION_GROUPS, omissionLine } from "../../note/omissions.ts";
import { SHOWN_TITLES } from "../../scribe/sections.ts";
import { keepFocus } from "../note-focus.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { Sources } from "./note-line.tsx";

/** What was said in the visit and is not in the note, each with a button that takes it over. */
export function Omissions({ session }: { session: Session }) {
  const { editor, view } = session;
  const all = (editor.document.value?.omissions ?? []).map((omission, index) => ({
    ...omission,
    index,
  }));
  if (all.length === 0) return null;
  return (
    <section class="omissions" aria-labelledby="omissions-heading">
      <h3 id="omissions-heading">{texts.omissions.heading}</h3>
      {OMISSION_GROUPS.map((group) => {
        const own = all.filter((omission) => groupOf(omission) === group);
        if (own.length === 0) return null;
        return (
          <div key={group} role="group" aria-labelledby={`omissions-${group}`}>
            <h4 id={`omissions-${group}`}>{texts.omissions.groups[group]}</h4>
            <ul>
              {own.map(({ index, text, turns, ...omission }) => {
                const { section } = omissionLine({ text, turns, ...omission }, editor.turns.value);
                return (
                  <li
                    key={`${omission.kind} ${text}`}
                    class="omission"
                    data-turns={turns.join(",")}
                    onPointerEnter={() => view.point(turns)}
                    onPointerLeave={() => view.point(null)}
                    onFocusIn={() => view.focus(turns)}
                    onFocusOut={() => view.focus(null)}
                  >
                    <span class="words">{text}</span>
                    <Sources session={session} turns={turns} />
                    {!editor.locked.value && (
                      <button
                        type="button"
                        class="small"
                        aria-label={texts.omissions.insertText(text, SHOWN_TITLES[section])}
                        onClick={() => {
                          editor.insertOmission(index);
                          keepFocus();
                        }}
                      >
                        {texts.omissions.insert}
                      </button>
                    )}
                  </li>
                );
              })}
            </ul>
          </div>
        );
      })}
    </section>
  );
}
