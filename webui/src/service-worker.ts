/**
 * The site's one service worker. It keeps the page's own files (the shell) as one version, known by
 * hash down to the last byte, and serves them without a network; and it adds the headers that a
 * plain file server cannot send, so that the page is isolated and has threads. Model files are the
 * engine's business.
 *
 * The export writes the line `const SHELL = …` in front of this script.
 */
interface ShellFile {
  /** Relative to the scope; '' is the page itself. */
  path: string;
  sha256: string;
  /** Media type; like the headers it never comes from the storage. */
  type: string;
}

declare const SHELL: {
  version: string;
  files: ShellFile[];
  /** Sent with every document and script, as `app serve` does. */
  headers: Record<string, string>;
  /** What stands in place of the page where that is damaged and cannot be had again. */
  damaged: { heading: string; sentence: string };
};

declare const self: ServiceWorkerGlobalScope;
export {}; // a module for the compiler, so that `self` can have its own type

const PREFIX = "scribe-shell-";
/** Two sites of one origin, in different folders, keep apart. */
const CACHE = `${PREFIX}${new URL(self.registration.scope).pathname}-${SHELL.version}`;

const FILES = new Map(SHELL.files.map((file) => [file.path, file]));

/** Damaged files that were replaced, and all addresses asked for, since this worker was started. */
const repaired = new Set<string>();
const requested: string[] = [];

const addressOf = (path: string): string => new URL(path, self.registration.scope).href;

/** Scope-relative path of an address, without its query; null where it lies outside. */
function shellPath(address: string): string | null {
  const url = new URL(address);
  const scope = new URL(self.registration.scope);
  if (url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return null;
  const path = url.pathname.slice(scope.pathname.length);
  return path === "index.html" ? "" : path;
}

async function sha256(body: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const respond = (file: ShellFile, body: ArrayBuffer): Response =>
  new Response(body, { headers: { "content-type": file.type, ...SHELL.headers } });

function ask(request: string | Request, init?: RequestInit): Promise<Response> {
  requested.push(typeof request === "string" ? request : request.url);
  return fetch(request, init);
}

/** Fetches one file past the browser's cache; throws unless it is the file of this version. */
async function fetchFile({ path, sha256: wanted }: ShellFile): Promise<ArrayBuffer> {
  const response = await ask(addressOf(path), { cache: "reload", redirect: "error" });
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  const body = await response.arrayBuffer();
  if ((await sha256(body)) !== wanted) throw new Error(`${path} is not the file of this version`);
  return body;
}

/** All files or none: a version is stored whole. */
async function install(): Promise<void> {
  const bodies = await Promise.all(SHELL.files.map(fetchFile));
  const cache = await caches.open(CACHE);
  await Promise.all(
    SHELL.files.map((file, i) => cache.put(addressOf(file.path), respond(file, bodies[i]!))),
  );
}

async function activate(): Promise<void> {
  const mine = CACHE.slice(0, -SHELL.version.length);
  for (const name of await caches.keys()) {
    if (name.startsWith(mine) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

/**
 * A file of this version: out of the storage where its hash is right, else from the server, which
 * also repairs the storage. Throws where neither has it.
 */
async function fileOf(file: ShellFile): Promise<Response> {
  const cache = await caches.open(CACHE);
  const stored = await cache.match(addressOf(file.path));
  const body = await stored?.arrayBuffer().catch(() => undefined);
  if (body && (await sha256(body)) === file.sha256) return respond(file, body);
  const fetched = await fetchFile(file);
  if (body) repaired.add(file.path || "index.html");
  await cache.put(addressOf(file.path), respond(file, fetched)).catch(() => undefined);
  return respond(file, fetched);
}

/** The page, once every file that it may ask for was found whole. */
async function openPage(request: Request): Promise<Response> {
  if (!(await caches.has(CACHE))) {
    void install().catch(() => undefined); // cleared by the user, or given up below
    return withHeaders(await ask(request));
  }
  const found = await Promise.allSettled(SHELL.files.map(fileOf));
  const missing = SHELL.files.filter((_, i) => found[i]!.status === "rejected");
  const page = found[SHELL.files.findIndex(({ path }) => path === "")];
  if (missing.length === 0 && page?.status === "fulfilled") return page.value;
  try {
    // The server answers with another version: that one is taken as a whole, as on a first visit.
    const response = withHeaders(await ask(request));
    await caches.delete(CACHE);
    return response;
  } catch {
    return damagedPage(missing.map(({ path }) => path || "index.html"));
  }
}

function damagedPage(files: string[]): Response {
  const { heading, sentence } = SHELL.damaged;
  const escape = (text: string): string =>
    text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  const html = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(heading)}</title><h1>${escape(heading)}</h1><p>${escape(sentence)}</p>
<ul>${files.map((file) => `<li>${escape(file)}</li>`).join("")}</ul>`;
  const headers = { "content-type": "text/html; charset=utf-8", ...SHELL.headers };
  return new Response(html, { status: 503, headers });
}

async function answer(request: Request, path: string): Promise<Response> {
  const file = FILES.get(path);
  if (request.mode === "navigate" && path === "") return openPage(request);
  // Once the stored version was given up, the server's own files belong together.
  if (file && (await caches.has(CACHE))) return fileOf(file).catch(() => Response.error());
  return withHeaders(await ask(request));
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
  if (FILES.has(path) || request.mode === "navigate") event.respondWith(answer(request, path));
});

/** The page decides when a new version takes over, and asks what this one has done. */
self.addEventListener("message", (event) => {
  const { type } = event.data as { type?: string };
  if (type === "take-over") event.waitUntil(self.skipWaiting());
  if (type === "report") {
    event.ports[0]?.postMessage({ repaired: [...repaired], requests: requested });
    repaired.clear(); // told once
  }
});
