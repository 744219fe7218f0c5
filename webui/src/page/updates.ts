/**
 * Versions of the page. A new one is installed whole beside the running one and waits until the
 * clinician asks for it.
 */
import { signal } from "@preact/signals";

/** What the service worker tells about itself. */
export interface WorkerReport {
  /** Stored files of the page that were damaged, not used, and replaced from the server. */
  repaired: string[];
  /** Addresses that it has asked for since it was started. */
  requests: string[];
}

const HOUR = 3_600_000;
const PATIENCE_MS = 3000;

export class Updates {
  /** 'elsewhere': another tab has put a new version in place, this one still shows the old one. */
  readonly state = signal<"none" | "waiting" | "elsewhere">("none");
  #registration: ServiceWorkerRegistration | undefined;
  #asked = false;

  /** Looks out for new versions: now, whenever the browser finds one, and hourly while in use. */
  watch(): void {
    if (!("serviceWorker" in navigator)) return;
    const workers = navigator.serviceWorker;
    let controlled = workers.controller !== null;
    workers.addEventListener("controllerchange", () => {
      if (this.#asked) location.reload();
      else if (controlled) this.state.value = "elsewhere";
      controlled = true;
    });
    void workers.ready.then((registration) => {
      this.#registration = registration;
      const look = (worker: ServiceWorker | null): void => {
        if (worker?.state === "installed" && registration.active) this.state.value = "waiting";
        worker?.addEventListener("statechange", () => look(worker), { once: true });
      };
      look(registration.waiting ?? registration.installing);
      registration.addEventListener("updatefound", () => look(registration.installing));
      let looked = Date.now();
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState !== "visible" || Date.now() - looked < HOUR) return;
        looked = Date.now();
        void registration.update().catch(() => undefined); // no network: later, then
      });
    });
  }

  /** Puts the waiting version in place and loads the page again. */
  apply(): void {
    const waiting = this.#registration?.waiting;
    this.#asked = true;
    if (waiting) waiting.postMessage({ type: "take-over" });
    else location.reload();
  }
}

/** Asks the service worker; null where none serves this page. */
export async function askServiceWorker(): Promise<WorkerReport | null> {
  const worker = "serviceWorker" in navigator ? navigator.serviceWorker.controller : null;
  if (!worker) return null;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<WorkerReport>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<WorkerReport>) => resolve(data);
  });
  worker.postMessage({ type: "report" }, [port2]);
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const report = await Promise.race([answer, late]);
  port1.close();
  return report;
}
