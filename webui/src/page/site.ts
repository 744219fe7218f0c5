/** What the site offers: its models and sample visits (`site.json`, written by the export). */

export interface SiteModel {
  name: string;
  title: string;
  testModel: boolean;
  /** Bytes of all files that the page may download for it. */
  bytes: number;
  licence: Record<string, string>;
  /** SHA-256 of its manifest, which pins every file of it. */
  manifest?: string;
  /** Bytes of memory that it takes on the CPU; null where the build does not tell. */
  memory?: number | null;
}

export interface Sample {
  file: string;
  title: string;
}

export interface Site {
  models: SiteModel[];
  samples: Sample[];
}

export interface ThirdParty {
  name: string;
  version: string;
  licence: string;
  text: string;
}

export async function fetchSite(): Promise<Site> {
  const site = (await fetchJson("site.json")) as Site & { format: number };
  if (site.format !== 1) throw new Error("site.json has a format that this page does not read");
  return site;
}

export async function fetchSample(file: string): Promise<string> {
  return (await fetchFile(`samples/${file}`)).text();
}

export async function fetchThirdParties(): Promise<ThirdParty[]> {
  return (await fetchJson("third-party.json")) as ThirdParty[];
}

/** Absolute address of a model folder. */
export function modelAddress(name: string): string {
  return new URL(`models/${encodeURIComponent(name)}/`, document.baseURI).href;
}

async function fetchJson(path: string): Promise<unknown> {
  return (await fetchFile(path)).json() as Promise<unknown>;
}

async function fetchFile(path: string): Promise<Response> {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  return response;
}
