/** The two clocks of the page, in milliseconds. */
export interface Clocks {
  /** Never set, but may stand still while the machine sleeps. */
  monotonic(): number;
  /** Goes on while the machine sleeps, but may be set. */
  wall(): number;
}

export const pageClocks: Clocks = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
};

/**
 * Tells when nothing has been done for a time. Between two looks as much time has passed as the
 * clock that moved more says, so neither sleep nor a clock set back makes the time longer.
 */
export class IdleTimer {
  #limit: number;
  readonly #clocks: Clocks;
  #monotonic: number;
  #wall: number;
  #idle = 0;

  constructor(limit: number, clocks: Clocks = pageClocks) {
    this.#limit = limit;
    this.#clocks = clocks;
    this.#monotonic = clocks.monotonic();
    this.#wall = clocks.wall();
  }

  set limit(milliseconds: number) {
    this.#limit = milliseconds;
  }

  /** Whether the time is over; stays so until `restart`. */
  get over(): boolean {
    const monotonic = this.#clocks.monotonic();
    const wall = this.#clocks.wall();
    this.#idle += Math.max(0, monotonic - this.#monotonic, wall - this.#wall);
    this.#monotonic = monotonic;
    this.#wall = wall;
    return this.#idle >= this.#limit;
  }

  /** Something was done. The first key after a long sleep comes too late and changes nothing. */
  touch(): void {
    if (!this.over) this.#idle = 0;
  }

  restart(): void {
    void this.over;
    this.#idle = 0;
  }
}
