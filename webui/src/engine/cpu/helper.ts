/** A helper thread: runs the same steps as thread 0, each time it is told to. */
import { reason } from "../errors.ts";
import type { Plan } from "../plan.ts";
import { parsePlan } from "../plan.ts";
import { ControlBlock, CONTROL_WORDS, Dismissed } from "./control.ts";
import { Program } from "./program.ts";

/** The one message that a helper gets. */
export interface HelperStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** the plan file, since compiled scalars are closures and cannot be sent */
  readonly plan: Uint8Array;
  readonly tid: number;
  readonly threads: number;
}

/** What a helper sends: once when it is ready, once if it fails. */
export type HelperReport = { readonly ready: true } | { readonly failed: string };

export function controlBlock(plan: Plan, memory: WebAssembly.Memory): Int32Array {
  return new Int32Array(memory.buffer, plan.control, CONTROL_WORDS);
}

/** Serves until the engine stops it or a thread fails. Blocks the thread it runs on. */
export function serve(start: HelperStart, report: (message: HelperReport) => void): void {
  const { module, memory, tid, threads } = start;
  let control: ControlBlock | null = null;
  try {
    const plan = parsePlan(start.plan, "plan.wasm.json", "wasm");
    control = new ControlBlock(controlBlock(plan, memory), threads);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const program = new Program(plan, exports, tid, threads);
    report({ ready: true });
    listen(control, program, tid);
  } catch (error) {
    if (error instanceof Dismissed) return;
    control?.fail(tid);
    report({ failed: reason(error) });
  }
}

function listen(control: ControlBlock, program: Program, tid: number): void {
  const barrier = (): void => control.barrier(tid);
  for (let seen = 0; ; seen++) {
    const index = control.nextCommand(seen);
    if (index === null) return;
    program.run(index, control.symbols, barrier);
  }
}
