/** The minutes a generated history meters: of one machine at a time, none that nobody could be in, mostly right. */

import { wholeMinutes } from '@tokenos/domain/metering/minutes';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import { isBillable, segmentOf, type Run } from '@tokenos/domain/rental/run';
import type { Closing } from '@tokenos/domain/rental/state';
import { billableUntil } from '@tokenos/domain/rental/usage';
import { MINUTE, type Millis } from '@tokenos/domain/time';
import { digest } from '../generators/names.js';

type Meter = Extract<RentalCommand, { type: 'MeterUsage' }>;

/** Minutes that are over and not metered yet. */
export const minutesLeft = (run: Run, closing: Closing | null, now: Millis): number =>
  Math.min(billableUntil(run, closing), wholeMinutes(run.startedAt, now)) - run.nextMinute;

/** The next minutes, `length` of them at most and an hour at most, as far as they are of one machine. `isServed`: whether there was evidence. */
export function minutesOf(run: Run, length: number, at: Millis, isServed: (minute: number) => boolean): Meter {
  const firstMinute = run.nextMinute;
  const { attempt } = segmentOf(run, firstMinute).placement;
  let bitmap = '';
  for (let minute = firstMinute; minute < firstMinute + Math.max(1, Math.min(60, length)); minute++) {
    if (segmentOf(run, minute).placement.attempt !== attempt) break;
    bitmap += isServed(minute) && isBillable(run, minute) ? '1' : '0';
  }
  return { type: 'MeterUsage', at, usage: { firstMinute, bitmap, attempt, evidenceSha256: digest('e') } };
}

/** Most of them served; sometimes out of order, doubled, ahead of time, or of another machine. */
export function usageOf(run: Run, closing: Closing | null, now: Millis, detail: number): RentalCommand {
  const left = minutesLeft(run, closing, now);
  const metered = minutesOf(run, detail % 13 === 12 ? left + 1 : left, now, (minute) => (detail + minute * 7) % 10 < 8);
  const { usage } = metered;
  const skew = detail % 11 === 10 ? 1 : detail % 11 === 9 ? -1 : 0;
  const attempt = usage.attempt + (detail % 17 === 16 ? 1 : 0);
  const at = now + (detail % 19 === 18 ? -MINUTE : 0);
  return { ...metered, at, usage: { ...usage, attempt, firstMinute: Math.max(0, usage.firstMinute + skew) } };
}
