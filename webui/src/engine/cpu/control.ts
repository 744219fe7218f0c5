/**
 * The control block: a few words of shared memory through which thread 0 starts a function on all
 * threads and all wait for each other after every step, without a single message.
 */
import { WorkerDiedError } from "../errors.ts";

const ARRIVED = 0; // threads that have reached the barrier
const GENERATION = 1; // barriers passed
const SLEEPING = 2; // threads that wait for GENERATION in the kernel
const COMMAND = 3; // functions started
const FUNCTION = 4; // index of the function, or STOP
const FAILED = 5; // 1 + id of the thread that failed first, 0 while all is well
const SYMBOLS = 8; // values of the function's symbols
const STOP = -1;

/** Words of the block that are in use. */
export const CONTROL_WORDS = 16;

/**
 * Loads before a thread goes to sleep. The most are some tens of microseconds, longer than steps of
 * threads that run side by side differ. Where the machine is busy with other work, waiting actively
 * takes the processor from the very thread that is waited for; so spinning in vain halves the
 * number, and spinning with success raises it again.
 */
const MOST_SPINS = 20000;
const FEWEST_SPINS = 100;

/** Length of one sleep and, in sleeps, how long a silent thread is waited for. */
export interface Patience {
  readonly sliceMs: number;
  readonly slices: number;
}

/**
 * Counting short sleeps instead of time keeps a laptop's suspension from looking like a dead
 * thread: it adds one sleep at most.
 */
export const PATIENCE: Patience = { sliceMs: 1000, slices: 20 };

/** Thrown inside a helper when another thread has failed or the engine is being disposed. */
export class Dismissed extends Error {}

export class ControlBlock {
  readonly #words: Int32Array;
  readonly #threads: number;
  readonly #patience: Patience;
  readonly symbols: Int32Array;
  #spins = MOST_SPINS;

  constructor(words: Int32Array, threads: number, patience: Patience = PATIENCE) {
    this.#words = words;
    this.#threads = threads;
    this.#patience = patience;
    this.symbols = words.subarray(SYMBOLS, CONTROL_WORDS);
  }

  /** Thread 0: starts function number `index` on the helpers; the symbols have been written. */
  start(index: number): void {
    if (this.#threads === 1) return;
    Atomics.store(this.#words, FUNCTION, index);
    Atomics.add(this.#words, COMMAND, 1);
    Atomics.notify(this.#words, COMMAND);
  }

  /** Thread 0: ends the helpers, wherever they wait. */
  stop(): void {
    Atomics.store(this.#words, FUNCTION, STOP);
    this.#wakeAll();
  }

  /** A helper: the next function's index after `seen` commands, or null when it is to end. */
  nextCommand(seen: number): number | null {
    this.#spin(COMMAND, seen);
    while (Atomics.load(this.#words, COMMAND) === seen) Atomics.wait(this.#words, COMMAND, seen);
    const index = Atomics.load(this.#words, FUNCTION);
    return index === STOP || Atomics.load(this.#words, FAILED) !== 0 ? null : index;
  }

  /** Marks thread `tid` as failed and wakes every thread, so that all leave. */
  fail(tid: number): void {
    Atomics.compareExchange(this.#words, FAILED, 0, tid + 1);
    this.#wakeAll();
  }

  /** Id of the thread that failed, or null. */
  get failed(): number | null {
    const failed = Atomics.load(this.#words, FAILED);
    return failed === 0 ? null : failed - 1;
  }

  /** Waits until all threads have arrived. Raises WorkerDiedError (thread 0) or Dismissed. */
  barrier(tid: number): void {
    if (this.#threads === 1) return;
    const words = this.#words;
    const generation = Atomics.load(words, GENERATION);
    // `fail` sets FAILED before it changes GENERATION: one of the two is seen here or below.
    if (Atomics.load(words, FAILED) !== 0) this.#leave(tid);
    if (Atomics.add(words, ARRIVED, 1) === this.#threads - 1) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.add(words, GENERATION, 1);
      if (Atomics.load(words, SLEEPING) > 0) Atomics.notify(words, GENERATION);
    } else {
      this.#await(generation, tid);
    }
    if (Atomics.load(words, FAILED) !== 0) this.#leave(tid);
  }

  #await(generation: number, tid: number): void {
    const words = this.#words;
    if (this.#spin(GENERATION, generation)) return;
    Atomics.add(words, SLEEPING, 1);
    const { sliceMs, slices } = this.#patience;
    for (let slept = 0; Atomics.load(words, GENERATION) === generation; slept++) {
      if (tid === 0 && slept === slices) {
        this.fail(0);
        throw new WorkerDiedError("it no longer answers");
      }
      Atomics.wait(words, GENERATION, generation, tid === 0 ? sliceMs : Infinity);
    }
    Atomics.sub(words, SLEEPING, 1);
  }

  /** Waits actively for a word to change from `value`; false when it has not. */
  #spin(word: number, value: number): boolean {
    for (let spin = 0; spin < this.#spins; spin++) {
      if (Atomics.load(this.#words, word) === value) continue;
      this.#spins = Math.min(MOST_SPINS, this.#spins + 100);
      return true;
    }
    this.#spins = Math.max(FEWEST_SPINS, this.#spins >> 1);
    return false;
  }

  #leave(tid: number): never {
    if (tid !== 0) throw new Dismissed();
    throw new WorkerDiedError(`thread ${this.failed ?? 0} failed`);
  }

  #wakeAll(): void {
    // Both words change, so that a thread just about to sleep sees it and does not.
    for (const word of [COMMAND, GENERATION]) {
      Atomics.add(this.#words, word, 1);
      Atomics.notify(this.#words, word);
    }
  }
}
