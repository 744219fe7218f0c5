import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { formatBytes } from "../format.ts";
import type { Hold } from "../models.ts";
import type { Session } from "../session.ts";
import type { SiteModel } from "../site.ts";
import { texts } from "../texts.ts";
import { EngineSelect } from "./engine-choice.tsx";
import { Panel } from "./panel.tsx";

const text = texts.models;

/** The site's models, the engine, the time that a note takes, and the room on this device. */
export function ModelPanel({ session }: { session: Session }) {
  const models = session.site.value?.models ?? [];
  return (
    <Panel
      label={text.open}
      heading={text.heading}
      onOpen={() => void session.models.refresh(models)}
    >
      <p>{text.intro}</p>
      <ul class="models">
        {models.map((model) => (
          <Model key={model.name} session={session} model={model} />
        ))}
      </ul>
      <Engine session={session} />
      <Time session={session} />
      <Storage session={session} />
    </Panel>
  );
}

function Model({ session, model }: { session: Session; model: SiteModel }) {
  const [removed, setRemoved] = useState(false);
  const { models } = session;
  const stored = models.stored.value.get(model.name);
  const chosen = session.modelName.value === model.name;
  const { phase } = session.model.value;
  const running = chosen && phase === "ready";
  const loading = chosen && ["opening", "downloading", "reading", "starting"].includes(phase);
  const begun = stored !== undefined && stored.bytes > 0;
  const load = (): void => {
    setRemoved(false);
    if (chosen) void session.load();
    else session.choose({ model: model.name });
  };
  return (
    <li>
      <h3>
        {model.title}
        {model.testModel && <strong class="badge">{texts.engine.test}</strong>}
      </h3>
      <dl>
        <Row term={text.size}>{formatBytes(model.bytes)}</Row>
        {typeof model.memory === "number" && (
          <Row term={text.memory}>
            {formatBytes(model.memory)}
            {!models.fits(model) && <span class="caution"> {text.tooBig}</span>}
          </Row>
        )}
        <Row term={text.state}>{stateOf(session, model)}</Row>
      </dl>
      <div aria-live="polite">{removed && <p>{text.removed}</p>}</div>
      <p class="buttons">
        {phase === "downloading" && chosen ? (
          <button type="button" onClick={() => session.cancelLoad()}>
            {text.cancel}
          </button>
        ) : (
          !running &&
          !loading && (
            <button type="button" onClick={load}>
              {models.isStored(model)
                ? text.use
                : begun
                  ? text.goOn(formatBytes(models.bytesToLoad(model)))
                  : text.download(formatBytes(model.bytes))}
            </button>
          )
        )}
        {begun && !loading && (
          <button
            type="button"
            onClick={() => void session.removeModel(model).then(() => setRemoved(true))}
          >
            {text.remove}
          </button>
        )}
      </p>
    </li>
  );
}

function stateOf(session: Session, model: SiteModel): string {
  const state = session.model.value;
  const { states } = text;
  const stored = session.models.stored.value.get(model.name);
  if (session.modelName.value === model.name) {
    if (state.phase === "ready") return states.running(texts.status.engine(state.info));
    if (state.phase === "downloading") {
      return texts.progress.downloading(state.done, state.total, state.left, state.speed);
    }
    if (state.phase !== "failed" && state.phase !== "absent") return states.loading;
  }
  if (session.models.isStored(model)) return states.stored;
  if (!stored?.bytes) return states.absent;
  return states.partly(formatBytes(stored.bytes), formatBytes(stored.totalBytes));
}

function Engine({ session }: { session: Session }) {
  const most = navigator.hardwareConcurrency || 1;
  return (
    <section>
      <h3>{text.engine}</h3>
      <div class="choices">
        <EngineSelect session={session} label={text.engine} />
        {crossOriginIsolated && most > 1 && (
          <label>
            {text.threads}{" "}
            <select
              value={String(session.threads.value ?? "")}
              onChange={({ currentTarget: { value } }) =>
                session.choose({ threads: value === "" ? undefined : Number(value) })
              }
            >
              <option value="">{text.allThreads(most)}</option>
              {Array.from({ length: most }, (_, i) => (
                <option key={i} value={String(i + 1)}>
                  {i + 1}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <p class="remark">{text.engineMeaning}</p>
    </section>
  );
}

function Time({ session }: { session: Session }) {
  const { pace } = session;
  const expected = pace.estimate();
  return (
    <section>
      <h3>{text.time}</h3>
      <p>
        {expected === null
          ? text.unknownTime
          : `${text.expected(expected)}, ${text.measuredBy[pace.source.value]}`}
      </p>
    </section>
  );
}

function Storage({ session }: { session: Session }) {
  const [asked, setAsked] = useState(false);
  const { models } = session;
  const room = models.room.value;
  if (!room) {
    return (
      <section>
        <h3>{text.storage}</h3>
        <p>{text.unknownRoom}</p>
      </section>
    );
  }
  return (
    <section>
      <h3>{text.storage}</h3>
      {models.full.value && <p class="caution">{text.diskFull}</p>}
      <p>
        {text.room(formatBytes(room.usedBytes), formatBytes(room.totalBytes))}{" "}
        {room.persistent ? text.persistent : text.passing}
      </p>
      {!room.persistent && (
        <p class="buttons">
          <button type="button" onClick={() => void models.persist().then(() => setAsked(true))}>
            {text.persist}
          </button>
          <span aria-live="polite">{asked && text.refused}</span>
        </p>
      )}
    </section>
  );
}

function Row({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Stands above the panes while the model waits for the clinician's word. */
export function ModelOffer({ session }: { session: Session }) {
  const state = session.model.value;
  const model = session.chosenModel.value;
  return (
    <div class="notices" aria-live="polite">
      {state.phase === "absent" && model && (
        <Offer session={session} model={model} hold={state.hold} />
      )}
    </div>
  );
}

interface OfferProps {
  session: Session;
  model: SiteModel;
  hold: Hold;
}

function Offer({ session, model, hold }: OfferProps) {
  const left = formatBytes(session.models.bytesToLoad(model));
  const labels: Record<Hold, string> = {
    metered: text.download(left),
    memory: text.anyway,
    cancelled: text.goOn(left),
    deleted: text.download(left),
  };
  return (
    <div class="offer">
      <p>{text.offer[hold](hold === "memory" ? formatBytes(model.memory ?? 0) : left)}</p>
      <button type="button" class="primary" onClick={() => void session.load()}>
        {labels[hold]}
      </button>
    </div>
  );
}
