import { describe, expect, it } from "vitest";

import { answer } from "../../../src/node/checks-cli.ts";

describe("the checks' command", () => {
  it("splits a note into statements", () => {
    const note = "PLAN\n\n- Rest. Ice.";
    expect(answer(JSON.stringify({ op: "statements", id: 3, note }))).toEqual({
      id: 3,
      statements: [
        { text: "Rest.", start: 8, end: 13, section: "PLAN" },
        { text: "Ice.", start: 14, end: 18, section: "PLAN" },
      ],
    });
  });

  it("checks notes and lists of statements against texts and turns", () => {
    const dialogue = "[doctor] any fever ?\n[patient] no .";
    const turns = [
      { speaker: "doctor", text: "any fever ?" },
      { speaker: "patient", text: "no ." },
    ];
    for (const request of [
      { dialogue, note: "Reports fever." },
      { dialogue: turns, note: ["Reports fever."] },
    ]) {
      expect(answer(JSON.stringify({ op: "check", ...request }))).toMatchObject({
        statements: [
          { verdict: "unsupported", severity: "major", kind: "negation", contradicting: [0] },
        ],
        omissions: [],
      });
    }
  });

  it("answers what it cannot do with a code and a sentence", () => {
    const code = (line: string): unknown => answer(line).error;
    expect(answer('{"op":"check","id":"x","note":""}')).toMatchObject({
      id: "x",
      error: {
        code: "bad-request",
        message: "The operation check needs another value of 'dialogue'.",
      },
    });
    expect(code('{"op":"fly"}')).toMatchObject({ message: 'There is no operation "fly".' });
    expect(code("not json")).toMatchObject({ code: "bad-request" });
    expect(code("[]")).toMatchObject({ message: "A request is a JSON object." });
  });
});
