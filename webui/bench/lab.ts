/** The test bench's page: `window.lab` runs one job at a time, each in a worker of its own. */
import type { LabReply } from "./lab-worker.ts";
import type { LabRequest } from "./requests.ts";
import { measureWllama } from "./wllama.ts";

/** The answer to one request; see requests.ts. */
function run(request: LabRequest): Promise<unknown> {
  const worker = new Worker(new URL("./lab-worker.ts", import.meta.url), { type: "module" });
  return new Promise<unknown>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<LabReply>) => {
      if ("error" in data) reject(new Error(data.error));
      else resolve(data.result);
    };
    worker.onerror = (event) => reject(new Error(event.message || "the worker failed to start"));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}

const lab = { run, wllama: measureWllama };

declare global {
  interface Window {
    lab: typeof lab;
  }
}
window.lab = lab;
