/** The platform's time on a machine whose own clock may be wrong: told at each welcome, counted on by the machine, kept for the next start. */

import type { Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';

export interface PlatformClock extends Clock {
  /** How far the platform's time is ahead of this machine's. */
  readonly aheadMs: Millis;
  /** The platform says what time it is. */
  tell(now: Millis): void;
}

/** `aheadMs`: what was learnt before, so that a restart without the platform ends no lease early or late. */
export function platformClock(own: Clock, aheadMs: Millis): PlatformClock {
  let ahead = aheadMs;
  return {
    get aheadMs() {
      return ahead;
    },
    tell(now) {
      ahead = now - own.now();
    },
    now: () => own.now() + ahead,
    fromWall: (wallMs) => own.fromWall(wallMs) + ahead,
    toWallDuration: (durationMs) => own.toWallDuration(durationMs),
  };
}
