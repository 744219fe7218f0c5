/** What the engine needs of the place it runs in: a browser's worker or Node. */

/** A helper thread of the CPU engine. */
export interface HelperThread {
  /** Sends the one message that starts it. */
  post(message: unknown): void;
  /** Called with what the thread sends. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called once with the reason when it fails to start, throws or ends. */
  onFailure(listener: (problem: string) => void): void;
  terminate(): void;
}

export interface Host {
  /** logical processors */
  readonly hardwareThreads: number;
  /** whether memory can be shared between threads (a browser wants cross-origin isolation) */
  readonly sharedMemory: boolean;
  /** WebGPU's entry point, where there is one */
  readonly gpu: GPU | null;
  spawn(): HelperThread;
  /** Lets the event loop turn once, so that messages and aborts arrive. */
  yield(): Promise<void>;
}
