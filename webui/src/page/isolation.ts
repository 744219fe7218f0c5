/**
 * Threads need a cross-origin isolated page, and isolation needs two headers. Where the server does
 * not send them, the service worker does, from the second load on: so the first load reloads once.
 */
const RELOADED = "reloaded-for-isolation";
const PATIENCE_MS = 8000;

/** What the page has when the model is about to load. */
export type Isolation =
  | "isolated"
  | "single" // no shared memory: one thread
  | "insecure" // plain http on another host: no shared memory, no storage, no GPU
  | "reloading";

export interface IsolationHost {
  secure: boolean;
  isolated: boolean;
  /** Registers the service worker and resolves once one is active; null where there are none. */
  activeWorker: (() => Promise<unknown>) | null;
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  reload: () => void;
  /** Whether the user has begun to work, so that a reload would be rude. */
  busy: () => boolean;
}

/** Brings the page to isolation where it can be had; never reloads twice in a row. */
export async function isolate(host: IsolationHost): Promise<Isolation> {
  const active = host.activeWorker?.().catch(() => null) ?? null;
  if (host.isolated) {
    host.storage.removeItem(RELOADED);
    return "isolated";
  }
  if (!host.secure) return "insecure";
  if (!active || host.storage.getItem(RELOADED) !== null) return "single";
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  if ((await Promise.race([active, late])) === null || host.busy()) return "single";
  host.storage.setItem(RELOADED, "1");
  host.reload();
  return "reloading";
}

/** The browser's own. */
export function browserHost(busy: () => boolean): IsolationHost {
  const workers = "serviceWorker" in navigator ? navigator.serviceWorker : null;
  return {
    secure: isSecureContext,
    isolated: crossOriginIsolated,
    activeWorker: workers
      ? async () => {
          await workers.register(new URL("service-worker.js", document.baseURI), {
            updateViaCache: "none",
          });
          return workers.ready;
        }
      : null,
    storage: tabStorage(),
    reload: () => location.reload(),
    busy,
  };
}

/** Without storage there is no telling a second load from the first, so none reloads. */
function tabStorage(): IsolationHost["storage"] {
  try {
    sessionStorage.getItem(RELOADED);
    return sessionStorage;
  } catch {
    return { getItem: () => "1", setItem: () => undefined, removeItem: () => undefined };
  }
}
