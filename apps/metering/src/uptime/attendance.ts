/** Who was heard in which minute: what uptime is counted from. Kept three days, on each adapter by the same contract. */

import { DAY, MINUTE, type Millis } from '@tokenos/domain/time';

/** As long as the bus keeps heartbeats, and a night to count them in. */
export const KEEP_ATTENDANCE: Millis = 3 * DAY;

/** Heard by this name: anyone at all. No node is called so. */
export const ANYONE = '';

/** Minutes are counted from the epoch, in the platform's time. */
export const minuteOf = (at: Millis): number => Math.floor(at / MINUTE);

export interface AttendanceBook {
  /** The same again changes nothing. */
  note(who: readonly string[], minute: number): Promise<void>;
  /** Of `from` (included) to `to` (not included). */
  minutes(who: string, from: number, to: number): Promise<ReadonlySet<number>>;
  dropBefore(minute: number): Promise<void>;
}
