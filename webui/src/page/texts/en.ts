/** Every sentence of the interface in English; its shape is what every language has to give. */
import type { EngineInfo } from "../../engine/types.ts";
import type { ExportWords } from "../../export/document.ts";
import type { DictationFailure } from "../../intake/dictation.ts";
import type { IntakeProblem } from "../../intake/errors.ts";
import type { MaskKind } from "../../intake/mask.ts";
import type { Remark } from "../../intake/types.ts";
import type { OmissionGroup } from "../../note/omissions.ts";
import type { SectionState } from "../../scribe/note.ts";
import type { ShownKey } from "../../scribe/sections.ts";
import type { Hold } from "../models.ts";
import type { RequestKind } from "../privacy.ts";
import type { AuditEntry, AuditProblem } from "../../vault/audit.ts";
import type { VaultErrorCode } from "../../vault/errors.ts";
import type { Damage } from "../../vault/vault.ts";
import { formatCount, formatDuration, formatMegabytes, formatSpeed, formatMoment } from "../format.ts";
import type { Saving } from "../visits.ts";

const withTimeLeft = (sentence: string, left: number | null): string =>
  left === null ? sentence : `${sentence}, about ${formatDuration(left)} left`;

export const en = {
  language: "en",
  title: "Visit scribe",
  description: "Turns a visit's transcript into a SOAP note, wholly within the browser.",
  promise: "Works on this device. Nothing you type leaves it.",
  review: "A draft for clinicians: review and correct the whole note before you use it.",
  noScript: "This page needs JavaScript: switch it on for this site and load the page again.",
  skip: "Skip to the transcript",

  languages: {
    /** In both languages: whoever looks for it may read one alone. */
    label: "Language / Sprache",
    names: { en: "English", de: "Deutsch" },
    remark:
      "Note, section titles, letters and exports stay English, since the model writes English; so do the reasons that the checks give.",
  },

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
    downloading: (
      done: number,
      total: number,
      left: number | null,
      speed: number | null,
    ): string => {
      const bytes = `Downloading the model: ${formatMegabytes(done)} of ${formatMegabytes(total)}`;
      return withTimeLeft(speed === null ? bytes : `${bytes}, ${formatSpeed(speed)}`, left);
    },
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
    absent: "No model is running yet",
    failed: "No model is running",
    queued: "The note begins as soon as the model is ready.",
    transcript: "Reading the transcript",
    writing: (done: readonly string[]): string =>
      done.length === 0 ? "Writing the note" : `Writing the note; ${done.join(", ")} complete`,
    written: (milliseconds: number): string =>
      `Note written in ${formatDuration(milliseconds)}: review it before use.`,
    stopped: "Stopped; what was written is kept.",
    copied: "The note is on the clipboard.",
    exported: (name: string): string => `Saved as '${name}'.`,
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
  },

  errors: {
    /** Of the engine and the scribe: their own sentence, or one by its code. */
    failure: (_code: string, message: string): string => message,
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

  export: {
    document: {
      heading: "Visit note",
      draft: "Draft, not reviewed: a clinician must review and correct it before use.",
      signed: (name, when) => `Reviewed and signed by ${name} on ${when}.`,
      created: (when) => `Visit begun on ${when}`,
      drafted: (model) => `First drafted by the language model ${model}`,
      signHere: { signature: "Reviewed and signed by", date: "Date" },
      unknown: { patient: "Patient not recorded", clinician: "Clinician not recorded" },
      moment: (iso) => formatMoment(iso, "en"),
      page: (number, pages) => `Page ${number} of ${pages}`,
    } satisfies ExportWords,
    open: "Export",
    heading: "Export the note",
    copySection: (section: string): string => `Copy ${section}`,
    title: "Title",
    titleRemark: "Yours alone, and optional: it heads the document and names the file.",
    undecided: (n: number): string =>
      n === 1
        ? "One marked line is not decided yet: you are asked about it first."
        : `${formatCount(n)} marked lines are not decided yet: you are asked about each first.`,
    formats: {
      docx: { label: "Word document", remark: ".docx, to edit or print" },
      txt: { label: "Plain text", remark: ".txt" },
      md: { label: "Markdown", remark: ".md" },
      fhir: { label: "FHIR R4 document", remark: ".json, for record systems" },
      print: { label: "Print or PDF", remark: "with the browser's print dialog" },
    },
    failed:
      "The file could not be made, since a part of this page could not be loaded: check the connection and export again.",
    nothing: "There is no note to print.",
    undecidedPrint:
      "This note holds marked lines that nobody has decided on: print it with 'Export' in the page, which goes through them.",
    review: {
      heading: "Decide on the marked lines first",
      why: {
        copy: "The checks did not find these lines in the visit. The note is copied once each is decided on.",
        file: "The checks did not find these lines in the visit. The file is made once each is decided on.",
        print:
          "The checks did not find these lines in the visit. The note is printed once each is decided on.",
        sign: "The checks did not find these lines in the visit. You can sign once each is decided on.",
      },
      left: (n: number): string => (n === 1 ? "1 line left" : `${formatCount(n)} lines left`),
      checking: "Checking the note again …",
      none: "Each marked line is decided on.",
      said: "Closest in the visit:",
      nothingSaid: "No turn of the visit speaks of it.",
      keep: "Keep as it is",
      correct: "Correct",
      corrected: "Corrected line; Ctrl + Enter saves, Esc cancels",
      remove: "Remove",
      save: "Save the correction",
      cancel: "Cancel",
      goOn: {
        copy: "Copy now",
        file: "Save the file",
        print: "Print",
        sign: "Go on to sign",
      },
    },
    sign: {
      open: "Sign",
      heading: "Sign the note",
      what: "Your name says that you have read and corrected the whole note. Signing locks it; taking the signature off opens it again.",
      name: "Your name",
      remark: "Remembered in this tab alone, until it is closed.",
      nameMissing: "Type your name first.",
      failed: "The note changed or is still being checked: read it again, then sign.",
      action: "Sign and lock",
    },
  },

  intake: {
    bar: "Ways to enter the visit",
    open: "Open file",
    openHint: "Text, Markdown, Word, subtitles (.vtt, .srt) or JSON; it is read here.",
    drop: "Drop the file to read it here",
    pastedText: "The pasted text",
    opened: (file: string, turns: number): string =>
      `${file} was opened: ${formatCount(turns)} ${turns === 1 ? "turn" : "turns"}.`,
    firstOnly: (others: number): string =>
      `Only the first file was opened; ${formatCount(others)} ${others === 1 ? "other was" : "others were"} left alone.`,
    fileReplaced: (file: string): string => `${file} replaced the text that was there.`,
    pasteConverted: "The pasted text was turned into speakers' turns.",
    guessReplaced: "Speakers were guessed.",
    remark: (remark: Remark): string => {
      switch (remark.code) {
        case "windows-1252":
          return "The file's encoding was not told; Windows-1252 was assumed, so look at accented letters.";
        case "headings-left-out":
          return `${formatCount(remark.count)} ${remark.count === 1 ? "heading was" : "headings were"} left out.`;
        case "notes-left-out":
          return `${formatCount(remark.count)} ${remark.count === 1 ? "comment" : "comments"} of the file (NOTE) ${remark.count === 1 ? "was" : "were"} left out.`;
        case "odd-times":
          return `The times in line ${formatCount(remark.line)} could not be read; the text was kept${remark.count > 1 ? `, there and in ${formatCount(remark.count - 1)} more places` : ""}.`;
        case "guessed-labels":
          return `A guess from what is said: '${remark.doctor}' is the doctor and '${remark.patient}' the patient. Check it, and swap them if it is the other way round.`;
        case "guessed-lines":
          return `Nobody was named in ${formatCount(remark.count)} ${remark.count === 1 ? "line" : "lines"}: who said what is a guess from the words, and some lines will be wrong. Check them.`;
      }
    },
    problem: (problem: IntakeProblem): string => {
      const { file } = problem;
      switch (problem.code) {
        case "unknown-kind":
          return `${file} cannot be read here: open a .txt, .md, .vtt, .srt, .json or .docx file.`;
        case "too-big":
          return `${file} holds ${formatMegabytes(problem.bytes)}, and at most ${formatMegabytes(problem.limit)} can be read here: save the one visit as a file of its own.`;
        case "empty":
          return `There is no text in ${file}: choose another file.`;
        case "not-text":
          return `${file} holds no text, whatever its name says: export the transcript as text and open that.`;
        case "unreadable":
          return `${file} could not be read: it may be open elsewhere, or moved. Try it again.`;
        case "no-cues":
          return `No line of ${file} has times such as ${problem.format === "vtt" ? "00:01.000 --> 00:04.000" : "00:00:01,000 --> 00:00:04,000"}: if it is plain text, rename it to .txt and open that.`;
        case "bad-json":
          return `${file} is damaged JSON${problem.line === null ? "" : ` in line ${formatCount(problem.line)}`}: export it again.`;
        case "unknown-json":
          return `No transcript was recognised in ${file}, which holds ${problem.found}. Looked for: a list of turns with 'speaker' and 'text', segments (Whisper), utterances (AssemblyAI), results (AWS, Google, Deepgram, Speechmatics), phrases (Azure), monologues (Rev), transcripts (Otter). Export it as text, or as one of these.`;
        case "json-without-speech":
          return `${file} looks like ${problem.shape}, and holds nothing that was said: choose another file.`;
        case "not-docx":
          return `${file} is no Word document (.docx): open it in your word processor and save it as .docx or text.`;
        case "docx-damaged":
          return `${file} is a damaged Word document: open it in your word processor and save it again.`;
      }
    },

    speakers: "Speakers",
    nobody: "nobody named",
    turns: (turns: number): string => `${formatCount(turns)} ${turns === 1 ? "turn" : "turns"}`,
    nameOf: (label: string, turns: number): string =>
      `Name of the speaker '${label}', ${formatCount(turns)} ${turns === 1 ? "turn" : "turns"}`,
    suggestions: ["doctor", "patient", "nurse", "wife", "husband", "mother", "father", "interpreter"],
    more: (others: number): string => `and ${formatCount(others)} more`,
    guess: "Guess doctor and patient",
    guessed: "Guessed: please check",
    swap: "Swap",
    swapMeaning: "Swap doctor and patient",
    swapped: "Doctor and patient were swapped.",

    mask: "Mask names",
    maskHint:
      "Names, dates, phone numbers, addresses and record numbers are hidden from the model and put back in the note.",
    maskMissing: "The list of names could not be loaded: check the connection and switch it on again.",
    preview: "What is masked",
    previewIntro:
      "The model reads the stand-ins; the note gets the words back. Names that are unusual, and places, can be missed: look through the transcript where that matters.",
    previewNone: "Nothing was found to mask in this visit.",
    previewKind: {
      NAME: "Names",
      DATE: "Dates",
      PHONE: "Phone numbers",
      EMAIL: "E-mail addresses",
      ADDRESS: "Addresses and places",
      NUMBER: "Numbers of records and cards",
    } satisfies Record<MaskKind, string>,
    times: (count: number): string => (count === 1 ? "once" : `${formatCount(count)} times`),
    standsFor: "for",

    dictate: "Dictate",
    dictation: "Dictation",
    dictationLocal:
      "Your browser turns speech into text on this device. Sound is not recorded to a file and not sent anywhere.",
    consentReminder:
      "Before you begin: tell the patient that the visit is written down as it is spoken, and by what, and ask for consent. Follow your clinic's rules for recording it.",
    consent: "The patient, and everybody else in the room, agrees",
    begin: "Begin dictation",
    checking: "Asking the browser …",
    availability: {
      absent:
        "This browser cannot recognise speech on the device, and this page never sends speech to a cloud service, so there is no dictation here. Chrome 139 or later on a computer can do it. Or use a recorder that works on your device, and open its transcript as a file.",
      unavailable:
        "This browser recognises speech on the device, but not for English on this machine, and this page never sends speech to a cloud service, so there is no dictation here. Use a recorder that works on your device, and open its transcript as a file.",
      downloadable:
        "The browser first needs its language pack for English. It fetches that from its own maker; nothing of the visit is sent with it.",
      downloading: "The browser is fetching its language pack …",
    },
    install: "Let the browser fetch it",
    voice: "Speaking",
    voices: { either: "Both (guess later)", doctor: "Doctor", patient: "Patient" },
    phase: { idle: "", starting: "Starting …", listening: "Listening", paused: "Paused" },
    pause: "Pause",
    resume: "Resume",
    finish: "Finish",
    heard: "Heard so far",
    failure: {
      "microphone-refused":
        "The browser did not allow the microphone: allow it for this page in the address bar, then resume.",
      "no-microphone": "No microphone was found: connect one, then resume.",
      "not-on-device":
        "The browser did not recognise speech on the device, and nothing else is used here. What was heard so far is in the transcript.",
      language: "The browser has no language pack for English on this device.",
      other: "The browser stopped listening. What was heard so far is in the transcript; resume, or finish.",
    } satisfies Record<DictationFailure, string>,
  },

  turns: {
    modes: "How the visit is shown",
    mode: { turns: "Turns", edit: "Edit" },
    label: "The visit, turn by turn",
  },

  lines: {
    verdicts: {
      supported: "Found in the visit.",
      unchecked: "Not checked: it holds nothing that the checks compare.",
    },
    /** 'apart': it stands under the heading that says so. */
    unsupported: (reason: string, kept: boolean | "apart"): string => {
      const why = reason === "" ? "" : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
      if (kept === "apart" && why !== "") return why;
      return `${kept === true ? "Kept, though not" : "Not"} found in the visit. ${why}`.trim();
    },
    counted: "What the checks found",
    counts: {
      supported: (n: number): string => `${formatCount(n)} found in the visit`,
      unsupported: (n: number): string => `${formatCount(n)} not found`,
      unchecked: (n: number): string => `${formatCount(n)} not checked`,
    },
    announce: (n: number): string =>
      n === 0
        ? "The checks found no line that is missing in the visit."
        : n === 1
          ? "1 line is not found in the visit."
          : `${formatCount(n)} lines are not found in the visit.`,
    notChecked:
      "The checks could not run, so no line was compared with the visit. They run again with the model.",
    sources: { supported: "Said in ", unsupported: "Compare ", unchecked: "May be from " },
    turn: (turn: number): string => `turn ${formatCount(turn)}`,
    showTurn: (turn: number, speaker: string): string =>
      `Show turn ${formatCount(turn)}${speaker === "" ? "" : ` (${speaker})`} in the visit`,
    apart: "Not found in the visit",
    putIn: "Put in",
    putInLine: (text: string): string => `Put in: ${text}`,
    edit: "Edit",
    remove: "Remove",
    keep: "Keep as it is",
    mark: "Mark again",
    editing: (section: string): string => `Line of ${section}; Ctrl + Enter saves, Esc cancels`,
    add: "Add a line",
    addTo: (section: string): string => `Add a line to ${section}`,
    newLine: (section: string): string => `New line of ${section}; Ctrl + Enter saves, Esc cancels`,
    undo: "Undo",
    redo: "Redo",
    signed: (name: string, when: string): string => `Signed by ${name} on ${when}; locked.`,
    amend: "Take the signature off and change the note",
    replacedEdits: "The new note took the place of one that you had worked on.",
    bringBack: "Bring back the earlier note",
  },

  omissions: {
    heading: "Said, but not in the note",
    groups: {
      medications: "Medications",
      allergies: "Allergies",
      results: "Results and vital signs",
      plan: "Plan",
    } satisfies Record<OmissionGroup, string>,
    insert: "Insert",
    insertText: (text: string, section: string): string => `Insert '${text}' into ${section}`,
  },

  visits: {
    open: "Visits",
    heading: "Visits",
    chip: {
      none: "",
      saving: "Saving …",
      saved: "Saved",
      failed: "Not saved",
      detached: "Not saved: deleted in another tab",
    } satisfies Record<Saving, string>,
    savedAt: (time: string): string => `Saved ${time}`,
    lockedChip: "Visits locked",
    unknown: "Looking whether visits are kept here …",
    working: "One moment …",
    dismiss: "Dismiss",
    unlockAction: "Unlock",
    keepAction: "Keep it as a new visit",

    off: {
      what: "Visits are not kept: what stands in the page ends with this tab.",
      where:
        "If you turn keeping on, each visit's transcript, note, title and dates are stored in this browser, on this device, and nowhere else. They are encrypted with your passphrase before they are written. Only how many visits there are, and roughly how long, can be seen without it.",
      cost: (rounds: string): string =>
        `AES-GCM with 256 bits; the key comes from your passphrase by ${rounds} rounds of PBKDF2-SHA-256.`,
      warning:
        "Nobody can recover a forgotten passphrase: the visits are then lost. Keep a copy of it where you keep such things.",
      passphrase: "Passphrase",
      repeat: "The same passphrase again",
      show: "Show the passphrase",
      suggest: "Suggest one",
      turnOn: "Keep visits on this device",
      differ: "The two passphrases are not the same.",
      strength: {
        short: (least: number): string => `Too short: take at least ${least} characters.`,
        weak: "Weak: easily guessed. Four words that have nothing to do with each other are better.",
        fair: "Fair. A few more words make it strong.",
        strong: "Strong.",
      },
      done: "Everything was deleted. Visits are not kept any more.",
      elsewhere: "In another tab, all kept visits were deleted and keeping was turned off.",
    },
    unavailable:
      "This browser gives the page no storage, as in a private window or with storage switched off. Visits cannot be kept here; everything else works.",
    insecure:
      "This page came over plain http from another machine, where browsers withhold encryption. Open it over https or on localhost to keep visits.",

    unlock: {
      what: "Visits are kept here and are locked.",
      passphrase: "Passphrase",
      button: "Unlock",
      forgotten: "Passphrase forgotten?",
      forgottenMeaning:
        "It cannot be recovered. You can delete everything that is stored here and begin anew.",
    },
    locked: {
      asked: "Visits are locked. The open visit was saved and taken off the screen.",
      idle: "Visits were locked because nothing was done for a while. The open visit was saved.",
      elsewhere: "Visits were locked in another tab. The open visit was saved.",
    },
    lockedUnsaved:
      "Visits are locked, but the visit on the screen could not be saved and was left there: copy or export it, then clear it.",
    leftUnsaved:
      "The visit that was taken off the screen could not be saved: the disk is full, or the browser gives this page no more room. It waits in this tab, which has to stay open, and is saved as soon as there is room.",
    sealedDraft: "This tab's visit is encrypted: unlock to see it again.",

    tabs: { list: "All visits", settings: "Settings", log: "Audit log" },
    begin: "New visit",
    lock: "Lock now",
    search: "Search titles, transcripts and notes",
    count: (found: number, all: number): string =>
      found === all
        ? `${formatCount(all)} ${all === 1 ? "visit" : "visits"}`
        : `${formatCount(found)} of ${formatCount(all)} visits`,
    nothing: "No visit is kept yet. The one in the page is saved as soon as it holds any text.",
    noneFound: "No visit holds all these words.",
    more: "Show more",
    currentTitle: "Title of the visit in the page",
    changedAt: (when: string): string => `changed ${when}`,
    current: "in the page now",
    signed: "signed",
    noNote: "no note yet",
    untitled: "Untitled visit",
    openVisit: (name: string): string => `Open ${name}`,
    title: "Title, such as initials and reason",
    rename: "Rename",
    renameVisit: (name: string): string => `Rename ${name}`,
    delete: "Delete",
    deleteVisit: (name: string): string => `Delete ${name}`,
    deleteSure: "Delete for good?",
    save: "Save",
    cancel: "Cancel",
    deleteAll: "Delete all visits",
    deleteAllSure: (count: number): string =>
      `Delete all ${formatCount(count)} visits for good? Keeping stays on.`,
    deleted: (count: number): string =>
      count === 1 ? "The visit was deleted." : `${formatCount(count)} visits were deleted.`,
    expired: (count: number): string =>
      count === 1
        ? "One visit had reached its age and was deleted."
        : `${formatCount(count)} visits had reached their age and were deleted.`,
    asking: (count: number): string =>
      `By this device's clock, ${formatCount(count)} ${count === 1 ? "visit has" : "visits have"} reached the age for deletion; but the clock has jumped far ahead, so it may be wrong.`,
    askingDelete: "Delete them",
    askingKeep: "Keep them for another term",
    deletedElsewhere: "The visit that stood here was deleted in another tab.",
    detached:
      "This visit was deleted in another tab while it was being changed here. It is not saved any more.",
    copyOf: (title: string): string => (title === "" ? "Copy" : `${title} (copy)`),
    copied: (title: string): string =>
      `This visit was changed in another tab, too. Both are kept: what stands here is now '${title}'.`,

    damage: {
      heading: "Damaged, and not used",
      name: (title: string | null, created: string | null): string =>
        [title || "Untitled visit", created].filter(Boolean).join(", "),
      kinds: {
        altered: "was changed outside this page",
        missing: "was removed outside this page",
        replaced: "an older state was put in its place outside this page",
        returned: "was deleted here and put back outside this page",
      } satisfies Record<Damage["kind"], string>,
      index:
        "The list of visits was changed outside this page and was made anew from the visits that can be read. Settings are back at their defaults.",
    },

    files: {
      heading: "Copies",
      backup: "Save an encrypted backup",
      backupMeaning: "One file with all visits; it opens with the passphrase that is valid now.",
      plain: "Save all visits unencrypted",
      plainSure: "Anybody who gets this file can read every visit. Save it all the same?",
      import: "Import a backup",
      choose: "Backup file",
      passphrase: "The backup's passphrase",
      importButton: "Import",
      imported: (added: number, same: number, damaged: readonly string[]): string =>
        [
          `${formatCount(added)} ${added === 1 ? "visit" : "visits"} imported`,
          same > 0 ? `${formatCount(same)} were here already` : "",
          damaged.length > 0
            ? `${formatCount(damaged.length)} damaged and left out: ${damaged
                .map((title) => title || "untitled")
                .join(", ")}`
            : "",
        ]
          .filter(Boolean)
          .join("; ") + ".",
      encrypted: "encrypted",
      plainDetail: "plain JSON",
      backupName: (day: string): string => `visits-${day}.backup.json`,
      plainName: (day: string): string => `visits-${day}.json`,
      logName: (day: string): string => `visits-audit-${day}.csv`,
    },

    settings: {
      lockMinutes: "Lock after so many minutes without use",
      minutes: (count: number): string => `${count} ${count === 1 ? "minute" : "minutes"}`,
      keepDays: "Delete a visit so long after its last change",
      never: "never",
      days: (count: number): string => `${count} ${count === 1 ? "day" : "days"}`,
      keepMeaning:
        "Looked at whenever the visits are unlocked, since their dates are encrypted too.",
      saved: "The settings are saved.",
      storage: "Storage",
      persistent: "The browser has promised not to delete the visits when space is short.",
      notPersistent:
        "The browser may delete what is stored when space is short, or after a long time without use: save backups.",
      cost: (rounds: string, duration: string): string =>
        `Deriving the key took ${duration} here (${rounds} rounds of PBKDF2-SHA-256).`,
      passphrase: "Change the passphrase",
      present: "Present passphrase",
      next: "New passphrase",
      change: "Change it",
      passphraseChanged:
        "The passphrase is changed. Backups that were made before still open with the old one.",
      off: "Stop keeping visits",
      offMeaning:
        "Deletes every visit, the audit log and the key from this browser. The visit in the page stays there. Save a backup and the log first if you need them.",
      offButton: "Delete everything and turn off",
      offSure: "Delete everything for good?",
    },

    log: {
      what: "What was generated, edited, signed, exported, opened and deleted while visits were kept. Each entry carries the hash of the one before, so that none can be removed or changed unnoticed. Edits within ten minutes are one entry.",
      damaged: "(damaged)",
      whole: "The log is whole.",
      broken: "The log was changed outside this page:",
      problems: {
        missing: (number: number): string => `entry ${number} is missing`,
        altered: (number: number): string => `entry ${number} was changed`,
        broken: (number: number): string => `entry ${number} does not follow the one before`,
        surplus: (number: number): string => `entry ${number} was added`,
      } satisfies Record<AuditProblem["kind"], (number: number) => string>,
      save: "Save as a table (CSV)",
      number: "No.",
      time: "Time",
      event: "Event",
      visit: "Visit",
      gone: (id: string): string => `deleted (${id.slice(0, 8)})`,
      events: {
        generated: "note generated",
        edited: "note edited",
        signed: "note signed",
        exported: "exported",
        opened: "opened",
        deleted: "deleted",
        created: "keeping turned on",
        unlocked: "unlocked",
        saved: "first saved",
        copied: "kept as a copy",
        renamed: "renamed",
        expired: "deleted because of its age",
        passphrase: "passphrase changed",
        settings: "settings changed",
        backup: "all visits saved to a file",
        imported: "imported",
        repaired: "damaged list made anew",
      } satisfies Record<AuditEntry["event"], string>,
    },

    /** For the privacy panel. */
    draft:
      "What stands in the page is kept in this tab's own storage, so that a reload loses nothing. It ends with the tab, with Clear and with locking; until then the browser may write it to this device's disk. While kept visits are unlocked, it is encrypted as they are.",

    errors: {
      unavailable:
        "This browser gives the page no storage, as in a private window. Visits cannot be kept here; what stands in the page stays there.",
      insecure: "Visits can be kept over https or on localhost only.",
      full: "The disk is full, or the browser gives this page no more room: the visit on the screen is not saved. It stays there; free some space, or copy or export it.",
      "wrong-passphrase": "This passphrase is not the right one. Nothing was changed; try it again.",
      "key-damaged":
        "The stored key is damaged, so no passphrase can open the visits. Import your latest backup after deleting what is stored here.",
      off: "Visits are not kept here any more.",
      locked: "Visits are locked: unlock them first.",
      missing: "This visit is not stored any more; another tab may have deleted it.",
      damaged: "This visit was changed outside this page and cannot be opened.",
      "not-a-backup": "This file is not a backup of visits, or a part of it is missing.",
      storage:
        "The browser's storage failed, so nothing was changed. What stands in the page stays there; reload the page and try again.",
    } satisfies Record<VaultErrorCode, string>,
  },

  models: {
    open: "Model",
    heading: "Model on this device",
    intro:
      "A model is downloaded once, checked file by file, and stays in this browser until you delete it. The second start reads it from here and needs no network.",
    needed: "The note needs a model, and none is loaded yet.",
    downloadNow: "Download the model now",
    offer: {
      metered: (size: string): string =>
        `This connection is slow or saves data, so the model (${size}) was not downloaded by itself.`,
      memory: (size: string): string =>
        `The model needs about ${size} of memory, more than a page can count on with this device's memory: the browser may end the page when it loads. A computer, or a smaller model, will do better.`,
      cancelled: (size: string): string =>
        `The download was cancelled. What had arrived is kept; ${size} are left.`,
      deleted: (size: string): string => `The model was deleted. Downloading it again takes ${size}.`,
    } satisfies Record<Hold, (size: string) => string>,
    download: (size: string): string => `Download the model (${size})`,
    anyway: "Load it anyway",
    goOn: (size: string): string => `Go on with the download (${size} left)`,
    cancel: "Cancel the download",
    remove: "Delete from this device",
    removed: "It is deleted. What runs now goes on until this page is closed.",
    use: "Use this model",
    size: "Download",
    memory: "Memory",
    tooBig: "More than a page can count on with this device's memory.",
    state: "State",
    states: {
      running: (engine: string): string => `Runs now (${engine})`,
      loading: "Is being loaded",
      stored: "On this device",
      partly: (done: string, total: string): string => `${done} of ${total} are on this device`,
      absent: "Not on this device",
    },
    engine: "Engine",
    engineMeaning:
      "Automatic takes the processor (CPU), unless a GPU is there and was measured to be faster.",
    threads: "Threads",
    allThreads: (count: number): string => `Automatic (up to ${count})`,
    time: "Time for a note",
    expected: (milliseconds: number): string =>
      `about ${formatDuration(milliseconds)} for a 10-minute visit`,
    thisVisit: (milliseconds: number): string => `This visit: about ${formatDuration(milliseconds)}`,
    measuredBy: {
      test: "from a short test after the start",
      note: "from the last note in this tab",
    },
    unknownTime: "Known a few seconds after the model is ready.",
    storage: "Storage",
    room: (used: string, total: string): string =>
      `This page takes ${used} of the ${total} that the browser grants it.`,
    unknownRoom: "This browser does not tell how much room there is.",
    persistent: "The browser keeps it until you delete it.",
    passing: "The browser may clear it when the disk is nearly full.",
    persist: "Ask the browser to keep it",
    refused: "The browser did not agree; installing this page as an app usually helps.",
    diskFull:
      "There was no room to keep the whole model on this device: it runs now, and will be downloaded again the next time. Free some disk space, then load the page again.",
    replaced: (files: readonly string[]): string =>
      `Stored model files were damaged and were not used: ${files.join(", ")}. They were replaced from the server.`,
  },

  updates: {
    waiting: "A new version of this page is ready. Your text is kept.",
    apply: "Update now",
    afterNote: "Update after the note",
    elsewhere:
      "This page was updated in another tab. Your text is kept; load this tab again when it suits you.",
    reload: "Load again",
    repaired: (files: readonly string[]): string =>
      `Stored files of this page were damaged and were not used: ${files.join(", ")}. They were replaced from the server.`,
    damaged: {
      heading: "This page cannot be opened",
      sentence:
        "Stored files of this page are damaged and were not used. Connect this device to the network and load the page again. The damaged files:",
    },
  },

  privacy: {
    open: "Privacy",
    heading: "What leaves this page: nothing",
    foundForeign: "Something was asked of another address",
    intro:
      "Transcript and note are worked on by this device alone. This is what the browser itself has recorded since the page was opened.",
    requests: "What the page has asked for",
    kinds: {
      page: "Files of this page",
      lists: "Lists and sample visits",
      model: "Files of the model",
      updates: "The same, by the part that works offline",
    } satisfies Record<RequestKind, string>,
    toOthers: "Requests to any other address",
    refused: "Attempts that the browser refused",
    onlyHere: (origin: string): string =>
      `All went to this page's own address, ${origin}, and asked for files; after the first visit most are answered from this device.`,
    storage: "What is stored on this device",
    stored: {
      files: (count: number, size: string | null): string =>
        `${formatCount(count)} files of this page and of models${size === null ? "" : `, ${size}`}`,
      visits: (databases: readonly string[]): string =>
        databases.length === 0
          ? "No visits: none are kept unless you turn that on"
          : `Kept visits, encrypted (database ${databases.join(", ")})`,
      tab: (size: string): string =>
        `The open visit, ${size}, in storage of this tab that ends with it`,
      lasting: (count: number): string =>
        count === 0
          ? "No cookies and nothing in the local storage"
          : `${formatCount(count)} ${count === 1 ? "entry" : "entries"} in cookies and the local storage`,
      language: "The language chosen for the page, as an entry of the local storage",
    },
    offline: "Without a network",
    offlineReady: "Page and model are stored: both work without a network, after a restart too.",
    offlineNotYet: "This browser has not stored the page yet, so it needs the network to open.",
    offlineModel: "The page is stored. The model is not, so that a note needs the network once.",
    forced:
      "A forced reload (Ctrl + Shift + R) goes past what is stored, so it cannot work without a network; an ordinary reload does.",
    check: "Check it yourself",
    steps: [
      "Switch on flight mode or pull the network cable, and write a note: nothing changes.",
      "Press F12, open the tab “Network”, and write a note: the list stays empty.",
      "In the same tools, “Application” shows all that is stored here.",
    ],
    policy: "Rules that the browser enforces",
    policyMeaning:
      "This policy stands in the page. The browser refuses every connection, script, image and form that it does not list; 'self' is this page's own address. Peer connections (WebRTC), which no policy covers, are switched off in this page.",
    isolated: "The page is isolated from other pages (COOP and COEP).",
    notIsolated: "The page is not isolated from other pages here (no COOP and COEP).",
  },

  writing: {
    part: (part: number, parts: number): string =>
      parts > 1 ? `Part ${part} of ${parts}: ` : "",
    inParts: (parts: number): string =>
      `more than the model reads at once: it will be read in ${parts} parts, and their sections joined.`,
    tooLong: "too long for this model.",
    keepEnd: "Use only its end",
    keepStart: "Use only its start",
    readIn: (parts: number): string =>
      `The visit was read in ${parts} parts, and their sections were joined: look for what belongs together.`,
    stoppedIn: (done: number, parts: number): string =>
      `The visit has ${parts} parts, and only ${done === 0 ? "a piece of the first" : `the first ${done}`} ${done > 1 ? "are" : "is"} wholly in the note: it was stopped before the end.`,
    tools: "Style, letters and codes",
    again: {
      open: "Write again",
      label: (section: string): string => `Write ${section} again`,
      wish: "Your wish for it, if you have one",
      example: "such as: shorter, or name each medication with its dose",
      loosely:
        "This small model follows wishes only loosely, and other words are not better checked ones: read the result. The text that stands here now comes back with Undo.",
      go: "Write",
      cancel: "Cancel",
      notReady: "The model must be running for this.",
      status: (section: string): string => `Writing ${section} again`,
      rewritten: (section: string): string =>
        `${section} was written again: review it. Undo brings the earlier text back.`,
      "not-rewritten": (section: string): string =>
        `${section} stays as it was: no whole text was written.`,
    },
    style: {
      label: "Style",
      open: "Change style …",
      heading: "Style of the note",
      remark:
        "A style changes the order, the headings and the form of the note's lines, never their words. What is copied, saved and printed comes out in it; here the four sections stay as they are.",
      names: {
        written: "As written",
        paragraphs: "Paragraphs",
        bullets: "Bullets",
        problems: "Plan by problem",
        apso: "Assessment and plan first",
        consultation: "Consultation",
        "family-medicine": "Family medicine",
        emergency: "Emergency medicine",
        psychiatry: "Psychiatry",
        orthopaedics: "Orthopaedics",
        paediatrics: "Paediatrics",
        cardiology: "Cardiology",
        own: "Own template",
        learned: "Learned from your notes",
      } as Record<string, string>,
      preview: "So it will look",
      empty: "There is no note yet: its lines will stand here.",
      own: "Own template",
      ownRemark: (names: string): string =>
        `Plain text with placeholders in double braces, such as {{subjective}} or {{plan: bullets}}. What no placeholder takes is added at the end, so that nothing is lost. Placeholders: ${names}.`,
      example:
        "Reason: {{complaint}}\n\nHISTORY\n{{subjective}}\n\nASSESSMENT AND PLAN\n{{problems: bullets}}",
      use: "Use this template",
      errors: {
        unclosed: (name: string): string =>
          `a placeholder is not closed with }}${name === "" ? "" : ` (after '${name}')`}.`,
        empty: (): string => "a placeholder has no name.",
        unknown: (name: string): string => `there is no placeholder named '${name}'.`,
        twice: (name: string): string => `'${name}' stands here for the second time.`,
        form: (name: string): string =>
          `'${name}' is no form: write bullets or paragraphs after the colon.`,
        none: (): string => "the template has no placeholder, so no line of a note would stand in it.",
        "too-long": (): string => "the template is longer than 20,000 characters.",
      },
      line: (line: number): string => `Line ${line}: `,
      learn: "Learn from notes",
      learnRemark:
        "Paste two or three of your own notes, with a line of only --- between them. Learned are headings and their order, lists or paragraphs, capitals and short names of vital signs. How you word things is not learned: this model cannot do that.",
      learnField: "Your notes",
      learnGo: "Learn the style",
      learnedWhat: (headings: string, form: string, more: string): string =>
        `Learned: ${form}; ${headings === "" ? "no headings were found, so the four sections stay" : `headings in this order: ${headings}`}${more}.`,
      forms: { bullets: "lists", paragraphs: "paragraphs", written: "as written" },
      capitals: "; headings in capitals",
      vitals: "; short names of vital signs",
      unknownHeadings: (names: string): string =>
        `Not taken over, since nothing in a note here belongs under it: ${names}.`,
      nothingLearned: "There is no text to learn from.",
    },
    codes: {
      open: "Codes …",
      heading: "ICD-10-CM codes for the assessment",
      remark:
        "Suggestions from the words of single lines, to be checked by a person. They are no billing advice: rules of coding, of the payer and of sequence are not looked at. What is denied, suspected or a relative's gets none.",
      from: "from:",
      incomplete: "needs further characters",
      none: "No line of the assessment leads to a code.",
      looking: "Looking the words up …",
      failed: "The codes could not be looked up: start the model again.",
      copy: "Copy the list",
    },
  },

  letter: {
    open: "For the patient …",
    heading: "For the patient",
    kinds: { letter: "Letter", summary: "After-visit summary" },
    kind: "What",
    field: "Text, to be changed as you like",
    remark:
      "A draft, put together from the note's own lines: read it as the patient will, and put medical words into plain ones. Nothing was added that the note does not say.",
    left: (lines: number): string =>
      lines === 1
        ? "One marked line is left out until you have decided on it."
        : `${lines} marked lines are left out until you have decided on them.`,
    nothing: "The note has no line yet that belongs into it.",
    again: "Start over from the note",
    copy: "Copy",
    copied: "It is on the clipboard.",
    notCopied: "The browser does not allow copying here: select the text and copy it by hand.",
    print: "Print",
    draft: "Draft, not yet reviewed by your clinician",
    words: {
      greeting: "Dear patient,",
      opening: "Here is what we noted at your visit.",
      closing: "If anything here is unclear to you, please ask us.",
      draft: "Draft",
      headings: {
        reason: "Why you came",
        vitals: "What we measured",
        results: "Your results",
        findings: "What we found",
        medications: "Your medicines",
        tests: "Tests to be done",
        instructions: "What to do",
        followup: "When to come back or call",
      },
    },
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

export type Texts = typeof en;
