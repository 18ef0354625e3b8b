/** Evidence becomes facts: UsageMetered for every full hour while a rental runs, the rest and MeterClosed after its end. */

import { MAX_MINUTES_PER_FACT, minuteEnd, minuteStart, wholeMinutes } from '@tokenos/domain/metering/minutes';
import { closingOf, runOf, type Run, type RentalState } from '@tokenos/domain/rental/state';
import { billableUntil, nextMinute } from '@tokenos/domain/rental/usage';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { judge } from '../evidence/judge.js';
import { forget, keepJudged, KEEP_EVIDENCE, prune, readEvidence } from '../evidence/ledger.js';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';

/** How soon to look again while telemetry is still being written down. */
export const CATCH_UP_PAUSE: Millis = SECOND / 5;

export async function meter(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await parts.act.load(rentals, rentalId);
  const run = runOf(state);
  if (run === null || closingOf(state)?.meterClosed) return 'done';
  const now = parts.clock.now();
  const end = meterableUntil(state, run, now);
  if (!(await parts.caughtUp())) return { again: now + CATCH_UP_PAUSE };
  for (let first = nextMinute(run); first < end; first += MAX_MINUTES_PER_FACT) {
    await meterBlock(parts, rentalId, run, first, Math.min(MAX_MINUTES_PER_FACT, end - first));
  }
  if (closingOf(state) === null) return { again: nextHour(run, end) };
  await parts.act.handle(rentals, rentalId, () => ({ type: 'CloseMeter' }));
  await forget(parts.db, rentalId, now);
  return 'done';
}

/** While it runs only full hours, so that facts stay few; after the end all that is left. */
function meterableUntil(state: RentalState, run: Run, now: Millis): number {
  const closing = closingOf(state);
  const whole = Math.min(billableUntil(run, closing), wholeMinutes(run.startedAt, now));
  return closing === null ? whole - (whole % MAX_MINUTES_PER_FACT) : whole;
}

const nextHour = (run: Run, end: number): Millis => minuteStart(run.startedAt, end + MAX_MINUTES_PER_FACT);

async function meterBlock(parts: Parts, rentalId: string, run: Run, first: number, count: number): Promise<void> {
  const { db, clock, act } = parts;
  const evidence = await readEvidence(db, rentalId, minuteStart(run.startedAt, first));
  const judged = judge(rentalId, run, first, count, evidence);
  await keepJudged(db, rentalId, first, judged, clock.now() + KEEP_EVIDENCE);
  const { attempt } = run.placement;
  const usage = { firstMinute: first, bitmap: judged.bitmap, attempt, evidenceSha256: judged.sha256 };
  await act.handle(rentals, rentalId, (at) => ({ type: 'MeterUsage', at, usage }));
  await prune(db, rentalId, minuteEnd(run.startedAt, first + count - 1));
}
