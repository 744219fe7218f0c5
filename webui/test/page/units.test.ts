import { afterEach, describe, expect, it, vi } from "vitest";

import { EmptyTranscript, TranscriptTooLong } from "../../src/scribe/errors.ts";
import { formatDuration, formatMegabytes, TimeLeft } from "../../src/page/format.ts";
import { parseOptions, withOption } from "../../src/page/options.ts";
import { failureOf } from "../../src/worker-api.ts";

afterEach(() => void vi.unstubAllGlobals());

describe("parseOptions", () => {
  it("reads what the address asks for", () => {
    expect(parseOptions("?engine=gpu&threads=2&kernels=int8&model=tiny&tokens=256&limit=64")).toEqual({
      engine: "gpu",
      threads: 2,
      kernels: "int8",
      model: "tiny",
      exactTokens: 256,
      maxTokens: 64,
    });
  });

  it("takes what it cannot read for not given", () => {
    expect(parseOptions("?engine=npu&threads=0&kernels=int4&tokens=x&limit=-1")).toEqual({
      engine: "auto",
      threads: undefined,
      kernels: undefined,
      model: undefined,
      exactTokens: undefined,
      maxTokens: undefined,
    });
  });

  it("keeps a choice in the address and leaves the rest of it", () => {
    expect(withOption("https://a.example/s/?threads=2", "engine", "gpu")).toBe(
      "https://a.example/s/?threads=2&engine=gpu",
    );
    expect(withOption("https://a.example/s/?engine=gpu", "engine", "auto")).toBe(
      "https://a.example/s/",
    );
  });
});

describe("numbers for people", () => {
  it("are rounded", () => {
    expect(
      [400, 12_400, 80_000, 120_000, 754_000]
        .map(formatDuration)
        .map((text) => text.replaceAll("\u00a0", " ")),
    ).toEqual(["1 s", "12 s", "1 min 20 s", "2 min", "12 min"]);
    expect(formatMegabytes(84_512_000)).toBe("85 MB");
  });

  it("tell the time left from the speed since the first report", () => {
    const left = new TimeLeft();
    expect(left.estimate(500, 1000, 0)).toBeNull();
    expect(left.estimate(600, 1000, 500)).toBeNull();
    expect(left.estimate(600, 1000, 2000)).toBe(8000);
    expect(left.estimate(1000, 1000, 3000)).toBeNull();
  });
});

describe("failureOf", () => {
  it("carries code, sentence and sizes over to the page", () => {
    expect(failureOf(new EmptyTranscript())).toMatchObject({ code: "empty-transcript" });
    expect(failureOf(new TranscriptTooLong({ words: 9000, fittingWords: 3100 }))).toMatchObject({
      code: "transcript-too-long",
      tooLong: { words: 9000, fittingWords: 3100 },
    });
    expect(failureOf(new TypeError("x is not a function"))).toEqual({
      code: "unexpected",
      message: "TypeError: x is not a function",
    });
    expect(failureOf("odd")).toEqual({ code: "unexpected", message: "odd" });
  });
});
