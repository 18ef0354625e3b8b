/** The 60-second tick: minutes and cost so far, judged from the evidence at hand. Shown, not billed: the facts are. */

import type { Tick } from '@tokenos/contracts/api/meter';
import { tickSubject } from '@tokenos/contracts/subjects';
import { minuteStart, wholeMinutes } from '@tokenos/domain/metering/minutes';
import { price } from '@tokenos/domain/pricing/pricing';
import type { Run } from '@tokenos/domain/rental/run';
import type { Rental } from '@tokenos/domain/rental/state';
import { minutesServed, nextMinute } from '@tokenos/domain/rental/usage';
import type { Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { judge } from '../evidence/judge.js';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';

export async function tick(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await parts.act.load(rentals, rentalId);
  if (state.status !== 'running') return 'done';
  const { rental, run } = state;
  const now = parts.clock.now();
  const minute = wholeMinutes(run.startedAt, Math.min(now, run.endsAt));
  const first = nextMinute(run);
  const evidence = await parts.ledger.read(rentalId, minuteStart(run.startedAt, first));
  const open = judge(rentalId, run, first, Math.max(0, minute - first), evidence);
  const served = minutesServed(run) + open.filter((verdict) => verdict.served).length;
  parts.publish(tickSubject(rentalId), tickOf(rental, run, minute, served, now));
  return now >= run.endsAt ? 'done' : { again: minuteStart(run.startedAt, minute + 1) };
}

function tickOf(rental: Rental, run: Run, minute: number, served: number, now: Millis): Tick {
  const rate = {
    rateMicroUsdcPerHour: run.placement.rateMicroUsdcPerHour,
    tierBps: rental.quote.tierBps,
    gpuCount: rental.terms.gpuCount,
  };
  return {
    rentalId: rental.rentalId,
    minute,
    minutesServed: served,
    costMicroUsdc: price({ ...rate, minutes: served }).toString(),
    burnMicroUsdcPerHour: price({ ...rate, minutes: 60 }).toString(),
    at: new Date(now).toISOString(),
  };
}
