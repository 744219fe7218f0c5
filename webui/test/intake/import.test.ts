import { describe, expect, it } from "vitest";

import { decodeText } from "../../src/intake/decode.ts";
import { IntakeError, type IntakeProblem } from "../../src/intake/errors.ts";
import { importFile, importText, MOST_TEXT_BYTES, sniff } from "../../src/intake/import.ts";
import type { Format, Imported } from "../../src/intake/types.ts";
import { splitTurns } from "../../src/scribe/transcript.ts";

const read = (text: string, format: Format = "text"): Imported =>
  importText(text, format, `visit.${format}`);
const lines = (text: string, format: Format = "text"): string[] =>
  read(text, format).text.split("\n");

const file = (name: string, bytes: Uint8Array, size = bytes.length) => ({
  name,
  size,
  arrayBuffer: async () => bytes.slice().buffer,
});
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const noDocx = () => Promise.reject(new Error("not asked for"));

async function problem(work: () => unknown): Promise<IntakeProblem> {
  try {
    await work();
  } catch (error) {
    if (error instanceof IntakeError) return error.problem;
    throw error;
  }
  throw new Error("nothing was wrong");
}

const BOTH = ["[doctor] How is the knee?", "[patient] It still hurts."];

describe("labels of recorders", () => {
  it.each([
    ["brackets", "[Doctor] How is the knee?\n[Patient] It still hurts."],
    ["colons", "Doctor: How is the knee?\nPatient: It still hurts."],
    ["a title and a name", "Dr. Smith: How is the knee?\nPatient: It still hurts."],
    ["times before", "00:12 Doctor: How is the knee?\n00:15 Patient: It still hurts."],
    [
      "times in brackets",
      "[00:00:12] Doctor: How is the knee?\n[00:00:15] Patient: It still hurts.",
    ],
    ["times within", "Doctor (0:12): How is the knee?\nPatient (0:15): It still hurts."],
    ["times and a dash", "0:12 - Doctor: How is the knee?\n0:15 - Patient: It still hurts."],
    ["chevrons", ">> DOCTOR: How is the knee?\n>> PATIENT: It still hurts."],
    ["chevrons alone", ">> How is the knee?\n>> It still hurts."],
    [
      "names above, with times",
      "Speaker 1  0:12\nHow is the knee?\n\nSpeaker 2  0:15\nIt still hurts.",
    ],
    ["times above", "0:12 Speaker 1\nHow is the knee?\n0:15 Speaker 2\nIt still hurts."],
    [
      "names and times with commas",
      "Ann Lee, 00:12\nHow is the knee?\nBo Ek, 00:15\nIt still hurts.",
    ],
    ["labels alone", "Doctor\nHow is the knee?\nPatient\nIt still hurts."],
    ["anonymous labels", "Speaker A: How is the knee?\nSpeaker B: It still hurts."],
    ["spk_0", "spk_0: How is the knee?\nspk_1: It still hurts."],
    ["initials", "D: How is the knee?\nP: It still hurts."],
    ["tabs", "Doctor\tHow is the knee?\nPatient\tIt still hurts."],
    ["Windows line ends", "Doctor: How is the knee?\r\n\r\nPatient: It still hurts.\r\n"],
  ])("%s", (_, text) => {
    expect(lines(text)).toEqual(BOTH);
  });

  it("keeps what only looks like a label or a time in the text", () => {
    expect(lines("Doctor: see you\n10:30 tomorrow\nPatient: So here's the plan: rest.")).toEqual([
      "[doctor] see you 10:30 tomorrow",
      "[patient] So here's the plan: rest.",
    ]);
    expect(lines("Doctor: the plan\nPlan: rest\nPatient: ok")).toEqual([
      "[doctor] the plan Plan: rest",
      "[patient] ok",
    ]);
  });

  it("joins a speaker's lines, and keeps other people's labels", () => {
    const text = "Doctor: one\nDoctor: two\nthree\nNurse: four\nPatient: five";
    expect(lines(text)).toEqual(["[doctor] one two three", "[nurse] four", "[patient] five"]);
  });

  it("reads Markdown without its marks", () => {
    const text =
      "# Visit\n\n**Doctor:** How is *the* knee?\n\n- **Patient**: It still `hurts`.\n\n---\n## Doctor\nRest \\[a bit\\].";
    const { text: out, remarks } = read(text, "markdown");
    expect(out).toBe(
      "[doctor] How is *the* knee?\n[patient] It still hurts.\n[doctor] Rest [a bit].",
    );
    expect(remarks).toContainEqual({ code: "headings-left-out", count: 1 });
  });

  it("leaves text without labels as lines, and says that the speakers are a guess", () => {
    const { turns, remarks } = read("how is the knee ?\nit still hurts .\nany swelling ?\nno .");
    expect(turns.map(({ speaker }) => speaker)).toEqual(["doctor", "patient", "doctor", "patient"]);
    expect(remarks).toEqual([{ code: "guessed-lines", count: 4 }]);
    expect(read("one line alone")).toMatchObject({ text: "one line alone", remarks: [] });
  });

  it("gives text that the scribe splits into the same turns", () => {
    const { turns, text } = read("Speaker 1: hi there\nSpeaker 2: Note: x: y\nSpeaker 1: [ok] bye");
    expect(splitTurns(text).map(({ speaker, text: said }) => ({ speaker, text: said }))).toEqual(
      turns,
    );
  });
});

