/** The 60-second tick: minutes and cost so far, judged from the evidence at hand. Shown, not billed: the facts are. */

import type { Tick } from '@tokenos/contracts/api/meter';
import { tickSubject } from '@tokenos/contracts/subjects';
import { minuteStart, wholeMinutes } from '@tokenos/domain/metering/minutes';
import { ZERO } from '@tokenos/domain/money';
import { price } from '@tokenos/domain/pricing/pricing';
import { count, segmentOf, type Run } from '@tokenos/domain/rental/run';
import type { RentalState } from '@tokenos/domain/rental/state';
import { costOf, minutesServed, nextMinute } from '@tokenos/domain/rental/usage';
import type { Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { ofOneAttempt } from '../evidence/attempts.js';
import { bitmapOf, judge } from '../evidence/judge.js';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';

/** On while another machine is looked for, too: a meter that stands still is still heard. */
type Ticking = Extract<RentalState, { status: 'running' | 'interrupted' }>;

export async function tick(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await parts.act.load(rentals, rentalId);
  if (state.status !== 'running' && state.status !== 'interrupted') return 'done';
  const { run } = state;
  const now = parts.clock.now();
  const minute = wholeMinutes(run.startedAt, Math.min(now, run.endsAt));
  const sofar = await counted(parts, rentalId, run, minute);
  parts.publish(tickSubject(rentalId), tickOf(state, sofar, minute, now));
  return now >= run.endsAt ? 'done' : { again: minuteStart(run.startedAt, minute + 1) };
}

/** The run as it will be once everything before `until` is metered, if nothing more is heard. */
async function counted({ ledger }: Parts, rentalId: string, run: Run, until: number): Promise<Run> {
  const evidence = await ledger.read(rentalId, minuteStart(run.startedAt, nextMinute(run)));
  let sofar = run;
  while (nextMinute(sofar) < until) {
    const firstMinute = nextMinute(sofar);
    const length = ofOneAttempt(run, firstMinute, until - firstMinute);
    const bitmap = bitmapOf(judge(rentalId, run, firstMinute, length, evidence));
    const { attempt } = segmentOf(run, firstMinute).placement;
    sofar = count(sofar, { firstMinute, bitmap, attempt, evidenceSha256: '' });
  }
  return sofar;
}

function tickOf({ status, rental }: Ticking, run: Run, minute: number, now: Millis): Tick {
  const { rateMicroUsdcPerHour } = run.placement;
  const hourly = { rateMicroUsdcPerHour, tierBps: rental.quote.tierBps, gpuCount: rental.terms.gpuCount, minutes: 60 };
  return {
    rentalId: rental.rentalId,
    minute,
    minutesServed: minutesServed(run),
    costMicroUsdc: costOf(rental, run).toString(),
    burnMicroUsdcPerHour: (status === 'running' ? price(hourly) : ZERO).toString(),
    at: new Date(now).toISOString(),
  };
}
