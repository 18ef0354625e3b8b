/** Metering's commands: minutes in order, each exactly once, none beyond the end; then the meter closes. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { isBitmap, wholeMinutes } from '../../metering/minutes.js';
import type { MeteringCommand } from '../commands.js';
import type { RentalFact, UsageMetered } from '../facts.js';
import { isBillable, segmentOf, type Run } from '../run.js';
import { closingOf, runOf, type Present } from '../state.js';
import { billableUntil, minutesServed } from '../usage.js';
import { wrongState } from './refuse.js';

type Meter = Extract<MeteringCommand, { type: 'MeterUsage' }>;

export function meter(state: Present, { at, usage }: Meter): Outcome<RentalFact> {
  const run = runOf(state);
  if (run === null) return wrongState(state.status, 'MeterUsage');
  const closing = closingOf(state);
  if (closing?.meterClosed) return ignored('the meter is closed');
  const { firstMinute, bitmap } = usage;
  if (!isBitmap(bitmap)) return rejected({ code: 'bad_bitmap', context: { bitmap } });
  const expected = run.nextMinute;
  if (firstMinute < expected) return ignored('metered already');
  if (firstMinute !== expected) return rejected({ code: 'minutes_gap', context: { firstMinute, expected } });
  const stranger = ofOtherAttempt(run, usage);
  if (stranger !== null) {
    return rejected({ code: 'wrong_attempt', context: { attempt: usage.attempt, current: stranger } });
  }
  const lastMinute = firstMinute + bitmap.length - 1;
  const limit = Math.min(billableUntil(run, closing), wholeMinutes(run.startedAt, at));
  const unbillable = servedMinutes(usage).find((minute) => !isBillable(run, minute));
  if (lastMinute >= limit || unbillable !== undefined) {
    const context = { firstMinute, lastMinute, limit: Math.min(limit, unbillable ?? limit) };
    return rejected({ code: 'minutes_not_billable', context });
  }
  return accepted({ type: 'UsageMetered', data: usage });
}

/** A fact is of one attempt: the attempt of the first minute that belongs to another one, or null. */
function ofOtherAttempt(run: Run, { firstMinute, bitmap, attempt }: UsageMetered): number | null {
  for (let minute = firstMinute; minute < firstMinute + bitmap.length; minute++) {
    const owner = segmentOf(run, minute).placement.attempt;
    if (owner !== attempt) return owner;
  }
  return null;
}

const servedMinutes = ({ firstMinute, bitmap }: UsageMetered): readonly number[] =>
  [...bitmap].flatMap((bit, index) => (bit === '1' ? [firstMinute + index] : []));

export function closeMeter(state: Present): Outcome<RentalFact> {
  const closing = closingOf(state);
  if (closing === null || closing.run === null) return wrongState(state.status, 'CloseMeter');
  if (closing.meterClosed !== null) return ignored('closed already');
  const expected = closing.run.nextMinute;
  const limit = billableUntil(closing.run, closing);
  if (expected < limit) return rejected({ code: 'minutes_gap', context: { firstMinute: limit, expected } });
  return accepted({
    type: 'MeterClosed',
    data: { lastMinute: limit - 1, minutesServed: minutesServed(closing.run) },
  });
}
