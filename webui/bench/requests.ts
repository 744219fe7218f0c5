/** What the test bench can be asked, in a browser's worker or in Node. */
import { type Engine, type EngineChoice, type EngineInfo, type Host, type ModelSource, loadEngine } from "../src/engine/index.ts";
import { sha256 } from "../src/engine/sha256.ts";
import { type NoteFigures, writeNote } from "../src/scribe/note.ts";
import { PromptEncoder, parsePrompt } from "../src/scribe/prompt.ts";
import { Tokenizer } from "../src/scribe/tokenizer.ts";
import { type KernelFigures, measureKernels } from "./kernels.ts";
import { type EngineTask, type SpeedRow, logits, speed, tokens } from "./tasks.ts";

interface EngineRequest {
  /** Address (browser) or path (Node) of the model folder. */
  model: string;
  engine: EngineChoice;
  threads?: number;
  kernels?: "int16" | "int8";
  halfPrecision?: boolean;
}

/** Tasks on one engine, in order; logits of task i go to `output` + i as little-endian float32. */
export interface TasksRequest extends EngineRequest {
  kind: "tasks";
  tasks: EngineTask[];
  output: string;
}

/** One note through the scribe, every section written to `tokens` tokens, stop tokens ignored. */
export interface NoteRequest extends EngineRequest {
  kind: "note";
  transcript: string;
  tokens: number;
}

/** The linear kernels beside the machine's peak; `peak` is the peak kernels' module, if built. */
export interface KernelsRequest {
  kind: "kernels";
  model: string;
  peak?: string;
}

export type LabRequest = TasksRequest | NoteRequest | KernelsRequest;

export interface TasksAnswer {
  info: EngineInfo;
  loadSeconds: number;
  /** One per task; logits leave their number of rows here, or their SHA-256 (hexadecimal). */
  results: (number[][] | SpeedRow[] | { rows: number } | { sha256: string })[];
}

/** What differs between a browser and Node. */
export interface Place {
  host: Host;
  open(model: string): Promise<ModelSource>;
  save(name: string, values: Float32Array<ArrayBuffer>): Promise<void>;
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Answers one request; engines that it loads are disposed of. */
export async function answer(
  request: LabRequest,
  place: Place,
): Promise<TasksAnswer | NoteFigures | KernelFigures> {
  const source = await place.open(request.model);
  if (request.kind === "kernels") {
    const peak = request.peak === undefined ? null : await place.read(request.peak);
    return measureKernels((path) => source.file(path), peak);
  }
  const begun = performance.now();
  const { engine: choice, threads, kernels, halfPrecision } = request;
  const engine = await loadEngine(source, { engine: choice, threads, kernels, halfPrecision, host: place.host });
  const loadSeconds = (performance.now() - begun) / 1000;
  try {
    if (request.kind === "note") return await timedNote(engine, source, request);
    return { info: engine.info, loadSeconds, results: await runTasks(engine, request, place) };
  } finally {
    await engine.dispose();
  }
}

async function runTasks(
  engine: Engine,
  { tasks, output }: TasksRequest,
  place: Place,
): Promise<TasksAnswer["results"]> {
  const results: TasksAnswer["results"] = [];
  for (const [index, task] of tasks.entries()) {
    if (task.task === "logits") {
      const values = await logits(engine, task);
      if (task.digest) {
        results.push({ sha256: await sha256(new Uint8Array(values.buffer)) });
      } else {
        await place.save(`${output}${index}`, values);
        results.push({ rows: values.length / engine.info.vocab });
      }
    } else {
      results.push(await (task.task === "tokens" ? tokens(engine, task) : speed(engine, task)));
    }
  }
  return results;
}

async function timedNote(engine: Engine, source: ModelSource, request: NoteRequest): Promise<NoteFigures> {
  const json = async (path: string): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await source.file(path))) as unknown;
  const tokenizer = new Tokenizer(await json("tokenizer.json"));
  const encoder = new PromptEncoder(tokenizer, parsePrompt(await json("prompt.json")));
  const options = { limit: request.tokens, ignoreStop: true };
  const { decoded, figures } = await writeNote(engine, tokenizer, encoder, request.transcript, options);
  const short = decoded.find((section) => section.tokens !== request.tokens);
  if (short) throw new Error(`section ${short.key} has ${short.tokens} tokens, not ${request.tokens}`);
  return figures;
}
