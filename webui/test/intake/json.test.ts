import { describe, expect, it } from "vitest";

import type { IntakeError } from "../../src/intake/errors.ts";
import { importText } from "../../src/intake/import.ts";

const read = (value: unknown): string =>
  importText(typeof value === "string" ? value : JSON.stringify(value), "json", "v.json").text;
const BOTH = "[doctor] How is the knee?\n[patient] It still hurts.";
const ASKED = "How is the knee?";
const TOLD = "It still hurts.";

/** The words of both, as services list them: each with its speaker. */
function words(field: string, speaker: string, first: unknown, second: unknown) {
  return [ASKED, TOLD].flatMap((text, at) =>
    text.split(" ").map((word) => ({ [field]: word, [speaker]: at === 0 ? first : second })),
  );
}

const transcribeItems = [ASKED, TOLD].flatMap((text, at) => [
  ...text
    .slice(0, -1)
    .split(" ")
    .map((content, i) => ({
      type: "pronunciation",
      start_time: `${at}.${i}`,
      alternatives: [{ content, confidence: "0.9" }],
    })),
  { type: "punctuation", alternatives: [{ content: text.slice(-1) }] },
]);

describe("JSON of recorders and services", () => {
  it.each<[string, unknown]>([
    [
      "turns",
      [
        { speaker: "Doctor", text: ASKED },
        { speaker: "Patient", text: TOLD },
      ],
    ],
    [
      "turns with roles",
      {
        messages: [
          { role: "doctor", content: ASKED },
          { role: "patient", content: TOLD },
        ],
      },
    ],
    [
      "turns deep inside",
      {
        data: {
          visit: {
            dialogue: [
              { name: "S1", utterance: ASKED },
              { name: "S2", utterance: TOLD },
            ],
          },
        },
      },
    ],
    [
      "Whisper",
      {
        text: "…",
        segments: [
          { id: 0, start: 0, end: 2, text: ` ${ASKED}` },
          { id: 1, start: 3, end: 5, text: ` ${TOLD}` },
        ],
        language: "en",
      },
    ],
    [
      "WhisperX",
      {
        segments: [
          { text: ASKED, speaker: "SPEAKER_00" },
          { text: TOLD, speaker: "SPEAKER_01" },
        ],
      },
    ],
    [
      "whisper.cpp",
      {
        systeminfo: "x",
        transcription: [{ timestamps: { from: "0" }, text: ASKED }, { text: TOLD }],
      },
    ],
    [
      "AWS HealthScribe",
      {
        Conversation: {
          ConversationId: "1",
          TranscriptSegments: [
            {
              Content: ASKED,
              BeginAudioTime: 0,
              ParticipantDetails: { ParticipantRole: "CLINICIAN_0" },
            },
            { Content: TOLD, ParticipantDetails: { ParticipantRole: "PATIENT_0" } },
          ],
        },
      },
    ],
    [
      "AWS Transcribe",
      {
        results: {
          transcripts: [{ transcript: `${ASKED} ${TOLD}` }],
          items: transcribeItems,
          speaker_labels: {
            speakers: 2,
            segments: [
              {
                speaker_label: "spk_0",
                items: [0, 1, 2, 3].map((i) => ({ start_time: `0.${i}`, speaker_label: "spk_0" })),
              },
              {
                speaker_label: "spk_1",
                items: [0, 1, 2].map((i) => ({ start_time: `1.${i}`, speaker_label: "spk_1" })),
              },
            ],
          },
        },
      },
    ],
    [
      "AWS Transcribe with segments",
      {
        results: {
          transcripts: [{ transcript: "x" }],
          items: transcribeItems,
          audio_segments: [
            { transcript: ASKED, speaker_label: "spk_0" },
            { transcript: TOLD, speaker_label: "spk_1" },
          ],
        },
      },
    ],
    [
      "Google, version 1",
      {
        results: [
          {
            alternatives: [
              { transcript: ASKED, words: words("word", "speakerTag", 0, 0).slice(0, 4) },
            ],
          },
          { alternatives: [{ transcript: TOLD }] },
          { alternatives: [{ transcript: "", words: words("word", "speakerTag", 1, 2) }] },
        ],
      },
    ],
    [
      "Google, version 2",
      {
        results: [
          {
            alternatives: [
              { transcript: ASKED, words: words("word", "speakerLabel", "1", "2").slice(0, 4) },
            ],
          },
          {
            alternatives: [
              { transcript: TOLD, words: words("word", "speakerLabel", "1", "2").slice(4) },
            ],
          },
        ],
      },
    ],
    [
      "Google without speakers",
      {
        results: [
          { alternatives: [{ transcript: ASKED }] },
          { alternatives: [{ transcript: TOLD }] },
        ],
      },
    ],
    [
      "Deepgram utterances",
      {
        results: {
          channels: [{ alternatives: [{ transcript: "x" }] }],
          utterances: [
            { speaker: 0, transcript: ASKED },
            { speaker: 1, transcript: TOLD },
          ],
        },
      },
    ],
    [
      "Deepgram paragraphs",
      {
        results: {
          channels: [
            {
              alternatives: [
                {
                  transcript: "x",
                  paragraphs: {
                    paragraphs: [
                      { speaker: 0, sentences: [{ text: ASKED }] },
                      { speaker: 1, sentences: [{ text: TOLD }] },
                    ],
                  },
                },
              ],
            },
          ],
        },
      },
    ],
    [
      "Deepgram words",
      {
        results: {
          channels: [
            {
              alternatives: [{ transcript: "x", words: words("punctuated_word", "speaker", 0, 1) }],
            },
          ],
        },
      },
    ],
    [
      "AssemblyAI",
      {
        id: "1",
        text: "x",
        utterances: [
          { speaker: "A", text: ASKED },
          { speaker: "B", text: TOLD },
        ],
        words: [],
      },
    ],
    [
      "Azure batch",
      {
        combinedRecognizedPhrases: [{ display: "x" }],
        recognizedPhrases: [
          { speaker: 1, nBest: [{ display: ASKED }] },
          { speaker: 2, nBest: [{ display: TOLD }] },
        ],
      },
    ],
    [
      "Azure fast",
      {
        combinedPhrases: [{ text: "x" }],
        phrases: [
          { speaker: 1, text: ASKED },
          { speaker: 2, text: TOLD },
        ],
      },
    ],
    [
      "Speechmatics",
      {
        results: words("content", "speaker", "S1", "S2").map((word) => ({
          type: "word",
          alternatives: [word],
        })),
      },
    ],
    [
      "Rev",
      {
        speakers: [{ id: 0, name: "Dr. Lee" }],
        monologues: [
          {
            speaker: 0,
            elements: [
              { type: "text", value: "How is the knee" },
              { type: "punct", value: "?" },
            ],
          },
          { speaker: 1, elements: [{ value: TOLD }] },
        ],
      },
    ],
    [
      "Otter",
      {
        speech_id: "x",
        transcripts: [
          { speaker_name: "Ann Lee", transcript: ASKED },
          { speaker_name: "Bo Ek", transcript: TOLD },
        ],
      },
    ],
    ["lines", [ASKED, TOLD]],
    ["one text", { text: `${ASKED}\n${TOLD}` }],
  ])("%s", (_, value) => {
    expect(read(value)).toBe(BOTH);
  });

  it("one value a line", () => {
    expect(
      read(`{"speaker":"doctor","text":"${ASKED}"}\n{"speaker":"patient","text":"${TOLD}"}\n`),
    ).toBe(BOTH);
  });

  it.each<[unknown, string]>([
    ['{"a": [1,\n2', "bad-json"],
    [{ weather: { wind: 3 }, days: [1, 2] }, "unknown-json"],
    [[], "unknown-json"],
    [null, "unknown-json"],
    [{ segments: [{ text: " " }] }, "json-without-speech"],
  ])("%j is refused", (value, code) => {
    try {
      read(value);
      expect.unreachable();
    } catch (error) {
      expect((error as IntakeError).problem.code).toBe(code);
    }
  });

  it("names the line of an error and the fields of an unknown file", () => {
    const problemOf = (value: unknown) => {
      try {
        return read(value);
      } catch (error) {
        return (error as IntakeError).problem;
      }
    };
    expect(problemOf('{\n"a": 1,\n}')).toEqual({ code: "bad-json", file: "v.json", line: 3 });
    expect(problemOf({ wind: 1, days: 2 })).toMatchObject({ found: "{wind, days}" });
  });
});