describe("WebVTT", () => {
  it("reads voices, settings, entities and several lines, and leaves notes and styles out", () => {
    const text = `WEBVTT - a visit

NOTE made by a recorder
over two lines

STYLE
::cue { color: red }

1
00:00.000 --> 00:02.000 align:start position:10%
<v Dr. Smith>How is <i>the</i>
knee &amp; leg?</v>

intro-2
00:00:02.500 --> 00:00:04.000
<v.loud Patient>It still <00:03.000>hurts &lt;a lot&gt;.

00:04.000 --> 00:05.000
<v Patient>And swells.</v>`;
    const { text: out, remarks } = read(text, "vtt");
    expect(out).toBe(
      "[doctor] How is the knee & leg?\n[patient] It still hurts <a lot>. And swells.",
    );
    expect(remarks).toEqual([{ code: "notes-left-out", count: 1 }]);
  });

  it("reads labels where cues have no voices", () => {
    const text =
      "WEBVTT\n\n00:00.000 --> 00:02.000\nAnna Lee: How is\n\n00:02.000 --> 00:03.000\nthe knee?\n\n00:03.000 --> 00:04.000\nBo Ek: It still hurts.";
    expect(lines(text, "vtt")).toEqual(BOTH);
  });

  it("joins cues that cut a sentence, and guesses where nobody is named", () => {
    const text =
      "WEBVTT\n\n00:00.000 --> 00:02.000\nHow is\n\n00:02.100 --> 00:03.000\nthe knee?\n\n00:05.000 --> 00:06.000\nIt still hurts.";
    expect(lines(text, "vtt")).toEqual(BOTH);
  });

  it("keeps a cue whose times cannot be read, and says where", () => {
    const text =
      "WEBVTT\n\n0x:00 --> later\n<v Doctor>Hello\n\n00:03.000 --> 00:04.000\n<v Patient>Hi";
    const { text: out, remarks } = read(text, "vtt");
    expect(out).toBe("[doctor] Hello\n[patient] Hi");
    expect(remarks).toEqual([{ code: "odd-times", line: 3, count: 1 }]);
  });

  it("refuses a file without times", async () => {
    expect(await problem(() => read("WEBVTT\n\nhello", "vtt"))).toMatchObject({ code: "no-cues" });
  });
});

describe("SubRip", () => {
  it("reads cues with and without blank lines between", () => {
    const text =
      "1\n00:00:00,000 --> 00:00:02,000\n[Doctor] How is the knee?\n\n2\n00:00:02,000 --> 00:00:03,000\n<i>[Patient]</i> It still\n3\n00:00:03,000 --> 00:00:04,000\nhurts.\n";
    expect(lines(text, "srt")).toEqual(BOTH);
  });
});

describe("files", () => {
  it("are told by their names, and by what is in them", () => {
    expect(sniff("WEBVTT\n\n")).toBe("vtt");
    expect(sniff("\ufeff1\r\n00:00:00,000 --> 00:00:02,000\r\nhi")).toBe("srt");
    expect(sniff('[{"text":"hi"}]')).toBe("json");
    expect(sniff("[doctor] hi")).toBe("text");
  });

  it.each([
    ["UTF-8", utf8("Patient: mañana, 38 °C")],
    ["UTF-8 with a mark", utf8("\ufeffPatient: mañana, 38 °C")],
    ["UTF-16 little-endian", utf16("\ufeffPatient: mañana, 38 °C", true)],
    ["UTF-16 big-endian", utf16("\ufeffPatient: mañana, 38 °C", false)],
    ["UTF-16 without a mark", utf16("Patient: mañana, 38 °C", true)],
    ["Windows-1252", Uint8Array.from("Patient: mañana, 38 °C", (c) => c.charCodeAt(0))],
  ])("in %s", async (name, bytes) => {
    const { text, remarks } = await importFile(file("a.TXT", bytes), noDocx);
    expect(text).toBe("[patient] mañana, 38 °C");
    expect(remarks).toEqual(name === "Windows-1252" ? [{ code: "windows-1252" }] : []);
  });

  it.each([
    ["photo.png", utf8("x"), undefined, "unknown-kind"],
    ["visit.txt", utf8(""), undefined, "empty"],
    ["visit.txt", utf8(" \n "), undefined, "empty"],
    ["visit.txt", utf8("x"), MOST_TEXT_BYTES + 1, "too-big"],
    ["visit.txt", Uint8Array.from({ length: 300 }, (_, at) => at % 9), undefined, "not-text"],
    ["visit.json", utf8('{"a":\n[1,}'), undefined, "bad-json"],
  ])("%s is refused kindly", async (name, bytes, size, code) => {
    expect(await problem(() => importFile(file(name, bytes, size), noDocx))).toMatchObject({
      code,
      file: name,
    });
  });

  it("that cannot be read say so", async () => {
    const broken = { name: "a.txt", size: 1, arrayBuffer: () => Promise.reject(new Error("gone")) };
    expect(await problem(() => importFile(broken, noDocx))).toMatchObject({ code: "unreadable" });
  });

  it("hold text, whatever is in it", () => {
    const text = "Doctor: <img src=x onerror=alert(1)> & <script>alert(2)</script>\nPatient: hi";
    expect(lines(text)[0]).toBe(
      "[doctor] <img src=x onerror=alert(1)> & <script>alert(2)</script>",
    );
  });
});

describe("decodeText", () => {
  it("names the encoding", () => {
    expect(decodeText(utf8("ä"), "a").encoding).toBe("utf-8");
    expect(decodeText(Uint8Array.of(0xe4), "a")).toEqual({ text: "ä", encoding: "windows-1252" });
  });
});

function utf16(text: string, little: boolean): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(text.length * 2));
  [...text].forEach((c, at) => bytes.setUint16(at * 2, c.charCodeAt(0), little));
  return new Uint8Array(bytes.buffer);
}
