// @vitest-environment happy-dom
import { zipSync } from "fflate";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeText } from "../../src/intake/decode.ts";
import { documentText, readDocx } from "../../src/intake/docx.ts";
import { IntakeError } from "../../src/intake/errors.ts";
import { importFile, importText } from "../../src/intake/import.ts";
import { guessSpeakers, speakersIn, swapSpeakers } from "../../src/intake/speakers.ts";
import type { Format } from "../../src/intake/types.ts";
import { splitTurns } from "../../src/scribe/transcript.ts";

const RUNS = { numRuns: 10_000 };

/** Pieces of which foreign files are made, put together at random with any characters. */
const pieces = (...parts: string[]) =>
  fc
    .array(fc.oneof(fc.constantFrom(...parts), fc.string({ unit: "binary", maxLength: 8 })), {
      maxLength: 24,
    })
    .map((found) => found.join(""));

const MARKUP = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;", "&#x3c;"];
const LABELS = [
  "Doctor:",
  "Speaker 1  0:12\n",
  "[patient] ",
  ">> ",
  "0:12 ",
  "[0:12] ",
  "\n",
  " ",
  ":",
  "(0:12):",
  "S1\t",
];
const TIMES = [
  "00:01.000 --> 00:02.000",
  "00:00:01,000 --> 00:00:02,000",
  "-->",
  "\n\n",
  "\n",
  "1\n",
];

/** What every parser promises: turns of plain text, or an error for people. */
function holds(text: string, format: Format): void {
  try {
    const { turns, text: out } = importText(text, format, "f");
    for (const turn of turns) {
      expect(turn.text).not.toMatch(/[\n\r\0]/);
      expect(turn.text.isWellFormed()).toBe(true);
      expect(turn.text).not.toBe("");
    }
    if (turns.every(({ speaker }) => speaker !== "")) {
      expect(splitTurns(out).map(({ speaker }) => speaker)).toEqual(
        turns.map(({ speaker }) => speaker),
      );
    }
  } catch (error) {
    if (!(error instanceof IntakeError)) throw error;
  }
}

