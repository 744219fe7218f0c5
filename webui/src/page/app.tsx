import { Actions } from "./components/actions.tsx";
import { AlertRegion, Notices } from "./components/alerts.tsx";
import { ExportDialog } from "./components/export-dialog.tsx";
import { LogoIcon, ShieldIcon } from "./components/icons.tsx";
import { Licences } from "./components/licences.tsx";
import { ModelOffer, ModelPanel } from "./components/model-panel.tsx";
import { NotePane } from "./components/note-pane.tsx";
import { PrivacyPanel } from "./components/privacy-panel.tsx";
import { StatusBar } from "./components/status-bar.tsx";
import { UpdateNotice } from "./components/update-notice.tsx";
import { VisitPane } from "./components/visit-pane.tsx";
import { VisitsButton, VisitsNotice } from "./components/visits-button.tsx";
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
        <div class="menu">
          <VisitsButton session={session} />
          <PrivacyPanel session={session} />
          <ModelPanel session={session} />
          <Licences session={session} />
        </div>
      </header>
      <main>
        <AlertRegion session={session} />
        <UpdateNotice session={session} />
        <ModelOffer session={session} />
        <Notices session={session} />
        <VisitsNotice visits={session.visits} />
        <div class="panes">
          <VisitPane session={session} />
          <Actions session={session} />
          <NotePane session={session} />
        </div>
      </main>
      <StatusBar session={session} />
      <ExportDialog session={session} />
    </>
  );
}
