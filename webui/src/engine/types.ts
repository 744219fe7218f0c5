/** The engine's public face: the same calls whichever executor runs them. */

export type EngineKind = "CPU" | "GPU" | "GPU (software)";
export type EngineChoice = "auto" | "cpu" | "gpu";
export type KernelKind = "int16" | "int8" | "f32" | "f16";

export interface EngineInfo {
  readonly kind: EngineKind;
  /** threads of the CPU engine, the engine's own included; 1 on the GPU */
  readonly threads: number;
  /** what the linear layers multiply: activations as integers (CPU) or floats (GPU) */
  readonly kernels: KernelKind;
  readonly modelName: string;
  readonly testModel: boolean;
  /** bytes of weights, KV cache and scratch, reserved at load */
  readonly memoryBytes: number;
  readonly limits: {
    readonly prefixTokens: number;
    readonly poolRows: number;
    readonly sequences: number;
    readonly positions: number;
  };
  readonly vocab: number;
}

export interface LoadProgress {
  /** `downloading` from the server, `reading` from this machine's own storage, `starting` kernels and threads */
  readonly phase: "downloading" | "reading" | "starting";
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** How fast this machine runs the model, about. */
export interface Speed {
  /** of one token of the transcript */
  readonly readMilliseconds: number;
  /** of one step, which writes a token in each of four sections */
  readonly stepMilliseconds: number;
}

/** The beginning that later sequences share; it stands in the cache until another prefill replaces it. */
export interface Prefix {
  readonly ids: readonly number[];
}

export interface Sequence {
  readonly id: number;
  /** its suffix and what has been generated; the last one has not been fed to the model yet */
  readonly ids: readonly number[];
  /** `ids.length` */
  readonly length: number;
}

export interface PrefillOptions {
  signal?: AbortSignal | undefined;
  /** tokens done, those reused from the cache included, and all */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** positions whose next-token logits are wanted */
  logitsAt?: readonly number[] | undefined;
  onLogits?: ((position: number, logits: Float32Array) => void) | undefined;
}

export interface ForkOptions {
  /** how many tokens each sequence may generate; decides its share of the cache */
  maxNewTokens: number;
  signal?: AbortSignal | undefined;
}

export interface StepOptions {
  /** the most probable token (default); false samples */
  greedy?: boolean | undefined;
  /** > 0, default 1 */
  temperature?: number | undefined;
  /** smallest set of tokens with at least this probability is sampled from; (0, 1], default 1 */
  topP?: number | undefined;
  /** with a sequence's place in its fork and its length decides every draw (default 0) */
  seed?: number | undefined;
  /** changes the logits in place before the choice; −Infinity forbids a token */
  mask?: ((sequence: Sequence, logits: Float32Array) => void) | undefined;
  /** the tokens to take instead of choosing, one for each sequence */
  force?: readonly number[] | undefined;
  /** the unmasked logits of `sequences[index]`; the array is the caller's to keep */
  onLogits?: ((index: number, logits: Float32Array) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface Token {
  readonly sequence: Sequence;
  readonly id: number;
  /** natural logarithm of the model's own probability, before mask and temperature */
  readonly logProb: number;
}

/** Calls are carried out one after the other, in the order in which they were made. */
export interface Engine {
  readonly info: EngineInfo;

  /**
   * Puts `ids` (1 to `limits.prefixTokens`) into the cache, reusing the common beginning with what
   * is there; ends the sequences forked before unless nothing had to be computed. When aborted, the
   * chunks already read stay and are reused. Raises TooLongError, AbortedError, InvalidRequestError.
   */
  prefill(ids: ArrayLike<number>, options?: PrefillOptions): Promise<Prefix>;

  /**
   * Starts one sequence per suffix (1 to `limits.sequences`, each of at least one token) from
   * `prefix`, and feeds all of each suffix but its last token. Ends the sequences forked before.
   * Raises TooLongError where cache or positions do not suffice, StaleError, AbortedError.
   */
  fork(
    prefix: Prefix,
    suffixes: readonly ArrayLike<number>[],
    options: ForkOptions,
  ): Promise<Sequence[]>;

  /**
   * Feeds the last token of each sequence and appends its next one; `sequences` may be any of the
   * last fork. Raises TooLongError once a sequence has its `maxNewTokens`, StaleError, AbortedError.
   */
  step(sequences: readonly Sequence[], options?: StepOptions): Promise<Token[]>;

  /** Drops the sequence's own tokens beyond the first `length` (at least 1). */
  rewind(sequence: Sequence, length: number): void;

  /**
   * A short measurement (some 130 tokens read, four steps). Empties the cache: the next prompt is
   * read anew, and earlier sequences end. Raises AbortedError.
   */
  speed(signal?: AbortSignal): Promise<Speed>;

  /** Ends all threads and frees the memory; later calls raise StaleError. */
  dispose(): Promise<void>;
}