describe("10,000 random inputs each", () => {
  it.each<[Format, fc.Arbitrary<string>]>([
    ["text", pieces(...LABELS, ...MARKUP)],
    ["markdown", pieces(...LABELS, ...MARKUP, "# ", "**", "- ", "\\", "`")],
    [
      "vtt",
      pieces(
        ...TIMES,
        ...LABELS,
        ...MARKUP,
        "WEBVTT\n\n",
        "<v Ann>",
        "</v>",
        "<v",
        "NOTE x",
        "STYLE",
        "&amp;",
        "&#99999999;",
      ),
    ],
    ["srt", pieces(...TIMES, ...LABELS, ...MARKUP, "<i>", "{\\an8}")],
  ])("%s", (format, texts) => {
    fc.assert(
      fc.property(texts, (text) => holds(text, format)),
      RUNS,
    );
  });

  it("json, well-formed and not", () => {
    const names = fc.constantFrom(
      ..."text speaker segments results items alternatives transcripts transcript words word utterances".split(
        " ",
      ),
      ..."channels paragraphs sentences recognizedPhrases phrases nBest display monologues elements value".split(
        " ",
      ),
      ..."Conversation TranscriptSegments Content ParticipantDetails ParticipantRole speaker_labels".split(
        " ",
      ),
      ..."audio_segments start_time content speakerTag role name __proto__ constructor".split(" "),
    );
    const leaf = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        true,
        0,
        -1,
        1e99,
        "",
        "hi",
        "A",
        "0",
        "<img src=x onerror=1>",
      ),
      fc.string({ maxLength: 6 }),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        leaf,
        fc.array(tie("value"), { maxLength: 3 }),
        fc
          .array(fc.tuple(names, tie("value")), { maxLength: 4 })
          .map((all) => Object.fromEntries(all)),
      ),
    }));
    const broken = pieces("{", "}", "[", "]", '"text"', ":", ",", '"a"', "1", "\n", "null");
    fc.assert(
      fc.property(
        fc.oneof(
          value.map((one) => JSON.stringify(one)),
          broken,
        ),
        (text) => holds(text, "json"),
      ),
      RUNS,
    );
    holds("[".repeat(200_000), "json");
    holds(`${"[".repeat(5000)}${"]".repeat(5000)}`, "json");
    holds(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`, "json");
  });

  it("docx: the document's XML", () => {
    const parts = [
      "<w:p>",
      "</w:p>",
      "<w:r>",
      "</w:r>",
      "<w:t>",
      "</w:t>",
      "<w:br/>",
      "<w:tab/>",
      "hi",
      "&amp;",
      "&x;",
      "<!--",
      "-->",
      "<![CDATA[",
      "]]>",
      "<?x?>",
      "<!DOCTYPE x [<!ENTITY a 'b'>]>",
      "&a;",
    ];
    const bodies = fc.array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 4 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(bodies, fc.boolean(), (body, framed) => {
        const xml = framed
          ? `<w:document xmlns:w="w">${body.join("")}</w:document>`
          : body.join("");
        try {
          expect(typeof documentText(xml, "f")).toBe("string");
        } catch (error) {
          if (!(error instanceof IntakeError)) throw error;
        }
      }),
      RUNS,
    );
  });

  it("docx: the archive", () => {
    const whole = zipSync({
      "word/document.xml": new TextEncoder().encode("<w:p><w:t>hi</w:t></w:p>"),
    });
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(changes, fc.nat(whole.length), (changed, length) => {
        const bytes = whole.slice();
        for (const [at, value] of changed) bytes[at] = value;
        try {
          readDocx(bytes.slice(0, length), "f");
        } catch (error) {
          if (!(error instanceof IntakeError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("bytes of any encoding", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(typeof decodeText(bytes, "f").text).toBe("string");
        } catch (error) {
          if (!(error instanceof IntakeError)) throw error;
        }
      }),
      RUNS,
    );
  });

  it("transcripts whose speakers are counted, swapped and guessed", () => {
    fc.assert(
      fc.property(pieces(...LABELS, "[doctor] ", "Speaker 2: "), (text) => {
        const turns = speakersIn(text).reduce((sum, speaker) => sum + speaker.turns, 0);
        expect(speakersIn(swapSpeakers(text)).reduce((sum, one) => sum + one.turns, 0)).toBe(turns);
        guessSpeakers(text);
      }),
      RUNS,
    );
  });
});

it("files with any name and any bytes end in a transcript or an error for people", async () => {
  const names = fc.constantFrom(
    "a.txt",
    "a.md",
    "a.vtt",
    "a.srt",
    "a.json",
    "a.docx",
    "a",
    "a.exe",
    "",
  );
  await fc.assert(
    fc.asyncProperty(names, fc.uint8Array({ maxLength: 40 }), async (name, bytes) => {
      const file = { name, size: bytes.length, arrayBuffer: async () => bytes.slice().buffer };
      try {
        await importFile(file, async () => readDocx);
      } catch (error) {
        if (!(error instanceof IntakeError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

describe("linear time", () => {
  const repeated = [
    "<",
    "<a",
    "&",
    "&#",
    "[",
    "[a",
    "(",
    ">",
    "> ",
    "-->\n",
    "0:00 ",
    "0",
    "a ",
    "a:",
    "A: b\n",
    "**",
    "#",
    "- ",
    ":",
    ".",
    "\n",
    " \t",
    "Speaker 1  0:12\n",
    "1\n00:01.000 --> 00:02.000\na\n",
    '"',
    "{",
    "NOTE\n",
    "\u2028",
  ];
  it.each<Format>(["text", "markdown", "vtt", "srt", "json"])("%s", (format) => {
    for (const part of repeated) {
      const text = part.repeat(Math.ceil(60_000 / part.length));
      const begun = performance.now();
      holds(text, format);
      expect(performance.now() - begun, JSON.stringify(part)).toBeLessThan(2000);
    }
  });
});
