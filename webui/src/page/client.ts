/** Starts the worker and notices when it dies, which the browser does not always tell. */
import * as Comlink from "comlink";

import { failureOf, type Failure, type Reply, type ScribeWorker } from "../worker-api.ts";
import { texts } from "./texts.ts";

/** The worker as the page sees it: every call ends, with a Failure where the worker is gone. */
export interface ScribeClient extends ScribeWorker {
  /** Ends the worker at once. */
  terminate(): void;
}

export function startClient(onDeath: (failure: Failure) => void): ScribeClient {
  const worker = new Worker(new URL("../worker.ts", import.meta.url), { type: "module" });
  const remote = Comlink.wrap<ScribeWorker>(worker);
  const waiting = new Set<(failure: Failure) => void>();
  const ended = new AbortController();
  const died = { code: "scribe-died", message: texts.errors.workerDied };

  const die = (): void => {
    if (ended.signal.aborted) return;
    end();
    onDeath(died);
  };
  const end = (): void => {
    ended.abort();
    worker.terminate();
    for (const fail of [...waiting]) fail(died);
  };
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    die();
  });
  void watch(remote, ended.signal, die);

  const guard = <T>(work: Promise<Reply<T>>): Promise<Reply<T>> =>
    new Promise((resolve) => {
      const fail = (failure: Failure): void => resolve({ ok: false, failure });
      waiting.add(fail);
      work
        .then(resolve, (error: unknown) => fail(failureOf(error)))
        .finally(() => {
          waiting.delete(fail);
        });
    });

  return {
    alive: (lock) => remote.alive(lock),
    load: (request, onProgress) => guard(remote.load(request, Comlink.proxy(onProgress))),
    speed: () => guard(remote.speed()),
    requests: () => remote.requests(),
    measure: (transcript) => guard(remote.measure(transcript)),
    cut: (transcript, keep) => guard(remote.cut(transcript, keep)),
    generate: (request, onUpdate) => guard(remote.generate(request, Comlink.proxy(onUpdate))),
    check: (request) => guard(remote.check(request)),
    suggestCodes: (lines) => guard(remote.suggestCodes([...lines])),
    stop: () => void remote.stop(),
    dispose: () => remote.dispose(),
    terminate: end,
  };
}

/**
 * The worker holds a lock for as long as it lives. The page asks for the same lock: getting it
 * means that the worker is gone, however it ended. Plain http has no locks; then errors must do.
 */
async function watch(
  remote: Comlink.Remote<ScribeWorker>,
  signal: AbortSignal,
  died: () => void,
): Promise<void> {
  if (!("locks" in navigator)) return;
  const name = `scribe-worker-${crypto.randomUUID()}`;
  await remote.alive(name);
  await navigator.locks.request(name, { signal }, died).catch(() => undefined);
}
