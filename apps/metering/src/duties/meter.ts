/** Evidence becomes facts: UsageMetered for every full hour while a rental runs, the rest and MeterClosed after its end. */

import { MAX_MINUTES_PER_FACT, minuteStart, wholeMinutes } from '@tokenos/domain/metering/minutes';
import type { MeteringCommand } from '@tokenos/domain/rental/commands';
import { segmentOf, type Run } from '@tokenos/domain/rental/run';
import { closingOf, runOf, type Closing } from '@tokenos/domain/rental/state';
import { billableUntil, nextMinute } from '@tokenos/domain/rental/usage';
import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { ofOneAttempt } from '../evidence/attempts.js';
import { bitmapOf, judge, proofOf } from '../evidence/judge.js';
import type { Parts } from '../parts.js';
import { KEEP_EVIDENCE } from '../repositories/port.js';
import { rentals } from '../streams.js';

/** How soon to look again while telemetry is still being written down. */
export const CATCH_UP_PAUSE: Millis = SECOND;

/** One step for each look at the stream, so that wherever this process dies the next look goes on from the facts. */
export async function meter(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, ledger, clock, caughtUp } = parts;
  const { state } = await act.load(rentals, rentalId);
  const run = runOf(state);
  const closing = closingOf(state);
  if (run === null) return 'done';
  const now = clock.now();
  if (closing !== null && closing.meterClosed !== null) {
    await ledger.forget(rentalId);
    await ledger.dropOld(now);
    return 'done';
  }
  const first = nextMinute(run);
  const count = minutesDue(run, closing, first, now);
  if (count > 0) {
    if (!(await caughtUp())) return { again: now + CATCH_UP_PAUSE };
    await meterBlock(parts, rentalId, run, first, count);
    return { again: now };
  }
  if (closing === null)
    return { again: Math.max(now + MINUTE, minuteStart(run.startedAt, first + MAX_MINUTES_PER_FACT)) };
  await give(parts, rentalId, () => ({ type: 'CloseMeter' }));
  return { again: now };
}

/**
 * While it runs only full hours, so that facts stay few, and what an earlier machine served; after the end all that is left, an
 * hour at a time. A fact is of one attempt.
 */
function minutesDue(run: Run, closing: Closing | null, first: number, now: Millis): number {
  const whole = Math.min(billableUntil(run, closing), wholeMinutes(run.startedAt, now));
  const most = Math.min(MAX_MINUTES_PER_FACT, whole - first);
  const count = ofOneAttempt(run, first, most);
  return closing === null && count === most && most < MAX_MINUTES_PER_FACT ? 0 : count;
}

async function meterBlock(parts: Parts, rentalId: string, run: Run, first: number, count: number): Promise<void> {
  const { ledger, clock } = parts;
  const from = minuteStart(run.startedAt, first);
  // Of earlier minutes, which are metered by now.
  await ledger.prune(rentalId, from);
  const verdicts = judge(rentalId, run, first, count, await ledger.read(rentalId, from));
  const proof = proofOf(rentalId, verdicts);
  await ledger.keepProof({ ...proof, rentalId, firstMinute: first, keptUntil: clock.now() + KEEP_EVIDENCE });
  const { attempt } = segmentOf(run, first).placement;
  const usage = { firstMinute: first, bitmap: bitmapOf(verdicts), attempt, evidenceSha256: proof.sha256 };
  await give(parts, rentalId, (at) => ({ type: 'MeterUsage', at, usage }));
}

/** Refused is what we asked of a stream that has moved on: thrown, so that the duty looks again, and alarms if that does not help. */
async function give({ act }: Parts, rentalId: string, command: (at: Millis) => MeteringCommand): Promise<void> {
  const handled = await act.handle(rentals, rentalId, command);
  if (handled.kind === 'rejected') throw new Error(`the meter of rental ${rentalId}: ${handled.rejection.code}`);
}
