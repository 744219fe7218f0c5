/** What the address of the page asks for: `?engine=`, `?threads=`, `?kernels=`, `?model=`, `?limit=`. */
import type { EngineChoice } from "../engine/types.ts";

export interface PageOptions {
  engine: EngineChoice;
  threads: number | undefined;
  kernels: "int16" | "int8" | undefined;
  /** Name of a model folder; the site's first model where it is not given. */
  model: string | undefined;
  /** For measurements: exactly so many tokens in each section. */
  exactTokens: number | undefined;
  /** At most so many tokens in each section, for short trials. */
  maxTokens: number | undefined;
}

const ENGINES: readonly string[] = ["auto", "cpu", "gpu"];
const KERNELS: readonly string[] = ["int16", "int8"];

/** Reads the query of an address; what it cannot read counts as not given. */
export function parseOptions(search: string): PageOptions {
  const query = new URLSearchParams(search);
  const choice = <T extends string>(name: string, among: readonly string[]): T | undefined => {
    const value = query.get(name);
    return value !== null && among.includes(value) ? (value as T) : undefined;
  };
  const count = (name: string, most: number): number | undefined => {
    const value = Number(query.get(name));
    return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
  };
  return {
    engine: choice<EngineChoice>("engine", ENGINES) ?? "auto",
    threads: count("threads", 64),
    kernels: choice<"int16" | "int8">("kernels", KERNELS),
    model: query.get("model") ?? undefined,
    exactTokens: count("tokens", 768),
    maxTokens: count("limit", 768),
  };
}

/** The address with one choice changed, so that a reload and a bookmark keep it. */
export function withOption(
  address: string,
  name: "engine" | "model" | "threads",
  value: string,
): string {
  const url = new URL(address);
  if (value === "" || (name === "engine" && value === "auto")) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.href;
}
