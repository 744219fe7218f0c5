/** Every sentence of the interface, in one place. */
import type { EngineInfo } from "../engine/types.ts";
import type { SectionState } from "../scribe/note.ts";
import type { ShownKey } from "../scribe/sections.ts";
import { formatCount, formatDuration, formatMegabytes } from "./format.ts";

const withTimeLeft = (sentence: string, left: number | null): string =>
  left === null ? sentence : `${sentence}, about ${formatDuration(left)} left`;

export const texts = {
  language: "en",
  title: "Visit scribe",
  description: "Turns a visit's transcript into a SOAP note, wholly within the browser.",
  promise: "Works on this device. Nothing you type leaves it.",
  review: "A draft for clinicians: review and correct the whole note before you use it.",
  noScript: "This page needs JavaScript: switch it on for this site and load the page again.",
  skip: "Skip to the transcript",

  visit: {
    heading: "Visit",
    transcript: "Transcript",
    placeholder:
      "Paste or type what was said, one turn a line:\n\n[doctor] What brings you in today?\n[patient] My knee has been hurting for two weeks …",
    sample: "Sample visit",
    chooseSample: "Choose one …",
    words: (words: number): string => `${formatCount(words)} ${words === 1 ? "word" : "words"}`,
    fits: (share: number): string =>
      share <= 1
        ? `${Math.max(1, Math.round(share * 100))}% of what fits`
        : `longer than what fits by ${Math.max(1, Math.round((share - 1) * 100))}%`,
    room: "Share of the model's room that is taken",
  },

  actions: {
    generate: "Generate note",
    stop: "Stop",
    clear: "Clear",
    keys: "Ctrl + Enter generates, Esc stops",
    copy: "Copy note",
    copied: "Copied",
    retry: "Try again",
    restart: "Restart",
    useCpu: "Use the CPU",
    standardKernels: "Use the standard kernels",
    keepEnd: "Keep the end",
    keepStart: "Keep the start",
    undo: "Bring back the earlier text",
    close: "Close",
  },

  note: {
    heading: "Note",
    hints: {
      subjective: "What the patient reports: complaint, history, medications.",
      objective: "What was found: vital signs, examination, results.",
      assessment: "What it means: diagnoses and reasoning.",
      plan: "What happens next: tests, treatment, follow-up.",
    } satisfies Record<ShownKey, string>,
    nothing: "The model wrote nothing here.",
    states: {
      waiting: "waiting",
      writing: "writing",
      done: "complete",
      limit: "length limit reached",
      stopped: "stopped",
    } satisfies Record<SectionState, string>,
  },

  progress: {
    downloading: (done: number, total: number, left: number | null): string =>
      withTimeLeft(
        `Downloading the model: ${formatMegabytes(done)} of ${formatMegabytes(total)}`,
        left,
      ),
    reading: (done: number, total: number): string =>
      `Reading the model from this device: ${formatMegabytes(done)} of ${formatMegabytes(total)}`,
    starting: "Starting the model",
    transcript: (done: number, total: number, left: number | null): string =>
      withTimeLeft(
        `Reading the transcript: ${formatCount(done)} of ${formatCount(total)} tokens`,
        left,
      ),
  },

  status: {
    opening: "Opening the page",
    downloading: "Downloading the model; you can already enter a visit.",
    reading: "Reading the model from this device; you can already enter a visit.",
    starting: "Starting the model",
    ready: "Ready",
    failed: "No model is running",
    queued: "The note begins as soon as the model is ready.",
    transcript: "Reading the transcript",
    writing: (done: readonly string[]): string =>
      done.length === 0 ? "Writing the note" : `Writing the note; ${done.join(", ")} complete`,
    written: (milliseconds: number): string =>
      `Note written in ${formatDuration(milliseconds)}: review it before use.`,
    stopped: "Stopped; what was written is kept.",
    copied: "The note is on the clipboard.",
    notCopied: "The browser does not allow copying here: select the note and copy it by hand.",
    engine: ({ kind, threads }: EngineInfo): string =>
      kind === "CPU" ? `CPU, ${threads} ${threads === 1 ? "thread" : "threads"}` : kind,
  },

  engine: {
    label: "Engine",
    choices: { auto: "Automatic", cpu: "CPU", gpu: "GPU" },
    model: "Model",
    test: "Test model",
    testMeaning: "This model's weights are random: its notes mean nothing.",
  },

  notices: {
    singleThread:
      "This browser gives the page no shared memory, so the model runs on one thread and takes longer.",
    insecure:
      "This page came over plain http from another machine, where browsers withhold threads, storage and the GPU: open it over https or on localhost.",
    sampleLoaded: "The sample visit replaced the text that was there.",
    cut: "A part of the transcript was cut off so that it fits.",
    cleared: "Transcript and note were cleared.",
    update: "A new version is ready: close every tab of this page and open it again to use it.",
  },

  errors: {
    workerDied:
      "The model's process ended unexpectedly; your transcript is still here. Start it again.",
    siteMissing:
      "The list of models (site.json) could not be loaded: check the connection and try again.",
    noModels: "This site holds no model: add one when the site is exported.",
    unknownModel: (name: string): string =>
      `This site holds no model named '${name}': choose another one below.`,
    sampleMissing:
      "The sample visit could not be loaded: check the connection and choose it again.",
    nothingFits: "Not even a part of this transcript fits: shorten it by hand.",
    unexpected: (message: string): string =>
      `Something unexpected went wrong (${message}): start the model again.`,
  },

  licences: {
    open: "Licences",
    heading: "Licences",
    page: "This page",
    pageLicence: "Apache-2.0",
    model: "Model",
    of: { model: "Weights", data: "Training data" } as Record<string, string>,
    libraries: "Libraries in this page",
    loading: "Loading …",
    missing: "The list could not be loaded.",
  },
};
