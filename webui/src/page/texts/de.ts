/**
 * Every sentence of the interface in German. What the model reads and writes stays English, and with
 * it what leaves the page: speakers' labels, section titles, documents and letters.
 */
import { formatCount, formatDuration, formatMegabytes, formatSpeed } from "../format.ts";
import { en, type Texts } from "./en.ts";

const withTimeLeft = (sentence: string, left: number | null): string =>
  left === null ? sentence : `${sentence}, noch etwa ${formatDuration(left)}`;

const turns = (count: number): string =>
  `${formatCount(count)} ${count === 1 ? "Äußerung" : "Äußerungen"}`;

const visits = (count: number): string =>
  `${formatCount(count)} ${count === 1 ? "Konsultation" : "Konsultationen"}`;

export const de: Texts = {
  language: "de",
  title: "Visit scribe",
  description: "Macht aus dem Transkript einer Konsultation eine SOAP-Notiz, ganz im Browser.",
  promise: "Arbeitet auf diesem Gerät. Nichts, was Sie eingeben, verlässt es.",
  review: "Ein Entwurf für Fachpersonal: Prüfen und korrigieren Sie die ganze Notiz vor Gebrauch.",
  noScript:
    "Diese Seite braucht JavaScript: Schalten Sie es für diese Website ein und laden Sie die Seite neu.",
  skip: "Zum Transkript springen",

  languages: {
    label: en.languages.label,
    names: en.languages.names,
    remark:
      "Notiz, Abschnittstitel, Briefe und Exporte bleiben Englisch, weil das Modell Englisch schreibt; ebenso die Begründungen der Prüfungen.",
  },

  visit: {
    heading: "Konsultation",
    transcript: "Transkript",
    placeholder:
      "Fügen Sie ein oder tippen Sie, was gesagt wurde (auf Englisch), eine Äußerung pro Zeile:\n\n[doctor] What brings you in today?\n[patient] My knee has been hurting for two weeks …",
    sample: "Beispielkonsultation",
    chooseSample: "Bitte wählen …",
    words: (words) => `${formatCount(words)} ${words === 1 ? "Wort" : "Wörter"}`,
    fits: (share) =>
      share <= 1
        ? `${Math.max(1, Math.round(share * 100))} % dessen, was hineinpasst`
        : `um ${Math.max(1, Math.round((share - 1) * 100))} % länger als das, was hineinpasst`,
    room: "Belegter Anteil des Platzes im Modell",
  },

  actions: {
    generate: "Notiz erstellen",
    stop: "Anhalten",
    clear: "Leeren",
    keys: "Strg + Eingabe erstellt die Notiz, Esc hält an",
    copy: "Notiz kopieren",
    copied: "Kopiert",
    retry: "Erneut versuchen",
    restart: "Neu starten",
    useCpu: "CPU verwenden",
    standardKernels: "Standard-Rechenkerne verwenden",
    keepEnd: "Das Ende behalten",
    keepStart: "Den Anfang behalten",
    undo: "Früheren Text zurückholen",
    close: "Schließen",
  },

  note: {
    heading: "Notiz",
    hints: {
      subjective: "Was die Patientin oder der Patient berichtet: Beschwerden, Vorgeschichte, Medikamente.",
      objective: "Was festgestellt wurde: Vitalzeichen, Untersuchung, Befunde.",
      assessment: "Was es bedeutet: Diagnosen und Überlegungen.",
      plan: "Was als Nächstes geschieht: Untersuchungen, Behandlung, Kontrolle.",
    },
    nothing: "Das Modell hat hier nichts geschrieben.",
    states: {
      waiting: "wartet",
      writing: "wird geschrieben",
      done: "vollständig",
      limit: "Längengrenze erreicht",
      stopped: "angehalten",
    },
  },

  progress: {
    downloading: (done, total, left, speed) => {
      const bytes = `Das Modell wird heruntergeladen: ${formatMegabytes(done)} von ${formatMegabytes(total)}`;
      return withTimeLeft(speed === null ? bytes : `${bytes}, ${formatSpeed(speed)}`, left);
    },
    reading: (done, total) =>
      `Das Modell wird von diesem Gerät gelesen: ${formatMegabytes(done)} von ${formatMegabytes(total)}`,
    starting: "Das Modell wird gestartet",
    transcript: (done, total, left) =>
      withTimeLeft(
        `Das Transkript wird gelesen: ${formatCount(done)} von ${formatCount(total)} Token`,
        left,
      ),
  },

  status: {
    opening: "Die Seite wird geöffnet",
    downloading:
      "Das Modell wird heruntergeladen; Sie können schon eine Konsultation eingeben.",
    reading:
      "Das Modell wird von diesem Gerät gelesen; Sie können schon eine Konsultation eingeben.",
    starting: "Das Modell wird gestartet",
    ready: "Bereit",
    absent: "Noch läuft kein Modell",
    failed: "Es läuft kein Modell",
    queued: "Die Notiz beginnt, sobald das Modell bereit ist.",
    transcript: "Das Transkript wird gelesen",
    writing: (done) =>
      done.length === 0
        ? "Die Notiz wird geschrieben"
        : `Die Notiz wird geschrieben; ${done.join(", ")} vollständig`,
    written: (milliseconds) =>
      `Notiz in ${formatDuration(milliseconds)} geschrieben: Prüfen Sie sie vor Gebrauch.`,
    stopped: "Angehalten; das Geschriebene bleibt erhalten.",
    copied: "Die Notiz ist in der Zwischenablage.",
    exported: (name) => `Als „${name}“ gespeichert.`,
    notCopied:
      "Der Browser erlaubt hier kein Kopieren: Markieren Sie die Notiz und kopieren Sie sie von Hand.",
    engine: ({ kind, threads }) =>
      kind === "CPU" ? `CPU, ${threads} ${threads === 1 ? "Thread" : "Threads"}` : kind,
  },

  engine: {
    label: "Rechenwerk",
    choices: { auto: "Automatisch", cpu: "CPU", gpu: "GPU" },
    model: "Modell",
    test: "Testmodell",
    testMeaning: "Die Gewichte dieses Modells sind zufällig: Seine Notizen bedeuten nichts.",
  },

  notices: {
    singleThread:
      "Dieser Browser gibt der Seite keinen gemeinsamen Speicher; das Modell läuft darum auf einem Thread und braucht länger.",
    insecure:
      "Diese Seite kam über einfaches http von einem anderen Rechner. Dabei verweigern Browser Threads, Speicher und GPU: Öffnen Sie sie über https oder auf localhost.",
    sampleLoaded: "Die Beispielkonsultation hat den vorhandenen Text ersetzt.",
    cut: "Ein Teil des Transkripts wurde abgeschnitten, damit es hineinpasst.",
    cleared: "Transkript und Notiz wurden geleert.",
  },

  errors: {
    failure: (code, message) => FAILURES[code] ?? message,
    workerDied:
      "Der Prozess des Modells endete unerwartet; Ihr Transkript ist noch da. Starten Sie ihn neu.",
    siteMissing:
      "Die Liste der Modelle (site.json) konnte nicht geladen werden: Prüfen Sie die Verbindung und versuchen Sie es erneut.",
    noModels: "Diese Website enthält kein Modell: Fügen Sie beim Export der Website eines hinzu.",
    unknownModel: (name) =>
      `Diese Website enthält kein Modell namens „${name}“: Wählen Sie unten ein anderes.`,
    sampleMissing:
      "Die Beispielkonsultation konnte nicht geladen werden: Prüfen Sie die Verbindung und wählen Sie sie erneut.",
    nothingFits:
      "Nicht einmal ein Teil dieses Transkripts passt hinein: Kürzen Sie es von Hand.",
    unexpected: (message) =>
      `Etwas Unerwartetes ist schiefgegangen (${message}): Starten Sie das Modell neu.`,
  },

  export: {
    document: en.export.document,
    open: "Exportieren",
    heading: "Notiz exportieren",
    copySection: (section) => `${section} kopieren`,
    title: "Titel",
    titleRemark:
      "Nur für Sie, und freiwillig: Er steht über dem Dokument und gibt der Datei den Namen.",
    undecided: (n) =>
      n === 1
        ? "Über eine markierte Zeile ist noch nicht entschieden: Sie werden zuerst danach gefragt."
        : `Über ${formatCount(n)} markierte Zeilen ist noch nicht entschieden: Sie werden zuerst nach jeder gefragt.`,
    formats: {
      docx: { label: "Word-Dokument", remark: ".docx, zum Bearbeiten oder Drucken" },
      txt: { label: "Reiner Text", remark: ".txt" },
      md: { label: "Markdown", remark: ".md" },
      fhir: { label: "FHIR-R4-Dokument", remark: ".json, für Praxis- und Kliniksysteme" },
      print: { label: "Drucken oder PDF", remark: "mit dem Druckdialog des Browsers" },
    },
    failed:
      "Die Datei konnte nicht erstellt werden, weil ein Teil dieser Seite nicht geladen werden konnte: Prüfen Sie die Verbindung und exportieren Sie erneut.",
    nothing: "Es gibt keine Notiz zum Drucken.",
    undecidedPrint:
      "Diese Notiz enthält markierte Zeilen, über die niemand entschieden hat: Drucken Sie sie mit „Exportieren“ auf der Seite; dort werden sie durchgegangen.",
    review: {
      heading: "Entscheiden Sie zuerst über die markierten Zeilen",
      why: {
        copy: "Die Prüfungen fanden diese Zeilen nicht in der Konsultation. Die Notiz wird kopiert, sobald über jede entschieden ist.",
        file: "Die Prüfungen fanden diese Zeilen nicht in der Konsultation. Die Datei wird erstellt, sobald über jede entschieden ist.",
        print:
          "Die Prüfungen fanden diese Zeilen nicht in der Konsultation. Die Notiz wird gedruckt, sobald über jede entschieden ist.",
        sign: "Die Prüfungen fanden diese Zeilen nicht in der Konsultation. Sie können signieren, sobald über jede entschieden ist.",
      },
      left: (n) => (n === 1 ? "noch 1 Zeile" : `noch ${formatCount(n)} Zeilen`),
      checking: "Die Notiz wird erneut geprüft …",
      none: "Über jede markierte Zeile ist entschieden.",
      said: "Am nächsten kommt in der Konsultation:",
      nothingSaid: "Keine Äußerung der Konsultation spricht davon.",
      keep: "So behalten",
      correct: "Korrigieren",
      corrected: "Korrigierte Zeile; Strg + Eingabe speichert, Esc bricht ab",
      remove: "Entfernen",
      save: "Korrektur speichern",
      cancel: "Abbrechen",
      goOn: {
        copy: "Jetzt kopieren",
        file: "Datei speichern",
        print: "Drucken",
        sign: "Weiter zur Signatur",
      },
    },
    sign: {
      open: "Signieren",
      heading: "Notiz signieren",
      what: "Ihr Name sagt, dass Sie die ganze Notiz gelesen und korrigiert haben. Das Signieren sperrt sie; nehmen Sie die Signatur zurück, ist sie wieder offen.",
      name: "Ihr Name",
      remark: "Wird nur in diesem Tab gemerkt, bis er geschlossen wird.",
      nameMissing: "Geben Sie zuerst Ihren Namen ein.",
      failed:
        "Die Notiz hat sich geändert oder wird noch geprüft: Lesen Sie sie erneut und signieren Sie dann.",
      action: "Signieren und sperren",
    },
  },

  intake: {
    bar: "Wege, die Konsultation einzugeben",
    open: "Datei öffnen",
    openHint: "Text, Markdown, Word, Untertitel (.vtt, .srt) oder JSON; sie wird hier gelesen.",
    drop: "Legen Sie die Datei hier ab, um sie zu lesen",
    pastedText: "Der eingefügte Text",
    opened: (file, count) => `${file} wurde geöffnet: ${turns(count)}.`,
    firstOnly: (others) =>
      `Nur die erste Datei wurde geöffnet; ${formatCount(others)} ${others === 1 ? "weitere blieb" : "weitere blieben"} unberührt.`,
    fileReplaced: (file) => `${file} hat den vorhandenen Text ersetzt.`,
    pasteConverted: "Der eingefügte Text wurde in Äußerungen der Sprechenden umgewandelt.",
    guessReplaced: "Die Sprechenden wurden geraten.",
    remark: (remark) => {
      switch (remark.code) {
        case "windows-1252":
          return "Die Zeichenkodierung der Datei war nicht angegeben; Windows-1252 wurde angenommen. Achten Sie auf Buchstaben mit Akzent und Umlaute.";
        case "headings-left-out":
          return `${formatCount(remark.count)} ${remark.count === 1 ? "Überschrift wurde" : "Überschriften wurden"} weggelassen.`;
        case "notes-left-out":
          return `${formatCount(remark.count)} ${remark.count === 1 ? "Kommentar" : "Kommentare"} der Datei (NOTE) ${remark.count === 1 ? "wurde" : "wurden"} weggelassen.`;
        case "odd-times":
          return `Die Zeiten in Zeile ${formatCount(remark.line)} waren nicht lesbar; der Text blieb erhalten${remark.count > 1 ? `, dort und an ${formatCount(remark.count - 1)} weiteren Stellen` : ""}.`;
        case "guessed-labels":
          return `Aus dem Gesagten geraten: „${remark.doctor}“ ist ärztlich tätig, „${remark.patient}“ ist die behandelte Person. Prüfen Sie das und vertauschen Sie die beiden, wenn es umgekehrt ist.`;
        case "guessed-lines":
          return `In ${formatCount(remark.count)} ${remark.count === 1 ? "Zeile" : "Zeilen"} war niemand genannt: Wer was sagte, ist aus den Worten geraten, und manche Zeilen werden falsch sein. Prüfen Sie sie.`;
      }
    },
    problem: (problem) => {
      const { file } = problem;
      switch (problem.code) {
        case "unknown-kind":
          return `${file} kann hier nicht gelesen werden: Öffnen Sie eine Datei mit .txt, .md, .vtt, .srt, .json oder .docx.`;
        case "too-big":
          return `${file} enthält ${formatMegabytes(problem.bytes)}, und höchstens ${formatMegabytes(problem.limit)} können hier gelesen werden: Speichern Sie die eine Konsultation als eigene Datei.`;
        case "empty":
          return `In ${file} steht kein Text: Wählen Sie eine andere Datei.`;
        case "not-text":
          return `${file} enthält keinen Text, was der Name auch sagt: Exportieren Sie das Transkript als Text und öffnen Sie diesen.`;
        case "unreadable":
          return `${file} konnte nicht gelesen werden: Die Datei ist vielleicht anderswo geöffnet oder wurde verschoben. Versuchen Sie es erneut.`;
        case "no-cues":
          return `Keine Zeile von ${file} hat Zeiten wie ${problem.format === "vtt" ? "00:01.000 --> 00:04.000" : "00:00:01,000 --> 00:00:04,000"}: Ist es reiner Text, benennen Sie die Datei in .txt um und öffnen Sie sie dann.`;
        case "bad-json":
          return `${file} ist beschädigtes JSON${problem.line === null ? "" : ` in Zeile ${formatCount(problem.line)}`}: Exportieren Sie die Datei erneut.`;
        case "unknown-json":
          return `In ${file} wurde kein Transkript erkannt; die Datei enthält ${problem.found}. Gesucht wurde: eine Liste von Äußerungen mit 'speaker' und 'text', segments (Whisper), utterances (AssemblyAI), results (AWS, Google, Deepgram, Speechmatics), phrases (Azure), monologues (Rev), transcripts (Otter). Exportieren Sie es als Text oder in einer dieser Formen.`;
        case "json-without-speech":
          return `${file} sieht aus wie ${problem.shape} und enthält nichts Gesprochenes: Wählen Sie eine andere Datei.`;
        case "not-docx":
          return `${file} ist kein Word-Dokument (.docx): Öffnen Sie die Datei in Ihrer Textverarbeitung und speichern Sie sie als .docx oder Text.`;
        case "docx-damaged":
          return `${file} ist ein beschädigtes Word-Dokument: Öffnen Sie es in Ihrer Textverarbeitung und speichern Sie es erneut.`;
      }
    },

    speakers: "Sprechende",
    nobody: "niemand genannt",
    turns,
    nameOf: (label, count) => `Name von „${label}“, ${turns(count)}`,
    suggestions: en.intake.suggestions,
    more: (others) => `und ${formatCount(others)} weitere`,
    guess: "Wer ist 'doctor', wer 'patient'? Raten",
    guessed: "Geraten: bitte prüfen",
    swap: "Tauschen",
    swapMeaning: "'doctor' und 'patient' tauschen",
    swapped: "'doctor' und 'patient' wurden getauscht.",

    mask: "Namen verdecken",
    maskHint:
      "Namen, Daten, Telefonnummern, Adressen und Aktennummern werden vor dem Modell verborgen und in der Notiz wieder eingesetzt.",
    maskMissing:
      "Die Namensliste konnte nicht geladen werden: Prüfen Sie die Verbindung und schalten Sie das Verdecken erneut ein.",
    preview: "Was verdeckt wird",
    previewIntro:
      "Das Modell liest die Platzhalter; die Notiz erhält die Wörter zurück. Ungewöhnliche Namen und Orte können übersehen werden: Sehen Sie das Transkript durch, wo es darauf ankommt.",
    previewNone: "In dieser Konsultation wurde nichts zum Verdecken gefunden.",
    previewKind: {
      NAME: "Namen",
      DATE: "Daten",
      PHONE: "Telefonnummern",
      EMAIL: "E-Mail-Adressen",
      ADDRESS: "Adressen und Orte",
      NUMBER: "Nummern von Akten und Karten",
    },
    times: (count) => (count === 1 ? "einmal" : `${formatCount(count)}-mal`),
    standsFor: "für",

    dictate: "Diktieren",
    dictation: "Diktat",
    dictationLocal:
      "Ihr Browser macht auf diesem Gerät aus Sprache Text. Ton wird nicht in eine Datei aufgenommen und nirgendwohin gesendet.",
    consentReminder:
      "Bevor Sie beginnen: Sagen Sie der Patientin oder dem Patienten, dass die Konsultation mitgeschrieben wird und womit, und bitten Sie um Einwilligung. Halten Sie sich an die Regeln Ihrer Einrichtung für Aufzeichnungen.",
    consent: "Die behandelte Person und alle anderen im Raum sind einverstanden",
    begin: "Diktat beginnen",
    checking: "Der Browser wird gefragt …",
    availability: {
      absent:
        "Dieser Browser kann Sprache nicht auf dem Gerät erkennen, und diese Seite sendet Sprache nie an einen Cloud-Dienst; darum gibt es hier kein Diktat. Chrome ab 139 auf einem Computer kann es. Oder verwenden Sie ein Aufnahmegerät, das auf Ihrem Gerät arbeitet, und öffnen Sie dessen Transkript als Datei.",
      unavailable:
        "Dieser Browser erkennt Sprache auf dem Gerät, aber auf diesem Rechner nicht für Englisch, und diese Seite sendet Sprache nie an einen Cloud-Dienst; darum gibt es hier kein Diktat. Verwenden Sie ein Aufnahmegerät, das auf Ihrem Gerät arbeitet, und öffnen Sie dessen Transkript als Datei.",
      downloadable:
        "Der Browser braucht zuerst sein Sprachpaket für Englisch. Er holt es bei seinem eigenen Hersteller; nichts aus der Konsultation wird dabei gesendet.",
      downloading: "Der Browser holt sein Sprachpaket …",
    },
    install: "Vom Browser holen lassen",
    voice: "Es spricht",
    voices: { either: "Beide (später raten)", doctor: "Ärztin oder Arzt", patient: "Patientin oder Patient" },
    phase: { idle: "", starting: "Beginnt …", listening: "Hört zu", paused: "Pausiert" },
    pause: "Pause",
    resume: "Fortsetzen",
    finish: "Beenden",
    heard: "Bisher gehört",
    failure: {
      "microphone-refused":
        "Der Browser hat das Mikrofon nicht erlaubt: Erlauben Sie es für diese Seite in der Adressleiste und setzen Sie dann fort.",
      "no-microphone": "Es wurde kein Mikrofon gefunden: Schließen Sie eines an und setzen Sie dann fort.",
      "not-on-device":
        "Der Browser hat die Sprache nicht auf dem Gerät erkannt, und anderes wird hier nicht verwendet. Was bisher gehört wurde, steht im Transkript.",
      language: "Der Browser hat auf diesem Gerät kein Sprachpaket für Englisch.",
      other:
        "Der Browser hat aufgehört zuzuhören. Was bisher gehört wurde, steht im Transkript; setzen Sie fort oder beenden Sie das Diktat.",
    },
  },

  turns: {
    modes: "Wie die Konsultation gezeigt wird",
    mode: { turns: "Äußerungen", edit: "Bearbeiten" },
    label: "Die Konsultation, Äußerung für Äußerung",
  },

  lines: {
    verdicts: {
      supported: "In der Konsultation gefunden.",
      unchecked: "Nicht geprüft: enthält nichts, was die Prüfungen vergleichen.",
    },
    unsupported: (reason, kept) => {
      const why = reason === "" ? "" : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
      if (kept === "apart" && why !== "") return why;
      const found =
        kept === true
          ? "Behalten, obwohl nicht in der Konsultation gefunden."
          : "Nicht in der Konsultation gefunden.";
      return `${found} ${why}`.trim();
    },
    counted: "Was die Prüfungen ergaben",
    counts: {
      supported: (n) => `${formatCount(n)} in der Konsultation gefunden`,
      unsupported: (n) => `${formatCount(n)} nicht gefunden`,
      unchecked: (n) => `${formatCount(n)} nicht geprüft`,
    },
    announce: (n) =>
      n === 0
        ? "Die Prüfungen fanden keine Zeile, die in der Konsultation fehlt."
        : n === 1
          ? "1 Zeile ist nicht in der Konsultation zu finden."
          : `${formatCount(n)} Zeilen sind nicht in der Konsultation zu finden.`,
    notChecked:
      "Die Prüfungen konnten nicht laufen; darum wurde keine Zeile mit der Konsultation verglichen. Sie laufen wieder mit dem Modell.",
    sources: { supported: "Gesagt in ", unsupported: "Vergleichen Sie ", unchecked: "Vielleicht aus " },
    turn: (turn) => `Äußerung ${formatCount(turn)}`,
    showTurn: (turn, speaker) =>
      `Äußerung ${formatCount(turn)}${speaker === "" ? "" : ` (${speaker})`} in der Konsultation zeigen`,
    apart: "Nicht in der Konsultation gefunden",
    putIn: "Einsetzen",
    putInLine: (text) => `Einsetzen: ${text}`,
    edit: "Bearbeiten",
    remove: "Entfernen",
    keep: "So behalten",
    mark: "Wieder markieren",
    editing: (section) => `Zeile von ${section}; Strg + Eingabe speichert, Esc bricht ab`,
    add: "Zeile hinzufügen",
    addTo: (section) => `Zeile hinzufügen in ${section}`,
    newLine: (section) => `Neue Zeile von ${section}; Strg + Eingabe speichert, Esc bricht ab`,
    undo: "Rückgängig",
    redo: "Wiederholen",
    signed: (name, when) => `Signiert von ${name} am ${when}; gesperrt.`,
    amend: "Signatur zurücknehmen und die Notiz ändern",
    replacedEdits: "Die neue Notiz trat an die Stelle einer, an der Sie gearbeitet hatten.",
    bringBack: "Frühere Notiz zurückholen",
  },

  omissions: {
    heading: "Gesagt, aber nicht in der Notiz",
    groups: {
      medications: "Medikamente",
      allergies: "Allergien",
      results: "Befunde und Vitalzeichen",
      plan: "Weiteres Vorgehen",
    },
    insert: "Einfügen",
    insertText: (text, section) => `Einfügen: „${text}“ in ${section}`,
  },

  visits: {
    open: "Konsultationen",
    heading: "Konsultationen",
    chip: {
      none: "",
      saving: "Wird gespeichert …",
      saved: "Gespeichert",
      failed: "Nicht gespeichert",
      detached: "Nicht gespeichert: in einem anderen Tab gelöscht",
    },
    savedAt: (time) => `Gespeichert ${time}`,
    lockedChip: "Konsultationen gesperrt",
    unknown: "Es wird nachgesehen, ob hier Konsultationen aufbewahrt werden …",
    working: "Einen Moment …",
    dismiss: "Ausblenden",
    unlockAction: "Entsperren",
    keepAction: "Als neue Konsultation behalten",

    off: {
      what: "Konsultationen werden nicht aufbewahrt: Was auf der Seite steht, endet mit diesem Tab.",
      where:
        "Wenn Sie das Aufbewahren einschalten, werden Transkript, Notiz, Titel und Daten jeder Konsultation in diesem Browser, auf diesem Gerät und nirgends sonst gespeichert. Sie werden mit Ihrer Passphrase verschlüsselt, bevor sie geschrieben werden. Ohne diese ist nur zu sehen, wie viele Konsultationen es gibt und wie lang sie ungefähr sind.",
      cost: (rounds) =>
        `AES-GCM mit 256 Bit; der Schlüssel entsteht aus Ihrer Passphrase durch ${rounds} Runden PBKDF2-SHA-256.`,
      warning:
        "Niemand kann eine vergessene Passphrase wiederherstellen: Die Konsultationen sind dann verloren. Bewahren Sie eine Kopie dort auf, wo Sie so etwas aufbewahren.",
      passphrase: "Passphrase",
      repeat: "Dieselbe Passphrase noch einmal",
      show: "Passphrase zeigen",
      suggest: "Eine vorschlagen",
      turnOn: "Konsultationen auf diesem Gerät aufbewahren",
      differ: "Die beiden Passphrasen sind nicht gleich.",
      strength: {
        short: (least) => `Zu kurz: Nehmen Sie mindestens ${least} Zeichen.`,
        weak: "Schwach: leicht zu erraten. Vier Wörter, die nichts miteinander zu tun haben, sind besser.",
        fair: "Brauchbar. Ein paar Wörter mehr machen sie stark.",
        strong: "Stark.",
      },
      done: "Alles wurde gelöscht. Konsultationen werden nicht mehr aufbewahrt.",
      elsewhere:
        "In einem anderen Tab wurden alle aufbewahrten Konsultationen gelöscht, und das Aufbewahren wurde ausgeschaltet.",
    },
    unavailable:
      "Dieser Browser gibt der Seite keinen Speicher, etwa in einem privaten Fenster oder bei abgeschaltetem Speicher. Konsultationen können hier nicht aufbewahrt werden; alles andere funktioniert.",
    insecure:
      "Diese Seite kam über einfaches http von einem anderen Rechner; dabei verweigern Browser die Verschlüsselung. Öffnen Sie sie über https oder auf localhost, um Konsultationen aufzubewahren.",

    unlock: {
      what: "Hier werden Konsultationen aufbewahrt; sie sind gesperrt.",
      passphrase: "Passphrase",
      button: "Entsperren",
      forgotten: "Passphrase vergessen?",
      forgottenMeaning:
        "Sie kann nicht wiederhergestellt werden. Sie können alles löschen, was hier gespeichert ist, und neu beginnen.",
    },
    locked: {
      asked:
        "Die Konsultationen sind gesperrt. Die offene Konsultation wurde gespeichert und vom Bildschirm genommen.",
      idle: "Die Konsultationen wurden gesperrt, weil eine Weile nichts getan wurde. Die offene Konsultation wurde gespeichert.",
      elsewhere:
        "Die Konsultationen wurden in einem anderen Tab gesperrt. Die offene Konsultation wurde gespeichert.",
    },
    lockedUnsaved:
      "Die Konsultationen sind gesperrt, aber die auf dem Bildschirm konnte nicht gespeichert werden und blieb stehen: Kopieren oder exportieren Sie sie und leeren Sie sie dann.",
    leftUnsaved:
      "Die Konsultation, die vom Bildschirm genommen wurde, konnte nicht gespeichert werden: Der Datenträger ist voll, oder der Browser gibt dieser Seite keinen Platz mehr. Sie wartet in diesem Tab, der offen bleiben muss, und wird gespeichert, sobald Platz ist.",
    sealedDraft:
      "Die Konsultation dieses Tabs ist verschlüsselt: Entsperren Sie, um sie wiederzusehen.",

    tabs: { list: "Alle Konsultationen", settings: "Einstellungen", log: "Protokoll" },
    begin: "Neue Konsultation",
    lock: "Jetzt sperren",
    search: "Titel, Transkripte und Notizen durchsuchen",
    count: (found, all) =>
      found === all ? visits(all) : `${formatCount(found)} von ${visits(all)}`,
    nothing:
      "Noch wird keine Konsultation aufbewahrt. Die auf der Seite wird gespeichert, sobald sie Text enthält.",
    noneFound: "Keine Konsultation enthält alle diese Wörter.",
    more: "Mehr zeigen",
    currentTitle: "Titel der Konsultation auf der Seite",
    changedAt: (when) => `geändert ${when}`,
    current: "jetzt auf der Seite",
    signed: "signiert",
    noNote: "noch keine Notiz",
    untitled: "Konsultation ohne Titel",
    openVisit: (name) => `${name} öffnen`,
    title: "Titel, etwa Initialen und Anlass",
    rename: "Umbenennen",
    renameVisit: (name) => `${name} umbenennen`,
    delete: "Löschen",
    deleteVisit: (name) => `${name} löschen`,
    deleteSure: "Endgültig löschen?",
    save: "Speichern",
    cancel: "Abbrechen",
    deleteAll: "Alle Konsultationen löschen",
    deleteAllSure: (count) =>
      `Alle ${visits(count)} endgültig löschen? Das Aufbewahren bleibt eingeschaltet.`,
    deleted: (count) =>
      count === 1 ? "Die Konsultation wurde gelöscht." : `${visits(count)} wurden gelöscht.`,
    expired: (count) =>
      count === 1
        ? "Eine Konsultation hatte ihr Alter erreicht und wurde gelöscht."
        : `${visits(count)} hatten ihr Alter erreicht und wurden gelöscht.`,
    asking: (count) =>
      `Nach der Uhr dieses Geräts ${count === 1 ? "hat" : "haben"} ${visits(count)} das Alter zum Löschen erreicht; aber die Uhr ist weit vorgesprungen und geht vielleicht falsch.`,
    askingDelete: "Löschen",
    askingKeep: "Für eine weitere Frist behalten",
    deletedElsewhere: "Die Konsultation, die hier stand, wurde in einem anderen Tab gelöscht.",
    detached:
      "Diese Konsultation wurde in einem anderen Tab gelöscht, während sie hier geändert wurde. Sie wird nicht mehr gespeichert.",
    copyOf: (title) => (title === "" ? "Kopie" : `${title} (Kopie)`),
    copied: (title) =>
      `Diese Konsultation wurde auch in einem anderen Tab geändert. Beide bleiben erhalten: Was hier steht, heißt jetzt „${title}“.`,

    damage: {
      heading: "Beschädigt und nicht verwendet",
      name: (title, created) => [title || "Konsultation ohne Titel", created].filter(Boolean).join(", "),
      kinds: {
        altered: "wurde außerhalb dieser Seite geändert",
        missing: "wurde außerhalb dieser Seite entfernt",
        replaced: "wurde außerhalb dieser Seite durch einen älteren Stand ersetzt",
        returned: "wurde hier gelöscht und außerhalb dieser Seite wieder eingesetzt",
      },
      index:
        "Die Liste der Konsultationen wurde außerhalb dieser Seite geändert und aus den lesbaren Konsultationen neu erstellt. Die Einstellungen stehen wieder auf ihren Vorgaben.",
    },

    files: {
      heading: "Kopien",
      backup: "Verschlüsselte Sicherung speichern",
      backupMeaning:
        "Eine Datei mit allen Konsultationen; sie öffnet sich mit der Passphrase, die jetzt gilt.",
      plain: "Alle Konsultationen unverschlüsselt speichern",
      plainSure:
        "Wer diese Datei bekommt, kann jede Konsultation lesen. Trotzdem speichern?",
      import: "Sicherung einlesen",
      choose: "Sicherungsdatei",
      passphrase: "Passphrase der Sicherung",
      importButton: "Einlesen",
      imported: (added, same, damaged) =>
        [
          `${visits(added)} eingelesen`,
          same > 0 ? `${formatCount(same)} schon vorhanden` : "",
          damaged.length > 0
            ? `${formatCount(damaged.length)} beschädigt und weggelassen: ${damaged
                .map((title) => title || "ohne Titel")
                .join(", ")}`
            : "",
        ]
          .filter(Boolean)
          .join("; ") + ".",
      encrypted: "verschlüsselt",
      plainDetail: "reines JSON",
      backupName: (day) => `konsultationen-${day}.backup.json`,
      plainName: (day) => `konsultationen-${day}.json`,
      logName: (day) => `konsultationen-protokoll-${day}.csv`,
    },

    settings: {
      lockMinutes: "Sperren nach so vielen Minuten ohne Benutzung",
      minutes: (count) => `${count} ${count === 1 ? "Minute" : "Minuten"}`,
      keepDays: "Eine Konsultation so lange nach der letzten Änderung löschen",
      never: "nie",
      days: (count) => `${count} ${count === 1 ? "Tag" : "Tage"}`,
      keepMeaning:
        "Wird bei jedem Entsperren der Konsultationen nachgesehen, denn auch ihre Daten sind verschlüsselt.",
      saved: "Die Einstellungen sind gespeichert.",
      storage: "Speicher",
      persistent:
        "Der Browser hat zugesagt, die Konsultationen bei Platzmangel nicht zu löschen.",
      notPersistent:
        "Der Browser darf das Gespeicherte bei Platzmangel oder nach langer Zeit ohne Benutzung löschen: Speichern Sie Sicherungen.",
      cost: (rounds, duration) =>
        `Das Ableiten des Schlüssels dauerte hier ${duration} (${rounds} Runden PBKDF2-SHA-256).`,
      passphrase: "Passphrase ändern",
      present: "Jetzige Passphrase",
      next: "Neue Passphrase",
      change: "Ändern",
      passphraseChanged:
        "Die Passphrase ist geändert. Frühere Sicherungen öffnen sich weiterhin mit der alten.",
      off: "Konsultationen nicht mehr aufbewahren",
      offMeaning:
        "Löscht jede Konsultation, das Protokoll und den Schlüssel aus diesem Browser. Die Konsultation auf der Seite bleibt dort. Speichern Sie vorher eine Sicherung und das Protokoll, wenn Sie sie brauchen.",
      offButton: "Alles löschen und ausschalten",
      offSure: "Alles endgültig löschen?",
    },

    log: {
      what: "Was erstellt, bearbeitet, signiert, exportiert, geöffnet und gelöscht wurde, während Konsultationen aufbewahrt wurden. Jeder Eintrag trägt den Hash des vorherigen, damit keiner unbemerkt entfernt oder geändert werden kann. Änderungen innerhalb von zehn Minuten sind ein Eintrag.",
      damaged: "(beschädigt)",
      whole: "Das Protokoll ist unversehrt.",
      broken: "Das Protokoll wurde außerhalb dieser Seite geändert:",
      problems: {
        missing: (number) => `Eintrag ${number} fehlt`,
        altered: (number) => `Eintrag ${number} wurde geändert`,
        broken: (number) => `Eintrag ${number} schließt nicht an den vorherigen an`,
        surplus: (number) => `Eintrag ${number} wurde hinzugefügt`,
      },
      save: "Als Tabelle speichern (CSV)",
      number: "Nr.",
      time: "Zeit",
      event: "Ereignis",
      visit: "Konsultation",
      gone: (id) => `gelöscht (${id.slice(0, 8)})`,
      events: {
        generated: "Notiz erstellt",
        edited: "Notiz bearbeitet",
        signed: "Notiz signiert",
        exported: "exportiert",
        opened: "geöffnet",
        deleted: "gelöscht",
        created: "Aufbewahren eingeschaltet",
        unlocked: "entsperrt",
        saved: "erstmals gespeichert",
        copied: "als Kopie behalten",
        renamed: "umbenannt",
        expired: "wegen des Alters gelöscht",
        passphrase: "Passphrase geändert",
        settings: "Einstellungen geändert",
        backup: "alle Konsultationen in eine Datei gespeichert",
        imported: "eingelesen",
        repaired: "beschädigte Liste neu erstellt",
      },
    },

    draft:
      "Was auf der Seite steht, liegt im eigenen Speicher dieses Tabs, damit ein Neuladen nichts verliert. Es endet mit dem Tab, mit „Leeren“ und mit dem Sperren; bis dahin darf der Browser es auf den Datenträger dieses Geräts schreiben. Solange aufbewahrte Konsultationen entsperrt sind, ist es verschlüsselt wie diese.",

    errors: {
      unavailable:
        "Dieser Browser gibt der Seite keinen Speicher, etwa in einem privaten Fenster. Konsultationen können hier nicht aufbewahrt werden; was auf der Seite steht, bleibt dort.",
      insecure: "Konsultationen können nur über https oder auf localhost aufbewahrt werden.",
      full: "Der Datenträger ist voll, oder der Browser gibt dieser Seite keinen Platz mehr: Die Konsultation auf dem Bildschirm ist nicht gespeichert. Sie bleibt dort; schaffen Sie Platz, oder kopieren oder exportieren Sie sie.",
      "wrong-passphrase":
        "Diese Passphrase ist nicht die richtige. Nichts wurde geändert; versuchen Sie es erneut.",
      "key-damaged":
        "Der gespeicherte Schlüssel ist beschädigt; keine Passphrase kann die Konsultationen öffnen. Löschen Sie, was hier gespeichert ist, und lesen Sie dann Ihre letzte Sicherung ein.",
      off: "Hier werden keine Konsultationen mehr aufbewahrt.",
      locked: "Die Konsultationen sind gesperrt: Entsperren Sie sie zuerst.",
      missing:
        "Diese Konsultation ist nicht mehr gespeichert; vielleicht hat ein anderer Tab sie gelöscht.",
      damaged:
        "Diese Konsultation wurde außerhalb dieser Seite geändert und kann nicht geöffnet werden.",
      "not-a-backup":
        "Diese Datei ist keine Sicherung von Konsultationen, oder ein Teil davon fehlt.",
      storage:
        "Der Speicher des Browsers versagte; nichts wurde geändert. Was auf der Seite steht, bleibt dort; laden Sie die Seite neu und versuchen Sie es erneut.",
    },
  },

  models: {
    open: "Modell",
    heading: "Modell auf diesem Gerät",
    intro:
      "Ein Modell wird einmal heruntergeladen, Datei für Datei geprüft und bleibt in diesem Browser, bis Sie es löschen. Der zweite Start liest es von hier und braucht kein Netz.",
    needed: "Die Notiz braucht ein Modell, und noch ist keines geladen.",
    downloadNow: "Modell jetzt herunterladen",
    offer: {
      metered: (size) =>
        `Diese Verbindung ist langsam oder spart Daten; darum wurde das Modell (${size}) nicht von selbst heruntergeladen.`,
      memory: (size) =>
        `Das Modell braucht etwa ${size} Arbeitsspeicher, mehr als eine Seite auf diesem Gerät erwarten kann: Der Browser beendet die Seite vielleicht beim Laden. Ein Computer oder ein kleineres Modell eignet sich besser.`,
      cancelled: (size) =>
        `Das Herunterladen wurde abgebrochen. Was angekommen war, bleibt erhalten; ${size} fehlen noch.`,
      deleted: (size) =>
        `Das Modell wurde gelöscht. Um es erneut zu laden, sind ${size} herunterzuladen.`,
    },
    download: (size) => `Modell herunterladen (${size})`,
    anyway: "Trotzdem laden",
    goOn: (size) => `Herunterladen fortsetzen (noch ${size})`,
    cancel: "Herunterladen abbrechen",
    remove: "Von diesem Gerät löschen",
    removed: "Es ist gelöscht. Was jetzt läuft, läuft weiter, bis diese Seite geschlossen wird.",
    use: "Dieses Modell verwenden",
    size: "Größe",
    memory: "Speicher",
    tooBig: "Mehr, als eine Seite auf diesem Gerät erwarten kann.",
    state: "Zustand",
    states: {
      running: (engine) => `Läuft jetzt (${engine})`,
      loading: "Wird geladen",
      stored: "Auf diesem Gerät",
      partly: (done, total) => `${done} von ${total} sind auf diesem Gerät`,
      absent: "Nicht auf diesem Gerät",
    },
    engine: "Rechenwerk",
    engineMeaning:
      "Automatisch nimmt den Prozessor (CPU), außer wenn es eine GPU gibt und sie gemessen schneller war.",
    threads: "Rechen-Threads",
    allThreads: (count) => `Automatisch (bis zu ${count})`,
    time: "Zeit für eine Notiz",
    expected: (milliseconds) =>
      `etwa ${formatDuration(milliseconds)} für eine Konsultation von 10 Minuten`,
    thisVisit: (milliseconds) => `Diese Konsultation: etwa ${formatDuration(milliseconds)}`,
    measuredBy: {
      test: "aus einem kurzen Test nach dem Start",
      note: "aus der letzten Notiz in diesem Tab",
    },
    unknownTime: "Bekannt wenige Sekunden, nachdem das Modell bereit ist.",
    storage: "Speicher",
    room: (used, total) =>
      `Diese Seite belegt ${used} der ${total}, die der Browser ihr gewährt.`,
    unknownRoom: "Dieser Browser sagt nicht, wie viel Platz es gibt.",
    persistent: "Der Browser behält es, bis Sie es löschen.",
    passing: "Der Browser darf es löschen, wenn der Datenträger fast voll ist.",
    persist: "Dauerhaft behalten lassen",
    refused:
      "Der Browser war nicht einverstanden; meist hilft es, diese Seite als App zu installieren.",
    diskFull:
      "Auf diesem Gerät war kein Platz, um das ganze Modell zu behalten: Es läuft jetzt und wird beim nächsten Mal wieder heruntergeladen. Schaffen Sie Platz auf dem Datenträger und laden Sie die Seite dann neu.",
    replaced: (files) =>
      `Gespeicherte Dateien des Modells waren beschädigt und wurden nicht verwendet: ${files.join(", ")}. Sie wurden vom Server ersetzt.`,
  },

  updates: {
    waiting: "Eine neue Version dieser Seite ist bereit. Ihr Text bleibt erhalten.",
    apply: "Jetzt aktualisieren",
    afterNote: "Nach der Notiz aktualisieren",
    elsewhere:
      "Diese Seite wurde in einem anderen Tab aktualisiert. Ihr Text bleibt erhalten; laden Sie diesen Tab neu, wenn es Ihnen passt.",
    reload: "Neu laden",
    repaired: (files) =>
      `Gespeicherte Dateien dieser Seite waren beschädigt und wurden nicht verwendet: ${files.join(", ")}. Sie wurden vom Server ersetzt.`,
    damaged: {
      heading: "Diese Seite kann nicht geöffnet werden",
      sentence:
        "Gespeicherte Dateien dieser Seite sind beschädigt und wurden nicht verwendet. Verbinden Sie dieses Gerät mit dem Netz und laden Sie die Seite neu. Die beschädigten Dateien:",
    },
  },

  privacy: {
    open: "Datenschutz",
    heading: "Was diese Seite verlässt: nichts",
    foundForeign: "Von einer anderen Adresse wurde etwas verlangt",
    intro:
      "Transkript und Notiz werden allein von diesem Gerät bearbeitet. Dies hat der Browser selbst aufgezeichnet, seit die Seite geöffnet wurde.",
    requests: "Was die Seite angefragt hat",
    kinds: {
      page: "Dateien dieser Seite",
      lists: "Listen und Beispielkonsultationen",
      model: "Dateien des Modells",
      updates: "Dasselbe, durch den Teil, der ohne Netz arbeitet",
    },
    toOthers: "Anfragen an andere Adressen",
    refused: "Versuche, die der Browser abgelehnt hat",
    onlyHere: (origin) =>
      `Alle gingen an die eigene Adresse dieser Seite, ${origin}, und verlangten Dateien; nach dem ersten Besuch der Seite werden die meisten von diesem Gerät beantwortet.`,
    storage: "Was auf diesem Gerät gespeichert ist",
    stored: {
      files: (count, size) =>
        `${formatCount(count)} Dateien dieser Seite und der Modelle${size === null ? "" : `, ${size}`}`,
      visits: (databases) =>
        databases.length === 0
          ? "Keine Konsultationen: Es werden keine aufbewahrt, wenn Sie es nicht einschalten"
          : `Aufbewahrte Konsultationen, verschlüsselt (Datenbank ${databases.join(", ")})`,
      tab: (size) =>
        `Die offene Konsultation, ${size}, im Speicher dieses Tabs, der mit ihm endet`,
      lasting: (count) =>
        count === 0
          ? "Keine Cookies und nichts im lokalen Speicher"
          : `${formatCount(count)} ${count === 1 ? "Eintrag" : "Einträge"} in Cookies und lokalem Speicher`,
      language: "Die gewählte Sprache der Seite, als Eintrag des lokalen Speichers",
    },
    offline: "Ohne Netz",
    offlineReady:
      "Seite und Modell sind gespeichert: Beide arbeiten ohne Netz, auch nach einem Neustart.",
    offlineNotYet:
      "Dieser Browser hat die Seite noch nicht gespeichert; zum Öffnen braucht sie darum das Netz.",
    offlineModel:
      "Die Seite ist gespeichert. Das Modell ist es nicht; eine Notiz braucht darum einmal das Netz.",
    forced:
      "Ein erzwungenes Neuladen (Strg + Umschalt + R) umgeht das Gespeicherte und kann darum nicht ohne Netz gehen; ein gewöhnliches Neuladen schon.",
    check: "Prüfen Sie es selbst",
    steps: [
      "Schalten Sie den Flugmodus ein oder ziehen Sie das Netzkabel, und schreiben Sie eine Notiz: Nichts ändert sich.",
      "Drücken Sie F12, öffnen Sie „Netzwerk“, und schreiben Sie eine Notiz: Die Liste bleibt leer.",
      "In denselben Werkzeugen zeigt „Anwendung“ alles, was hier gespeichert ist.",
    ],
    policy: "Regeln, die der Browser durchsetzt",
    policyMeaning:
      "Diese Regeln stehen in der Seite. Der Browser lehnt jede Verbindung, jedes Skript, jedes Bild und jedes Formular ab, das sie nicht nennen; 'self' ist die eigene Adresse dieser Seite. Direktverbindungen (WebRTC), die keine Regel erfasst, sind auf dieser Seite abgeschaltet.",
    isolated: "Die Seite ist von anderen Seiten abgeschottet (COOP und COEP).",
    notIsolated: "Die Seite ist hier nicht von anderen Seiten abgeschottet (kein COOP und COEP).",
  },

  writing: {
    part: (part, parts) => (parts > 1 ? `Teil ${part} von ${parts}: ` : ""),
    inParts: (parts) =>
      `mehr, als das Modell auf einmal liest: Es wird in ${parts} Teilen gelesen, und deren Abschnitte werden zusammengefügt.`,
    tooLong: "zu lang für dieses Modell.",
    keepEnd: "Nur das Ende verwenden",
    keepStart: "Nur den Anfang verwenden",
    readIn: (parts) =>
      `Die Konsultation wurde in ${parts} Teilen gelesen, und deren Abschnitte wurden zusammengefügt: Achten Sie darauf, was zusammengehört.`,
    stoppedIn: (done, parts) =>
      `Die Konsultation hat ${parts} Teile, und nur ${done === 0 ? "ein Stück des ersten" : done === 1 ? "der erste" : `die ersten ${done}`} ${done > 1 ? "sind" : "ist"} ganz in der Notiz: Sie wurde vor dem Ende angehalten.`,
    tools: "Stil, Briefe und Codes",
    again: {
      open: "Neu schreiben",
      label: (section) => `${section} neu schreiben`,
      wish: "Ihr Wunsch dazu, wenn Sie einen haben",
      example: "etwa auf Englisch: shorter; name each medication with its dose",
      loosely:
        "Dieses kleine Modell folgt Wünschen nur ungefähr, und andere Worte sind nicht besser geprüfte: Lesen Sie das Ergebnis. Der Text, der jetzt hier steht, kommt mit „Rückgängig“ zurück.",
      go: "Schreiben",
      cancel: "Abbrechen",
      notReady: "Dafür muss das Modell laufen.",
      status: (section) => `${section} wird neu geschrieben`,
      rewritten: (section) =>
        `${section} wurde neu geschrieben: Prüfen Sie den Text. „Rückgängig“ holt den früheren zurück.`,
      "not-rewritten": (section) =>
        `${section} bleibt, wie es war: Es wurde kein ganzer Text geschrieben.`,
    },
    style: {
      label: "Stil",
      open: "Stil ändern …",
      heading: "Stil der Notiz",
      remark:
        "Ein Stil ändert Reihenfolge, Überschriften und Form der Zeilen, nie ihre Worte. Was kopiert, gespeichert und gedruckt wird, erscheint darin; hier bleiben die vier Abschnitte, wie sie sind.",
      names: {
        written: "Wie geschrieben",
        paragraphs: "Absätze",
        bullets: "Aufzählung",
        problems: "Plan nach Problemen",
        apso: "Beurteilung und Plan zuerst",
        consultation: "Konsil",
        "family-medicine": "Hausarztmedizin",
        emergency: "Notfallmedizin",
        psychiatry: "Psychiatrie",
        orthopaedics: "Orthopädie",
        paediatrics: "Pädiatrie",
        cardiology: "Kardiologie",
        own: "Eigene Vorlage",
        learned: "Aus Ihren Notizen gelernt",
      },
      preview: "So wird es aussehen",
      empty: "Es gibt noch keine Notiz: Ihre Zeilen werden hier stehen.",
      own: "Eigene Vorlage",
      ownRemark: (names) =>
        `Reiner Text mit Platzhaltern in doppelten geschweiften Klammern, etwa {{subjective}} oder {{plan: bullets}}. Was kein Platzhalter aufnimmt, kommt ans Ende, damit nichts verloren geht. Platzhalter: ${names}.`,
      example: en.writing.style.example,
      use: "Diese Vorlage verwenden",
      errors: {
        unclosed: (name) =>
          `ein Platzhalter ist nicht mit }} geschlossen${name === "" ? "" : ` (nach „${name}“)`}.`,
        empty: () => "ein Platzhalter hat keinen Namen.",
        unknown: (name) => `es gibt keinen Platzhalter namens „${name}“.`,
        twice: (name) => `„${name}“ steht hier zum zweiten Mal.`,
        form: (name) =>
          `„${name}“ ist keine Form: Schreiben Sie bullets oder paragraphs nach dem Doppelpunkt.`,
        none: () =>
          "die Vorlage hat keinen Platzhalter; keine Zeile einer Notiz stünde darin.",
        "too-long": () => "die Vorlage ist länger als 20.000 Zeichen.",
      },
      line: (line) => `Zeile ${line}: `,
      learn: "Aus Notizen lernen",
      learnRemark:
        "Fügen Sie zwei oder drei eigene Notizen ein, dazwischen eine Zeile nur aus ---. Gelernt werden Überschriften und ihre Reihenfolge, Listen oder Absätze, Großschreibung und Kurznamen von Vitalzeichen. Wie Sie formulieren, wird nicht gelernt: Das kann dieses Modell nicht.",
      learnField: "Ihre Notizen",
      learnGo: "Stil lernen",
      learnedWhat: (headings, form, more) =>
        `Gelernt: ${form}; ${headings === "" ? "keine Überschriften gefunden, die vier Abschnitte bleiben" : `Überschriften in dieser Reihenfolge: ${headings}`}${more}.`,
      forms: { bullets: "Listen", paragraphs: "Absätze", written: "wie geschrieben" },
      capitals: "; Überschriften in Großbuchstaben",
      vitals: "; Kurznamen von Vitalzeichen",
      unknownHeadings: (names) =>
        `Nicht übernommen, weil nichts in einer Notiz hier dazugehört: ${names}.`,
      nothingLearned: "Es gibt keinen Text, aus dem gelernt werden könnte.",
    },
    codes: {
      open: "Diagnosecodes …",
      heading: "ICD-10-CM-Codes für die Beurteilung",
      remark:
        "Vorschläge aus den Worten einzelner Zeilen, von einem Menschen zu prüfen. Sie sind keine Abrechnungsberatung: Regeln der Kodierung, der Kostenträger und der Reihenfolge werden nicht beachtet. Verneintes, Vermutetes und Angaben über Angehörige erhalten keinen Code.",
      from: "aus:",
      incomplete: "braucht weitere Stellen",
      none: "Keine Zeile der Beurteilung führt zu einem Code.",
      looking: "Die Wörter werden nachgeschlagen …",
      failed: "Die Codes konnten nicht nachgeschlagen werden: Starten Sie das Modell neu.",
      copy: "Liste kopieren",
    },
  },

  letter: {
    open: "Für die behandelte Person …",
    heading: "Für die behandelte Person",
    kinds: { letter: "Brief", summary: "Zusammenfassung der Konsultation" },
    kind: "Was",
    field: "Text, den Sie beliebig ändern können",
    remark:
      "Ein englischer Entwurf, aus den eigenen Zeilen der Notiz zusammengesetzt: Lesen Sie ihn mit den Augen der behandelten Person und setzen Sie für Fachwörter einfache ein. Nichts wurde hinzugefügt, was die Notiz nicht sagt.",
    left: (lines) =>
      lines === 1
        ? "Eine markierte Zeile fehlt, bis Sie darüber entschieden haben."
        : `${lines} markierte Zeilen fehlen, bis Sie darüber entschieden haben.`,
    nothing: "Die Notiz hat noch keine Zeile, die hineingehört.",
    again: "Neu aus der Notiz beginnen",
    copy: "Kopieren",
    copied: "Der Text ist in der Zwischenablage.",
    notCopied:
      "Der Browser erlaubt hier kein Kopieren: Markieren Sie den Text und kopieren Sie ihn von Hand.",
    print: "Drucken",
    draft: en.letter.draft,
    words: en.letter.words,
  },

  licences: {
    open: "Lizenzen",
    heading: "Lizenzen",
    page: "Diese Seite",
    pageLicence: en.licences.pageLicence,
    model: "Modell",
    of: { model: "Gewichte", data: "Trainingsdaten" },
    libraries: "Bibliotheken in dieser Seite",
    loading: "Wird geladen …",
    missing: "Die Liste konnte nicht geladen werden.",
  },
};

