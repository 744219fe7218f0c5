/**
 * The engine as a command: JSON lines in, JSON lines out (see `engine-commands.ts`).
 *
 *   node src/node/engine-cli.ts --model build/models/NAME [--threads N] [--kernels int16|int8]
 *
 * The first line out is the engine's info, or an `error`. Ends with its input.
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { EngineError } from "../engine/errors.ts";
import { loadEngine } from "../engine/index.ts";
import type { Engine } from "../engine/index.ts";
import { answer } from "./engine-commands.ts";
import { openFolder } from "./folder-source.ts";
import { nodeHost } from "./host.ts";

const print = (reply: unknown): void => void process.stdout.write(`${JSON.stringify(reply)}\n`);

async function load(): Promise<Engine> {
  const { values } = parseArgs({
    options: {
      model: { type: "string" },
      threads: { type: "string" },
      kernels: { type: "string" },
    },
  });
  if (values.model === undefined) throw new Error("give the model folder with --model");
  return loadEngine(await openFolder(values.model), {
    engine: "cpu",
    threads: values.threads === undefined ? undefined : Number(values.threads),
    kernels: values.kernels === "int8" ? "int8" : "int16",
    host: nodeHost(),
  });
}

try {
  const engine = await load();
  print(engine.info);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== "") print(await answer(engine, line));
  }
  await engine.dispose();
} catch (error) {
  const code = error instanceof EngineError ? error.code : "unexpected";
  print({ error: { code, message: error instanceof Error ? error.message : String(error) } });
  process.exitCode = 1;
}
