import { describe, expect, it } from "vitest";

import {
  availability,
  Dictation,
  onDeviceRecognition,
  type DictationState,
  type Recognition,
} from "../../src/intake/dictation.ts";

/** A browser's recogniser that says what the test has it say. */
class FakeRecognition extends EventTarget implements Recognition {
  static made: FakeRecognition[] = [];
  static asked: unknown[] = [];
  static answer = "available";
  static available = async (options: unknown): Promise<string> => {
    FakeRecognition.asked.push(options);
    return FakeRecognition.answer;
  };
  lang = "";
  continuous = false;
  interimResults = false;
  #local = false;
  localAtStart: boolean | null = null;
  stops = 0;
  aborts = 0;

  constructor() {
    super();
    FakeRecognition.made.push(this);
  }
  get processLocally(): boolean {
    return this.#local;
  }
  set processLocally(value: boolean) {
    this.#local = value;
  }
  start(): void {
    this.localAtStart = this.#local;
    this.dispatchEvent(new Event("start"));
  }
  stop(): void {
    this.stops += 1;
  }
  abort(): void {
    this.aborts += 1;
  }
  say(text: string, isFinal: boolean): void {
    const results = [{ isFinal, 0: { transcript: text } }];
    this.dispatchEvent(Object.assign(new Event("result"), { resultIndex: 0, results }));
  }
  end(): void {
    this.dispatchEvent(new Event("end"));
  }
  err(error: string): void {
    this.dispatchEvent(Object.assign(new Event("error"), { error }));
  }
}

function dictate() {
  FakeRecognition.made = [];
  const lines: string[] = [];
  const states: DictationState[] = [];
  const clock = { now: 1000 };
  const dictation = new Dictation({
    recognition: FakeRecognition,
    language: "en-US",
    onLine: (line) => void lines.push(line),
    onState: (state) => void states.push(state),
    now: () => clock.now,
  });
  return { dictation, lines, states, clock, heard: () => FakeRecognition.made.at(-1)! };
}

describe("recognition on the device", () => {
  it("is asked for, and never the cloud's", async () => {
    const found = onDeviceRecognition({ SpeechRecognition: FakeRecognition });
    expect(await availability(found, "en-US")).toBe("available");
    expect(FakeRecognition.asked).toEqual([{ langs: ["en-US"], processLocally: true }]);
    const { dictation, heard } = dictate();
    dictation.start();
    expect(heard().localAtStart).toBe(true);
    heard().end();
    expect(heard().localAtStart).toBe(true);
  });

  it("is absent in a browser that cannot be told to stay on the device", async () => {
    class CloudOnly extends EventTarget {}
    expect(onDeviceRecognition({})).toBeNull();
    expect(onDeviceRecognition({ webkitSpeechRecognition: CloudOnly })).toBeNull();
    expect(onDeviceRecognition({ SpeechRecognition: CloudOnly })).toBeNull();
    class Half extends EventTarget {
      static available = async () => "available";
    }
    expect(onDeviceRecognition({ SpeechRecognition: Half })).toBeNull();
    expect(await availability(null, "en-US")).toBe("absent");
  });

  it("is unavailable where the browser says so or refuses to tell", async () => {
    const saying = (available: () => Promise<string>) => ({ available }) as never;
    expect(
      await availability(
        saying(async () => "unavailable"),
        "xx",
      ),
    ).toBe("unavailable");
    expect(
      await availability(
        saying(() => Promise.reject(new Error("policy"))),
        "en",
      ),
    ).toBe("unavailable");
    expect(
      await availability(
        saying(async () => "downloadable"),
        "en",
      ),
    ).toBe("downloadable");
  });

  it("does not start where the browser does not take the setting", () => {
    class Deaf extends FakeRecognition {
      override get processLocally(): boolean {
        return false;
      }
      override set processLocally(_: boolean) {}
    }
    const states: DictationState[] = [];
    new Dictation({
      recognition: Deaf,
      language: "en-US",
      onLine: () => undefined,
      onState: (state) => void states.push(state),
      now: () => 0,
    }).start();
    expect(states.at(-1)).toMatchObject({ phase: "idle", failure: "not-on-device" });
    expect(FakeRecognition.made.at(-1)!.localAtStart).toBeNull();
  });
});

