/** The plan's functions bound to a kernel module's exports, as one thread runs them. */
import { FormatRefusedError } from "../errors.ts";
import { FUNCTION_NAMES } from "../plan.ts";
import type { Plan } from "../plan.ts";

export type Kernel = (...args: number[]) => unknown;

interface BoundStep {
  readonly kernel: Kernel;
  /** pointers, scalars, thread id, thread count; made once */
  readonly args: number[];
  /** the scalars that depend on the call: place in `args` and value */
  readonly dynamic: readonly (readonly [number, (symbols: ArrayLike<number>) => number])[];
}

/** What a kernel module exports, as far as it is used. */
export type KernelExports = Readonly<Record<string, unknown>>;

export class Program {
  readonly #functions: readonly (readonly BoundStep[])[];

  /** Raises FormatRefusedError where the module lacks a kernel of the plan. */
  constructor(plan: Plan, exports: KernelExports, tid: number, threads: number) {
    const kernels = plan.kernels.map(({ name }) => {
      const kernel = exports[name];
      if (typeof kernel !== "function")
        throw new FormatRefusedError("The kernel module", `it has no kernel ${name}`);
      return kernel as Kernel;
    });
    this.#functions = FUNCTION_NAMES.map((name) =>
      plan.functions[name].steps.map((step) => {
        const pointers = step.buffers.map((index) => plan.buffers[index]!.offset!);
        const args = [
          ...pointers,
          ...step.scalars.map((scalar) => (typeof scalar === "number" ? scalar : 0)),
        ];
        const dynamic = step.scalars.flatMap((scalar, index) =>
          typeof scalar === "number" ? [] : [[pointers.length + index, scalar] as const],
        );
        return { kernel: kernels[step.kernel]!, args: [...args, tid, threads], dynamic };
      }),
    );
    const stackPointer = exports.__stack_pointer;
    if (!(stackPointer instanceof WebAssembly.Global) || plan.stack === undefined) {
      throw new FormatRefusedError("The kernel module", "it does not export its stack pointer");
    }
    stackPointer.value = plan.stack.base + plan.stack.bytes * (tid + 1);
  }

  /** Runs function number `index` of FUNCTION_NAMES; `barrier` is called after every step. */
  run(index: number, symbols: ArrayLike<number>, barrier: () => void): void {
    for (const { kernel, args, dynamic } of this.#functions[index]!) {
      for (const [place, value] of dynamic) args[place] = value(symbols);
      kernel(...args);
      barrier();
    }
  }
}
