import { useState } from "preact/hooks";

import { formatBytes, formatCount } from "../format.ts";
import { keptLanguage } from "../language.ts";
import {
  policyInForce,
  surveyStorage,
  type RequestKind,
  type Requests,
  type StorageSurvey,
} from "../privacy.ts";
import type { Session } from "../session.ts";
import { texts } from "../texts.ts";
import { askServiceWorker } from "../updates.ts";
import { Panel } from "./panel.tsx";

const text = texts.privacy;

interface Findings {
  requests: Requests;
  storage: StorageSurvey;
  /** Whether a service worker serves this page. */
  stored: boolean;
}

/** What has left the page, what is stored, and how to check both. */
export function PrivacyPanel({ session }: { session: Session }) {
  const [found, setFound] = useState<Findings | null>(null);
  const look = async (): Promise<void> => {
    const [worker, report, storage] = await Promise.all([
      session.workerRequests(),
      askServiceWorker(),
      surveyStorage(),
      session.models.refresh(session.site.value?.models ?? []),
    ]);
    const serviceWorker = report?.requests ?? [];
    const requests = session.requests.summary({ worker, serviceWorker });
    setFound({ requests, storage, stored: report !== null });
  };
  const foreign = (found?.requests.foreign.length ?? 0) > 0;
  return (
    <Panel
      label={text.open}
      heading={foreign ? text.foundForeign : text.heading}
      onOpen={() => void look()}
    >
      <p>{text.intro}</p>
      {found && <RequestTable requests={found.requests} />}
      {found && <StorageList storage={found.storage} />}
      {found && <Offline session={session} stored={found.stored} />}
      <section>
        <h3>{text.check}</h3>
        <ol>
          {text.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </section>
      <Policy />
    </Panel>
  );
}

function RequestTable({ requests }: { requests: Requests }) {
  const { own, foreign, refused } = requests;
  return (
    <section>
      <h3>{text.requests}</h3>
      <table>
        <tbody>
          {(Object.keys(text.kinds) as RequestKind[]).map((kind) => (
            <tr key={kind}>
              <th scope="row">{text.kinds[kind]}</th>
              <td>{formatCount(own[kind])}</td>
            </tr>
          ))}
          <tr class="sum">
            <th scope="row">{text.toOthers}</th>
            <td data-foreign>{formatCount(foreign.length)}</td>
          </tr>
          <tr>
            <th scope="row">{text.refused}</th>
            <td>{formatCount(refused.length)}</td>
          </tr>
        </tbody>
      </table>
      {[...foreign, ...refused].map((address) => (
        <p class="caution" key={address}>
          {address}
        </p>
      ))}
      {foreign.length === 0 && <p class="remark">{text.onlyHere(location.origin)}</p>}
    </section>
  );
}

function StorageList({ storage }: { storage: StorageSurvey }) {
  const { files, bytes, databases, tabBytes, lasting } = storage;
  const chosen = keptLanguage() !== null;
  const others = chosen ? lasting - 1 : lasting;
  return (
    <section>
      <h3>{text.storage}</h3>
      <ul>
        <li>{text.stored.files(files, bytes === null ? null : formatBytes(bytes))}</li>
        <li>{text.stored.visits(databases)}</li>
        <li>{text.stored.tab(formatBytes(tabBytes))}</li>
        {chosen && <li>{text.stored.language}</li>}
        {!(chosen && others === 0) && <li>{text.stored.lasting(others)}</li>}
      </ul>
      <p class="remark">{texts.visits.draft}</p>
    </section>
  );
}

function Offline({ session, stored }: { session: Session; stored: boolean }) {
  const { models } = session;
  const state = !stored
    ? text.offlineNotYet
    : models.anyStored.value
      ? text.offlineReady
      : text.offlineModel;
  return (
    <section>
      <h3>{text.offline}</h3>
      <p>{state}</p>
      <p class="remark">{text.forced}</p>
    </section>
  );
}

function Policy() {
  return (
    <section>
      <h3>{text.policy}</h3>
      <p>{text.policyMeaning}</p>
      <ul class="policy">
        {policyInForce().map((rule) => (
          <li key={rule}>
            <code>{rule}</code>
          </li>
        ))}
      </ul>
      <p class="remark">{crossOriginIsolated ? text.isolated : text.notIsolated}</p>
    </section>
  );
}