describe("Dictation", () => {
  it("gives each settled result as a line and shows the rest meanwhile", () => {
    const { dictation, lines, heard } = dictate();
    dictation.start();
    heard().say("my knee", false);
    expect(dictation.state).toMatchObject({ phase: "listening", interim: "my knee" });
    heard().say(" my knee hurts  ", true);
    expect(lines).toEqual(["my knee hurts"]);
    expect(dictation.state.interim).toBe("");
  });

  it("loses nothing when it pauses, whether or not the browser settles the rest", () => {
    const { dictation, lines, heard } = dictate();
    dictation.start();
    heard().say("first half", false);
    dictation.pause();
    expect(heard().stops).toBe(1);
    heard().say("first half and the rest", true); // settled after the pause
    heard().end();
    expect(lines).toEqual(["first half and the rest"]);
    dictation.start();
    heard().say("second", false);
    dictation.pause();
    heard().end(); // never settled
    expect(lines).toEqual(["first half and the rest", "second"]);
    expect(dictation.state.phase).toBe("paused");
  });

  it("goes on after the browser ends by itself, and keeps what it had heard", () => {
    const { dictation, lines, heard } = dictate();
    dictation.start();
    heard().say("unsettled", false);
    heard().err("no-speech");
    heard().end();
    expect(lines).toEqual(["unsettled"]);
    expect(FakeRecognition.made.length).toBe(2);
    expect(dictation.state.phase).toBe("listening");
  });

  it("gives up where it ends again and again", () => {
    const { dictation, heard } = dictate();
    dictation.start();
    for (let i = 0; i < 6; i++) heard().end();
    expect(dictation.state).toMatchObject({ failure: "other" });
    expect(FakeRecognition.made.length).toBe(6);
  });

  it("finishes with the last words, settled or not, each once", async () => {
    const { dictation, lines, heard } = dictate();
    dictation.start();
    heard().say("last wor", false);
    const finished = dictation.finish();
    heard().say("last words", true);
    heard().end();
    await finished;
    expect(lines).toEqual(["last words"]);
    dictation.start();
    heard().say("once more", false);
    const again = dictation.finish();
    heard().end();
    await again;
    expect(lines).toEqual(["last words", "once more"]);
    expect(dictation.state.phase).toBe("idle");
  });

  it("counts the time without pauses", () => {
    const { dictation, clock, heard } = dictate();
    dictation.start();
    clock.now += 5000;
    dictation.pause();
    heard().end();
    clock.now += 60_000;
    dictation.start();
    clock.now += 2000;
    expect(dictation.state.recorded).toBe(7000);
  });

  it.each([
    ["not-allowed", "microphone-refused"],
    ["audio-capture", "no-microphone"],
    ["service-not-allowed", "not-on-device"],
    ["network", "not-on-device"],
    ["language-not-supported", "language"],
    ["bad-grammar", "other"],
  ])("on '%s' it stops, says why and keeps what it had heard", (code, failure) => {
    const { dictation, lines, heard } = dictate();
    dictation.start();
    heard().say("kept", false);
    heard().err(code);
    heard().end();
    expect(dictation.state).toMatchObject({ failure });
    expect(lines).toEqual(["kept"]);
    expect(FakeRecognition.made.length).toBe(1);
  });

  it("forgets what is not settled when the visit is cleared", () => {
    const { dictation, lines, heard } = dictate();
    dictation.start();
    heard().say("of the last patient", false);
    const last = heard();
    dictation.discard();
    last.say("of the last patient", true);
    last.end();
    expect(lines).toEqual([]);
    expect(dictation.state).toEqual({ phase: "idle", interim: "", recorded: 0, failure: null });
  });
});
