/** Entry of a helper thread in Node. */
import { parentPort } from "node:worker_threads";
import { serve } from "../engine/cpu/helper.ts";
import type { HelperStart } from "../engine/cpu/helper.ts";

parentPort?.on("message", (start: HelperStart) =>
  serve(start, (message) => parentPort?.postMessage(message)),
);
