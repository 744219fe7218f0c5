/** The engine's host in a browser: the engine runs in a worker, helper threads are workers of it. */
import type { HelperThread, Host } from "./host.ts";

function spawn(): HelperThread {
  const worker = new Worker(new URL("./cpu/thread-worker.ts", import.meta.url), { type: "module" });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) =>
      worker.addEventListener("message", (event: MessageEvent<unknown>) => listener(event.data)),
    onFailure: (listener) => {
      worker.addEventListener("error", (event) =>
        listener(event.message || "its script could not be loaded"),
      );
      worker.addEventListener("messageerror", () => listener("a message could not be read"));
    },
    terminate: () => worker.terminate(),
  };
}

/** Resolves after events that wait already; timers would be throttled to 4 ms and more. */
function createYield(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}

/** Must be called inside a dedicated worker: a page's own thread may not wait for others. */
export function browserHost(): Host {
  return {
    hardwareThreads: navigator.hardwareConcurrency || 1,
    sharedMemory:
      typeof SharedArrayBuffer !== "undefined" && globalThis.crossOriginIsolated === true,
    gpu: (navigator as Partial<Navigator>).gpu ?? null,
    spawn,
    yield: createYield(),
  };
}
