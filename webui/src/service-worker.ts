/**
 * The site's one service worker. It keeps the page's own files (the shell) as one verified version
 * and serves them without a network; and it adds the headers that a plain file server cannot send,
 * so that the page is isolated and has threads. Model files are the engine's business.
 *
 * The export writes the line `const SHELL = …` in front of this script.
 */
interface ShellFile {
  /** Relative to the scope; '' is the page itself. */
  path: string;
  sha256: string;
}

declare const SHELL: {
  version: string;
  files: ShellFile[];
  /** Sent with every document and script, as `app serve` does. */
  headers: Record<string, string>;
};

declare const self: ServiceWorkerGlobalScope;
export {}; // a module for the compiler, so that `self` can have its own type

const PREFIX = "scribe-shell-";
/** Two sites of one origin, in different folders, keep apart. */
const CACHE = `${PREFIX}${new URL(self.registration.scope).pathname}-${SHELL.version}`;

/** Scope-relative path of an address, without its query; null where it lies outside. */
function shellPath(address: string): string | null {
  const url = new URL(address);
  const scope = new URL(self.registration.scope);
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return null;
  const path = url.pathname.slice(scope.pathname.length);
  return path === "index.html" ? "" : path;
}

const PATHS = new Set(SHELL.files.map(({ path }) => path));

/** Fetches one file past the browser's cache; throws unless it is the file of this version. */
async function fetchVerified({ path, sha256 }: ShellFile): Promise<[string, Response]> {
  const address = new URL(path, self.registration.scope).href;
  const response = await fetch(address, { cache: "reload", redirect: "error" });
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  const body = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hash !== sha256) throw new Error(`${path} is not the file of this version`);
  const type = response.headers.get("content-type") ?? "application/octet-stream";
  return [address, new Response(body, { headers: { "content-type": type, ...SHELL.headers } })];
}

/** All files or none: a version is stored whole. */
async function install(): Promise<void> {
  const files = await Promise.all(SHELL.files.map(fetchVerified));
  const cache = await caches.open(CACHE);
  await Promise.all(files.map(([address, response]) => cache.put(address, response)));
}

async function activate(): Promise<void> {
  const mine = CACHE.slice(0, -SHELL.version.length);
  for (const name of await caches.keys()) {
    if (name.startsWith(mine) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

async function answer(request: Request, path: string): Promise<Response> {
  const address = new URL(path, self.registration.scope).href;
  const stored = PATHS.has(path) ? await (await caches.open(CACHE)).match(address) : undefined;
  if (stored) return stored;
  return withHeaders(await fetch(request));
}

function withHeaders(response: Response): Response {
  if (response.type !== "basic" || response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(SHELL.headers)) headers.set(name, value);
  const { status, statusText } = response;
  const body = [204, 205, 304].includes(status) ? null : response.body;
  return new Response(body, { status, statusText, headers });
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = shellPath(request.url);
  if (request.method !== "GET" || path === null) return;
  // Model files go straight to the server: tens of megabytes need no detour through here.
  if (PATHS.has(path) || request.mode === "navigate") event.respondWith(answer(request, path));
});
