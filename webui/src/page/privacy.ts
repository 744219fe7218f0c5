/** What can be seen of the page from within: what it asked for, and what it keeps on this machine. */

export type RequestKind = "page" | "lists" | "model" | "updates";

export interface Requests {
  /** Requests to the page's own address, by what was asked for. */
  own: Record<RequestKind, number>;
  /** Addresses outside, which should be none. */
  foreign: string[];
  /** Attempts that the browser refused because of the policy. */
  refused: string[];
}

export interface StorageSurvey {
  /** Files of the page and of models, and their bytes where the browser tells. */
  files: number;
  bytes: number | null;
  databases: string[];
  /** Bytes of this tab's own storage, which ends with it. */
  tabBytes: number;
  /** Cookies and entries of the local storage, which holds at most the chosen language. */
  lasting: number;
}

/** Everything that this page's main thread asked for, from its first moment. */
export class RequestLog {
  readonly #seen: string[] = [];
  /** Each address once: the policy stands in the page and in a header, and both report. */
  readonly #refused = new Set<string>();

  watch(): void {
    if (typeof PerformanceObserver === "undefined") return;
    new PerformanceObserver((list) => {
      for (const { name } of list.getEntries()) this.#seen.push(name);
    }).observe({ type: "resource", buffered: true });
    document.addEventListener("securitypolicyviolation", ({ blockedURI }) => {
      this.#refused.add(blockedURI);
    });
  }

  /** Sums up, with what the workers say of themselves. */
  summary(others: { worker: string[]; serviceWorker: string[] }): Requests {
    const own: Requests["own"] = { page: 1, lists: 0, model: 0, updates: 0 }; // 1: the page itself
    const foreign: string[] = [];
    const count = (address: string, kind: RequestKind): void => {
      const url = new URL(address, document.baseURI);
      if (url.protocol === "data:" || url.protocol === "blob:") return;
      if (url.origin === location.origin) own[kind] += 1;
      else if (!this.#refused.has(address)) foreign.push(address);
    };
    for (const address of [...this.#seen, ...others.worker]) count(address, kindOf(address));
    for (const address of others.serviceWorker) count(address, "updates");
    return { own, foreign, refused: [...this.#refused] };
  }
}

function kindOf(address: string): RequestKind {
  const path = new URL(address, document.baseURI).pathname;
  if (/\/models\/[^/]+\//.test(path)) return "model";
  return /\/(samples\/[^/]+|site\.json|third-party\.json)$/.test(path) ? "lists" : "page";
}

export async function surveyStorage(): Promise<StorageSurvey> {
  let files = 0;
  for (const name of (await globalThis.caches?.keys().catch(() => [])) ?? []) {
    files += (await (await caches.open(name)).keys()).length;
  }
  const estimate = await navigator.storage?.estimate().catch(() => null);
  const details = (estimate as { usageDetails?: { caches?: number } } | null)?.usageDetails;
  const databases = await indexedDB.databases?.().catch(() => []);
  const tab = Object.entries(tabStorage());
  return {
    files,
    bytes: details?.caches ?? estimate?.usage ?? null,
    databases: (databases ?? []).map(({ name }) => name ?? ""),
    tabBytes: tab.reduce((sum, [key, value]) => sum + 2 * (key.length + value.length), 0),
    lasting: (document.cookie === "" ? 0 : document.cookie.split(";").length) + localEntries(),
  };
}

function tabStorage(): Record<string, string> {
  try {
    return { ...sessionStorage };
  } catch {
    return {};
  }
}

function localEntries(): number {
  try {
    return localStorage.length;
  } catch {
    return 0;
  }
}

/**
 * Takes away peer connections, which the policy cannot forbid: no browser enforces a directive for
 * them yet, and their search for a way out asks servers that a script may name.
 */
export function withholdPeerConnections(): void {
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection"]) {
    Reflect.deleteProperty(globalThis, name);
  }
}

/** The policy that stands in the page, a rule a line. */
export function policyInForce(): string[] {
  const meta = document.querySelector<HTMLMetaElement>(
    'meta[http-equiv="Content-Security-Policy"]',
  );
  return (meta?.content ?? "").split(";").flatMap((rule) => rule.trim() || []);
}
