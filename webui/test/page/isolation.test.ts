import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { isolate, type IsolationHost } from "../../src/page/isolation.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function host(
  change: Partial<IsolationHost> = {},
): IsolationHost & { reloads: number; kept: Map<string, string> } {
  const kept = new Map<string, string>();
  const made = {
    secure: true,
    isolated: false,
    activeWorker: () => Promise.resolve({}),
    storage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    },
    reload: () => void (made.reloads += 1),
    busy: () => false,
    reloads: 0,
    kept,
    ...change,
  };
  return made;
}

describe("isolate", () => {
  it("reloads once when the service worker is there, and not again", async () => {
    const first = host();
    expect(await isolate(first)).toBe("reloading");
    expect(first.reloads).toBe(1);
    const second = host({ storage: first.storage }); // a browser that never isolates
    expect(await isolate(second)).toBe("single");
    expect(second.reloads).toBe(0);
  });

  it("may reload again after it was isolated: a forced reload took the worker away", async () => {
    const first = host();
    await isolate(first);
    expect(await isolate(host({ storage: first.storage, isolated: true }))).toBe("isolated");
    expect(await isolate(host({ storage: first.storage }))).toBe("reloading");
  });

  it("registers the service worker where the server sends the headers, too", async () => {
    const activeWorker = vi.fn(() => Promise.resolve({}));
    expect(await isolate(host({ isolated: true, activeWorker }))).toBe("isolated");
    expect(activeWorker).toHaveBeenCalledOnce();
  });

  it("never reloads under the hands of someone who types", async () => {
    const typing = host({ busy: () => true });
    expect(await isolate(typing)).toBe("single");
    expect(typing.reloads).toBe(0);
  });

  it("goes on with one thread where no service worker comes", async () => {
    expect(await isolate(host({ activeWorker: null }))).toBe("single");
    expect(await isolate(host({ activeWorker: () => Promise.reject(new Error("refused")) }))).toBe(
      "single",
    );
    const late = isolate(host({ activeWorker: () => new Promise(() => undefined) }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await late).toBe("single");
  });

  it("says that plain http on another host withholds everything", async () => {
    expect(await isolate(host({ secure: false, activeWorker: null }))).toBe("insecure");
  });
});
