/** Numbers and dates for people, as the language of the page writes them. */
import { language, localeOf } from "./language.ts";

export function formatCount(n: number): string {
  return n.toLocaleString(language.value);
}

function formatFixed(n: number, digits: number): string {
  return n.toLocaleString(language.value, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** '84 MB', in units of 10⁶ bytes as browsers and file managers show them. */
export function formatMegabytes(bytes: number): string {
  return `${formatCount(Math.round(bytes / 1e6))} MB`;
}

/** '3.4 MB/s', from bytes a second. */
export function formatSpeed(bytesPerSecond: number): string {
  return `${formatFixed(bytesPerSecond / 1e6, bytesPerSecond < 1e7 ? 1 : 0)} MB/s`;
}

/** '12 kB', '84 MB', '2.1 GB'. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${formatCount(Math.ceil(bytes / 1e3))} kB`;
  return bytes < 1e9 ? formatMegabytes(bytes) : `${formatFixed(bytes / 1e9, 1)} GB`;
}

/** '8 s', '1 min 20 s', '12 min', with spaces at which no line breaks. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}\u00a0s`;
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  return minutes >= 10 || rest === 0
    ? `${minutes}\u00a0min`
    : `${minutes}\u00a0min\u00a0${rest}\u00a0s`;
}

/**
 * '24 November 2026 at 19:53 UTC', from ISO 8601, in the machine's time zone unless told otherwise;
 * what is no date stays as it is.
 */
export function formatMoment(iso: string, language: string, timeZone?: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return new Intl.DateTimeFormat(localeOf(language), {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone,
  }).format(moment);
}

/** A formatter takes longer to make than a table of dates does to format. */
const shortMoments = new Map<string, Intl.DateTimeFormat>();

/** '24 Nov 2026, 20:37' by the clock and the zone of this device, for lists. */
export function formatShortMoment(iso: string, language: string, seconds = false): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  const name = `${language} ${seconds}`;
  const formatter =
    shortMoments.get(name) ??
    new Intl.DateTimeFormat(localeOf(language), {
      dateStyle: "medium",
      timeStyle: seconds ? "medium" : "short",
    });
  shortMoments.set(name, formatter);
  return formatter.format(moment);
}

/** '20:37' by the clock and the zone of this device. */
export function formatTimeOfDay(moment: Date, language: string): string {
  return moment.toLocaleTimeString(localeOf(language), { hour: "2-digit", minute: "2-digit" });
}

/** '0.34 s', for what takes about a second. */
export function formatSeconds(milliseconds: number): string {
  return `${formatFixed(milliseconds / 1000, 2)}\u00a0s`;
}

/**
 * Time that is left of a job, from the speed since its first report: what was done before it (read
 * from a cache, say) would make the speed too high.
 */
export class TimeLeft {
  #begun: { time: number; done: number } | null = null;
  #last = 0;

  /** What was done in a second so far, or null while too little has been seen to tell. */
  speed(now: number): number | null {
    if (!this.#begun || now - this.#begun.time < 1000) return null;
    return (1000 * (this.#last - this.#begun.done)) / (now - this.#begun.time);
  }

  /** Milliseconds, or null while too little has been seen to tell. */
  estimate(done: number, total: number, now: number): number | null {
    this.#begun ??= { time: now, done };
    this.#last = done;
    const { time, done: first } = this.#begun;
    const progress = done - first;
    if (done >= total || now - time < 1000 || progress <= 0) return null;
    return ((now - time) / progress) * (total - done);
  }
}
