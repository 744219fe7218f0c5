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
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ ...found, peakBytes })}\n`);
