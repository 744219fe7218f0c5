import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { newClock, tick } from "../../src/vault/age-clock.ts";
import {
  logToCsv,
  nextEntry,
  NO_ENTRIES,
  verifyLog,
  type AuditEntry,
} from "../../src/vault/audit.ts";
import { fromBase64, toBase64 } from "../../src/vault/bytes.ts";
import {
  createKey,
  openKey,
  PBKDF2_ITERATIONS,
  rewrapKey,
  seal,
  unseal,
} from "../../src/vault/crypto.ts";
import { IdleTimer } from "../../src/vault/idle.ts";
import { LEAST_CHARACTERS, strengthOf, suggestPassphrase } from "../../src/vault/passphrase.ts";
import { fold, matches } from "../../src/vault/search.ts";
import { DAY, PASSPHRASE } from "./support.ts";

describe("age clock", () => {
  it("counts like a wall clock that is never set", () => {
    const clock = [1, 5, 9].reduce((before, now) => tick(before, now * DAY), newClock(0));
    expect(clock.age).toBe(9 * DAY);
  });

  it("goes on after the clock was set back, and counts nothing twice when it is set right", () => {
    let clock = tick(newClock(100 * DAY), 110 * DAY);
    clock = tick(clock, 20 * DAY); // set back by 90 days
    expect(clock.age).toBe(10 * DAY);
    clock = tick(clock, 25 * DAY);
    expect(clock.age).toBe(15 * DAY);
    clock = tick(clock, 116 * DAY); // set right: of 6 days since, 5 are counted already
    expect(clock.age).toBe(16 * DAY);
  });

  it("never shrinks, and never exceeds the span of what was seen", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1 }), (times) => {
        let clock = newClock(times[0]!);
        for (const time of times) {
          const next = tick(clock, time);
          expect(next.age).toBeGreaterThanOrEqual(clock.age);
          expect(next.latest).toBeGreaterThanOrEqual(clock.latest);
          clock = next;
        }
        const forward = times.reduce(
          (sum, time, i) => sum + Math.max(0, time - (times[i - 1] ?? time)),
          0,
        );
        expect(clock.age).toBeLessThanOrEqual(forward);
        expect(clock.age).toBeGreaterThanOrEqual(Math.max(...times) - times[0]!);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("idle timer", () => {
  const clocks = (): { at: { monotonic: number; wall: number }; timer: IdleTimer } => {
    const at = { monotonic: 0, wall: 1e12 };
    const timer = new IdleTimer(600, { monotonic: () => at.monotonic, wall: () => at.wall });
    return { at, timer };
  };

  it("runs out when nothing is done, and not before", () => {
    const { at, timer } = clocks();
    at.monotonic = at.wall = 0;
    at.monotonic += 599;
    expect(timer.over).toBe(false);
    timer.touch();
    at.monotonic += 599;
    expect(timer.over).toBe(false);
    at.monotonic += 1;
    expect(timer.over).toBe(true);
  });

  it("is not made longer by a clock set back", () => {
    const { at, timer } = clocks();
    at.monotonic += 300;
    at.wall -= 1e9;
    expect(timer.over).toBe(false);
    at.monotonic += 300;
    at.wall += 300;
    expect(timer.over).toBe(true);
  });

  it("counts sleep, during which the monotonic clock may stand still", () => {
    const { at, timer } = clocks();
    at.wall += 601;
    timer.touch(); // the key press that woke the machine
    expect(timer.over).toBe(true);
    timer.restart();
    expect(timer.over).toBe(false);
  });
});

describe("keys and records", () => {
  it("costs what OWASP states, and tells a wrong passphrase from damage", async () => {
    expect(PBKDF2_ITERATIONS).toBeGreaterThanOrEqual(600_000);
    const { open, record } = await createKey(PASSPHRASE);
    expect(record.iterations).toBe(PBKDF2_ITERATIONS);
    expect(open.key.extractable).toBe(false);
    await expect(openKey(record, "wrong")).rejects.toMatchObject({ code: "wrong-passphrase" });
    const wrapped = record.wrapped.slice();
    wrapped[0]! ^= 1;
    const damaged = { ...record, wrapped };
    await expect(openKey(damaged, PASSPHRASE)).rejects.toMatchObject({ code: "key-damaged" });
    const cheap = { ...record, iterations: 1 };
    await expect(openKey(cheap, PASSPHRASE)).rejects.toMatchObject({ code: "key-damaged" });
  });

  it("keeps the data key when the passphrase changes", async () => {
    const { open, record } = await createKey(PASSPHRASE, 1000);
    const sealed = await seal(open, { kind: "visit", id: "a", revision: 1 }, { text: "knee" });
    const next = await rewrapKey(record, PASSPHRASE, "another passphrase", 2000);
    expect(next.iterations).toBe(2000);
    expect(next.salt).not.toEqual(record.salt);
    await expect(openKey(next, PASSPHRASE)).rejects.toMatchObject({ code: "wrong-passphrase" });
    expect(await unseal(await openKey(next, "another passphrase"), sealed)).toEqual({
      text: "knee",
    });
  });

  it("takes one passphrase for the same letters, however they are composed", async () => {
    const { record } = await createKey("caf\u00e9 au lait", 1000);
    await expect(openKey(record, "cafe\u0301 au lait")).resolves.toBeDefined();
  });

  it("uses a fresh IV each time and hides the exact length", async () => {
    const { open } = await createKey(PASSPHRASE, 1000);
    const name = { kind: "visit", id: "a", revision: 1 } as const;
    const [a, b] = [await seal(open, name, "x"), await seal(open, name, "longer text")];
    expect(a.iv).toHaveLength(12);
    expect(a.iv).not.toEqual(b.iv);
    expect(a.data).toHaveLength(b.data.length);
  });

  it("opens a record under its own name only", async () => {
    const { open } = await createKey(PASSPHRASE, 1000);
    const other = (await createKey(PASSPHRASE, 1000)).open;
    const sealed = await seal(open, { kind: "visit", id: "a", revision: 3 }, { note: "ü" });
    expect(await unseal(open, sealed)).toEqual({ note: "ü" });
    const refused = { code: "damaged" };
    for (const change of [{ id: "b" }, { kind: "audit" as const }, { revision: 2 }]) {
      await expect(unseal(open, { ...sealed, ...change })).rejects.toMatchObject(refused);
    }
    await expect(unseal({ ...open, vault: "v" }, sealed)).rejects.toMatchObject(refused);
    await expect(unseal(other, sealed)).rejects.toMatchObject(refused);
    for (let bit = 0; bit < 64; bit++) {
      const data = sealed.data.slice();
      data[(bit * 37) % data.length]! ^= 1 << (bit % 8);
      await expect(unseal(open, { ...sealed, data })).rejects.toMatchObject(refused);
    }
  });

  it("writes bytes as base64 and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(Uint8Array.from(bytes));
      }),
      { numRuns: 50 },
    );
  });
});