/** Of the engine and the scribe, by code; their own sentences are English and name the details. */
const FAILURES: Partial<Record<string, string>> = {
  "empty-transcript":
    "Es gibt noch kein Transkript: Fügen Sie eines ein, tippen Sie es, oder wählen Sie eine Beispielkonsultation.",
  "missing-file":
    "Eine Datei des Modells fehlt dort, wo die Seite installiert ist; bitten Sie, wer sie installiert hat, den ganzen Modellordner zu kopieren.",
  "hash-mismatch":
    "Eine Datei des Modells ist beschädigt und wurde nicht verwendet; laden Sie die Seite neu. Hilft das nicht, lassen Sie den Modellordner erneut kopieren.",
  "download-interrupted":
    "Das Herunterladen des Modells wurde unterbrochen; prüfen Sie die Verbindung und versuchen Sie es erneut.",
  "download-stalled":
    "Vom Modell kommt seit einiger Zeit nichts mehr an; prüfen Sie die Verbindung und versuchen Sie es erneut.",
  "stored-damaged":
    "Eine gespeicherte Datei des Modells ist beschädigt oder veraltet, wurde nicht verwendet und konnte nicht ersetzt werden; verbinden Sie dieses Gerät mit dem Netz und versuchen Sie es erneut.",
  "out-of-memory":
    "Der Speicher reicht für dieses Modell nicht aus; schließen Sie andere Tabs und Programme und versuchen Sie es erneut.",
  "no-wasm-simd":
    "Diesem Browser fehlt WebAssembly SIMD, das die CPU braucht; verwenden Sie ein aktuelles Chrome, Edge, Firefox oder Safari.",
  "no-engine":
    "Dieser Browser hat weder WebAssembly SIMD noch eine nutzbare GPU; eines davon braucht das Modell. Verwenden Sie ein aktuelles Chrome, Edge, Firefox oder Safari.",
  "device-lost":
    "Der Browser hat die GPU verloren; laden Sie das Modell erneut oder wählen Sie die CPU.",
  "worker-died":
    "Ein Rechen-Thread der CPU ist stehen geblieben; laden Sie das Modell erneut, bei Wiederholung mit weniger Threads.",
};
