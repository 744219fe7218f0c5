/**
 * How much time has passed, told from a wall clock that may be set. The age that it counts only ever
 * grows: a clock set back neither stops it nor lets time be counted twice once it is set right.
 */
export interface AgeClock {
  /** Milliseconds counted so far. */
  age: number;
  /** Latest time that was ever seen, in milliseconds since 1970. */
  latest: number;
  /** Time that was seen last; before `latest` after the clock was set back. */
  last: number;
  /** What was counted since the clock was set back, which the way up to `latest` covers again. */
  counted: number;
}

export function newClock(now: number): AgeClock {
  return { age: 0, latest: now, last: now, counted: 0 };
}

export function tick(clock: AgeClock, now: number): AgeClock {
  if (!Number.isFinite(now)) return clock;
  if (now < clock.latest) {
    const passed = Math.max(0, now - clock.last);
    return { ...clock, age: clock.age + passed, last: now, counted: clock.counted + passed };
  }
  const passed = Math.max(0, now - clock.latest - clock.counted);
  return { age: clock.age + passed, latest: now, last: now, counted: 0 };
}
