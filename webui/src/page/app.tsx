import { Actions } from "./components/actions.tsx";
import { AlertRegion, Notices } from "./components/alerts.tsx";
import { LogoIcon, ShieldIcon } from "./components/icons.tsx";
import { Licences } from "./components/licences.tsx";
import { NotePane } from "./components/note-pane.tsx";
import { StatusBar } from "./components/status-bar.tsx";
import { VisitPane } from "./components/visit-pane.tsx";
import type { Session } from "./session.ts";
import { texts } from "./texts.ts";

/**
 * The whole page. The build renders it once for an untouched session, as the HTML that stands there
 * before any script runs; the browser takes that HTML over.
 */
export function App({ session }: { session: Session }) {
  return (
    <>
      <a class="skip" href="#transcript">
        {texts.skip}
      </a>
      <header class="top">
        <h1>
          <LogoIcon />
          {texts.title}
        </h1>
        <p class="promise">
          <ShieldIcon />
          {texts.promise}
        </p>
        <Licences session={session} />
      </header>
      <main>
        <AlertRegion session={session} />
        <Notices session={session} />
        <div class="panes">
          <VisitPane session={session} />
          <Actions session={session} />
          <NotePane session={session} />
        </div>
      </main>
      <StatusBar session={session} />
    </>
  );
}
