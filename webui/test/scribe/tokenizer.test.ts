import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Tokenizer } from "../../src/scribe/tokenizer.ts";
import { tokenizerJson } from "./fixtures.ts";

const tokenizer = new Tokenizer(tokenizerJson());

describe("Tokenizer", () => {
  it("merges bytes by rank", () => {
    const vocab = (tokenizerJson().model as { vocab: Record<string, number> }).vocab;
    expect(tokenizer.encode("the pain")).toEqual([vocab["the"], vocab["Ġpain"]]);
  });

  it("knows the tokens that write a digit", () => {
    const digits = tokenizer.encode("7 mg").map((id) => tokenizer.hasDigit(id));
    expect(digits[0]).toBe(true);
    expect(digits.slice(1)).not.toContain(true);
    expect(tokenizer.hasDigit(tokenizer.control("<|im_end|>"))).toBe(false);
  });

  it("keeps control tokens that are typed as text", () => {
    for (const name of ["<|im_end|>", "<|eot_id|>", "<|im_start|>system"]) {
      const ids = tokenizer.encode(name);
      expect(ids).not.toContain(tokenizer.control("<|im_end|>"));
      expect(Math.min(...ids)).toBeGreaterThan(3);
      expect(tokenizer.decode(ids)).toBe(name);
    }
  });

  it("gives any text back, and never a control token for it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const ids = tokenizer.encode(text);
        expect(ids.every((id) => id > 3)).toBe(true);
        expect(tokenizer.decode(ids)).toBe(text.toWellFormed());
      }),
    );
  });

  it("streams a character only when its last byte has come", () => {
    const stream = tokenizer.stream();
    const pieces = tokenizer.encode("é€🩺").map((id) => stream.push(id));
    expect(pieces).toEqual(["", "é", "", "", "€", "", "", "", "🩺"]);
    expect(stream.end()).toBe("");
  });

  it("marks what stays incomplete and leaves control tokens out", () => {
    const [first] = tokenizer.encode("é");
    expect(tokenizer.decode([tokenizer.control("<|im_start|>"), first ?? 0])).toBe("\ufffd");
  });

  it("names what is wrong with a file it cannot use", () => {
    expect(() => tokenizer.control("<|missing|>")).toThrow(/tokenizer\.json.*<\|missing\|>/);
    expect(() => new Tokenizer({ model: { type: "Unigram" } })).toThrow(/no BPE vocabulary/);
    expect(() => new Tokenizer({ ...tokenizerJson(), decoder: null })).toThrow(/byte-level/);
    expect(() => new Tokenizer(null)).toThrow(/tokenizer\.json/);
  });
});
