/** The same model under llama.cpp's WebAssembly build, to compare the engine with. */
import { Wllama } from "@wllama/wllama";
import wasmUrl from "@wllama/wllama/esm/wasm/wllama.wasm?url";

export interface WllamaJob {
  /** Address of the GGUF file. */
  gguf: string;
  threads: number;
  /** Prompts by their name; a name is the number of tokens that is meant. */
  prompts: Record<string, string>;
  /** Tokens to generate after each prompt. */
  tokens: number;
}

export interface WllamaFigures {
  threads: number;
  loadSeconds: number;
  rows: { prompt: string; promptTokens: number; prefillPerSecond: number; decodePerSecond: number; text: string }[];
}

/** The server's own names; the types do not know the first. */
const FROM_SCRATCH = { cache_prompt: false, ignore_eos: true };

/**
 * Loads the model, reads and continues each prompt once, unloads.
 *
 * Speeds are llama.cpp's own timings where it gives them (they leave out what JavaScript adds,
 * so the comparison errs in its favour), else wall clock.
 */
export async function measureWllama(job: WllamaJob): Promise<WllamaFigures> {
  const started = performance.now();
  const wllama = new Wllama({ default: new URL(wasmUrl, location.href).href }, { suppressNativeLog: true });
  const file = await (await fetch(job.gguf)).blob();
  await wllama.loadModel([file], { n_ctx: 4096, n_threads: job.threads, n_gpu_layers: 0 });
  const loadSeconds = (performance.now() - started) / 1000;
  const rows: WllamaFigures["rows"] = [];
  for (const [name, prompt] of Object.entries(job.prompts)) {
    const begin = performance.now();
    let first = 0;
    let chunks = 0;
    let text = "";
    let last;
    const stream = await wllama.createCompletion({
      ...FROM_SCRATCH,
      prompt,
      stream: true,
      max_tokens: job.tokens,
      temperature: 0,
    });
    for await (const chunk of stream) {
      first ||= performance.now();
      chunks++;
      text += chunk.choices[0]?.text ?? "";
      last = chunk;
    }
    const end = performance.now();
    const promptTokens = last?.timings?.prompt_n ?? last?.usage?.prompt_tokens ?? Number(name);
    rows.push({
      prompt: name,
      promptTokens,
      prefillPerSecond: last?.timings?.prompt_per_second ?? (promptTokens / (first - begin)) * 1000,
      decodePerSecond: last?.timings?.predicted_per_second ?? ((chunks - 1) / (end - first)) * 1000,
      text: text.slice(0, 80),
    });
  }
  const threads = wllama.getNumThreads();
  await wllama.exit();
  return { threads, loadSeconds, rows };
}
