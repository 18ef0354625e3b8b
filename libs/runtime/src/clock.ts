/** Time as a port: rules never read it, services are handed one. A scaled clock lets a demo run a minute in seconds, and says so. */

export interface Clock {
  /** Epoch milliseconds in this platform's time (scaled or not). */
  now(): number;
  /** A wall-clock instant (a block time, a bus time, a database time) in this platform's time. */
  fromWall(wallMs: number): number;
  /** How long a duration of this platform's time takes on the wall, in milliseconds: for timers. */
  toWallDuration(durationMs: number): number;
}

export interface ClockScale {
  /** 1 = real time. 12 = a minute passes in five seconds. */
  readonly factor: number;
  /** Wall instant at which scaled and wall time agree; shared by every process of one run. */
  readonly originMs: number;
}

export function systemClock(wallNow: () => number = Date.now): Clock {
  return scaledClock({ factor: 1, originMs: 0 }, wallNow);
}

export function scaledClock({ factor, originMs }: ClockScale, wallNow: () => number = Date.now): Clock {
  if (!(factor >= 1 && factor <= 1000)) throw new RangeError(`clock factor must be 1 to 1000, not ${factor}`);
  const fromWall = (wallMs: number): number => Math.round(originMs + (wallMs - originMs) * factor);
  return {
    now: () => fromWall(wallNow()),
    fromWall,
    toWallDuration: (durationMs) => durationMs / factor,
  };
}
