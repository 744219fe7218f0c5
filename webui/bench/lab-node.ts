/** The test bench in Node: one request as JSON on standard input, its answer on standard output. */
import { readFile, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { openFolder } from "../src/node/folder-source.ts";
import { nodeHost } from "../src/node/host.ts";
import { type LabRequest, answer } from "./requests.ts";

const request = JSON.parse(await text(process.stdin)) as LabRequest;
const found = await answer(request, {
  host: nodeHost(),
  open: openFolder,
  save: writeFile,
  read: async (path) => new Uint8Array(await readFile(path)),
});

/** Most memory that this process held; the system's `maxRSS` would count its parent's too. */
async function residentPeak(): Promise<number | null> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => ""); // Linux has it
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

const peakBytes = await residentPeak();
process.stdout.write(`${JSON.stringify({ ...found, peakBytes })}\n`);
