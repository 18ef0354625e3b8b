/** I8: billed minutes lie between start and end, each at most once, in order. */

import type { Here } from '../here.js';
import { minutesOver } from '../units.js';
import type { RentalData } from '../wire.js';
import { billableEnd, minutesServed, type Attempt, type Rental, type Run } from './fold.js';

export function meter(rental: Rental, usage: RentalData<'UsageMetered'>, { note, at }: Here): void {
  const { run, attempt } = rental;
  if (run === null || attempt === null) {
    note('I8', 'minutes are metered before the start');
    return;
  }
  if (rental.meterClosed) note('I8', 'minutes are metered after the meter closed');
  note.compare('I8', 'attempt that served', attempt.placed.attempt, usage.attempt);
  note.compare('I8', 'first minute not metered yet', run.nextMinute, usage.firstMinute);
  const over = minutesOver(run.startedAt, Math.min(at, billableEnd(run, rental.end)));
  const end = usage.firstMinute + usage.bitmap.length;
  if (end > over) note('I8', `minute ${end - 1} is metered, but only ${over} minutes were over`);
  count(run, attempt, usage, over);
  run.nextMinute = Math.max(run.nextMinute, end);
}

/** Only what may be billed is counted, so that a plan which bills a minute twice is found out as well. */
function count(run: Run, { placed }: Attempt, usage: RentalData<'UsageMetered'>, over: number): void {
  const { firstMinute, bitmap } = usage;
  const { operatorId, rateMicroUsdcPerHour: rate } = placed;
  const key = `${operatorId} ${rate}`;
  const group = run.served.get(key) ?? { operatorId, rate, minutes: 0 };
  for (let minute = Math.max(firstMinute, run.nextMinute); minute < over; minute++) {
    if (bitmap[minute - firstMinute] === '1') group.minutes += 1;
  }
  if (group.minutes > 0) run.served.set(key, group);
}

export function closeMeter(rental: Rental, closed: RentalData<'MeterClosed'>, { note }: Here): void {
  const { run, end } = rental;
  if (run === null || end === null || rental.meterClosed) {
    note('order', 'there is no meter to close');
    return;
  }
  rental.meterClosed = true;
  const over = minutesOver(run.startedAt, billableEnd(run, end));
  if (run.nextMinute < over) note('I8', `minutes ${run.nextMinute} to ${over - 1} were never metered`);
  const expected = { lastMinute: over - 1, minutesServed: minutesServed(rental) };
  note.compare('I8', 'the closed meter', expected, closed);
}
