/** The engine's host in Node: helper threads are worker threads. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { HelperThread, Host } from "../engine/host.ts";

function spawn(): HelperThread {
  const worker = new Worker(new URL("./thread-worker.ts", import.meta.url));
  worker.unref(); // a helper alone does not keep the process alive
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on("message", listener),
    onFailure: (listener) => {
      worker.on("error", (error: Error) => listener(error.message));
      worker.on("exit", (code) => listener(`it ended with code ${code}`));
    },
    terminate: () => void worker.terminate(),
  };
}

/** `threads` stands in for the number of logical processors. */
export function nodeHost(threads = availableParallelism()): Host {
  return {
    hardwareThreads: threads,
    sharedMemory: true,
    gpu: null,
    spawn,
    yield: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