describe("audit log", () => {
  const chain = async (count: number) => {
    const entries: AuditEntry[] = [];
    let head = NO_ENTRIES;
    for (let i = 0; i < count; i++) {
      const at = new Date(i * 1000).toISOString();
      const entry = await nextEntry(head, { at, event: "edited", visit: "v", detail: null });
      entries.push(entry);
      head = { count: entry.number, hash: entry.hash };
    }
    return { entries, head };
  };
  const found = (entries: readonly (AuditEntry | null)[]) =>
    entries.map((entry, i) => ({ number: entry?.number ?? i + 1, entry }));

  it("is whole as it was written", async () => {
    const { entries, head } = await chain(5);
    expect((await verifyLog(found(entries), head)).problems).toEqual([]);
    expect((await verifyLog([], NO_ENTRIES)).problems).toEqual([]);
  });

  it("tells what was removed, changed, moved, cut off or added", async () => {
    const { entries, head } = await chain(5);
    const problems = async (list: readonly (AuditEntry | null)[]) =>
      (await verifyLog(found(list), head)).problems;
    expect(await problems(entries.toSpliced(2, 1))).toEqual([{ number: 3, kind: "missing" }]);
    expect(await problems(entries.slice(0, 4))).toEqual([{ number: 5, kind: "missing" }]);
    expect(await problems([entries[0]!, null, ...entries.slice(2)])).toEqual([
      { number: 2, kind: "altered" },
    ]);
    const changed = entries.with(2, { ...entries[2]!, event: "deleted" });
    expect(await problems(changed)).toEqual([{ number: 3, kind: "altered" }]);
    const further = await nextEntry(head, { at: "", event: "edited", visit: null, detail: null });
    expect(await problems([...entries, further])).toEqual([{ number: 6, kind: "surplus" }]);
    const shorter = { count: 4, hash: entries[3]!.hash };
    const other = await nextEntry(shorter, { at: "", event: "signed", visit: "v", detail: null });
    expect(await problems(entries.with(4, other))).toEqual([{ number: 5, kind: "broken" }]);
  });

  it("becomes a table that no spreadsheet runs", async () => {
    const entry = await nextEntry(NO_ENTRIES, {
      at: "2030-01-01T00:00:00.000Z",
      event: "exported",
      visit: "v",
      detail: '=HYPERLINK("x"),y',
    });
    const [header, row] = logToCsv([entry]).split("\r\n");
    expect(header).toBe("number,time,event,visit,detail,previous,hash");
    expect(row).toContain(`"'=HYPERLINK(""x""),y"`);
  });
});

describe("passphrases and search", () => {
  it("grades passphrases roughly", () => {
    expect(strengthOf("short")).toBe("short");
    expect(strengthOf("aaaaaaaaaaaaaaaaaa")).toBe("weak");
    expect(strengthOf("password2024password")).toBe("weak");
    expect(strengthOf("abcdefghijklmnopqr")).toBe("weak");
    expect(strengthOf("kT4w!pQz9rLm")).toBe("fair");
    expect(strengthOf("correct horse battery staple")).toBe("strong");
  });

  it("suggests strong ones, never twice", () => {
    const made = Array.from({ length: 200 }, suggestPassphrase);
    expect(new Set(made).size).toBe(made.length);
    for (const one of made) expect(one.length).toBeGreaterThan(LEAST_CHARACTERS);
    expect(made.filter((one) => strengthOf(one) === "strong").length).toBeGreaterThan(190);
  });

  it("finds words in any order, without case and accents", () => {
    const text = fold("Frau Müller, Knie\n[patient] Ça va");
    expect(matches(text, "knie MULLER")).toBe(true);
    expect(matches(text, "ca va")).toBe(true);
    expect(matches(text, "  ")).toBe(true);
    expect(matches(text, "knie hip")).toBe(false);
  });
});
