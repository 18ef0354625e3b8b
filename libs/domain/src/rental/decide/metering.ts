/** Metering's commands: minutes in order, each exactly once, none beyond the end; then the meter closes. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { isBitmap, wholeMinutes } from '../../metering/minutes.js';
import type { MeteringCommand } from '../commands.js';
import type { RentalFact } from '../facts.js';
import { closingOf, runOf, type RentalState } from '../state.js';
import { billableUntil, minutesServed, nextMinute } from '../usage.js';
import { absent, wrongState } from './refuse.js';

type Meter = Extract<MeteringCommand, { type: 'MeterUsage' }>;

export function meter(state: RentalState, { at, usage }: Meter): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  const run = runOf(state);
  if (run === null) return wrongState(state.status, 'MeterUsage');
  const closing = closingOf(state);
  if (closing?.meterClosed) return ignored('the meter is closed');
  const { firstMinute, bitmap, attempt } = usage;
  if (!isBitmap(bitmap)) return rejected({ code: 'bad_bitmap', context: { bitmap } });
  const expected = nextMinute(run);
  if (firstMinute < expected) return ignored('metered already');
  if (firstMinute !== expected) return rejected({ code: 'minutes_gap', context: { firstMinute, expected } });
  const current = run.placement.attempt;
  if (attempt !== current) return rejected({ code: 'wrong_attempt', context: { attempt, current } });
  const lastMinute = firstMinute + bitmap.length - 1;
  const limit = Math.min(billableUntil(run, closing), wholeMinutes(run.startedAt, at));
  if (lastMinute >= limit) {
    return rejected({ code: 'minutes_not_billable', context: { firstMinute, lastMinute, limit } });
  }
  return accepted({ type: 'UsageMetered', data: usage });
}

export function closeMeter(state: RentalState): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  const closing = closingOf(state);
  if (closing === null || closing.run === null) return wrongState(state.status, 'CloseMeter');
  if (closing.meterClosed !== null) return ignored('closed already');
  const expected = nextMinute(closing.run);
  const limit = billableUntil(closing.run, closing);
  if (expected < limit) return rejected({ code: 'minutes_gap', context: { firstMinute: limit, expected } });
  return accepted({
    type: 'MeterClosed',
    data: { lastMinute: limit - 1, minutesServed: minutesServed(closing.run) },
  });
}
