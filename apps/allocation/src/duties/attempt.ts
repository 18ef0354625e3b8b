/** From placed to running, or not: the first login over the buyer's path, an attempt's deadline, and the buyer's patience. */

import { MAX_ATTEMPTS } from '@tokenos/domain/placement/placement';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { probeAndReport } from '../probe/report.js';
import { rentals } from '../streams.js';

const RETRY_START: Millis = SECOND;

/** Billing starts at the first probe that logs in over the buyer's own path. */
export async function start(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const failure = await tryToStart(parts, rentalId);
  return failure === null ? 'done' : { again: parts.clock.now() + RETRY_START };
}

/** Null once there is nothing left to try; else why the attempt is not ready yet. */
async function tryToStart(parts: Parts, rentalId: string): Promise<string | null> {
  const { state } = await parts.act.load(rentals, rentalId);
  if (state.status !== 'placed') return null;
  const { attempt } = state.placement;
  const failure = await probeAndReport(parts, rentalId, state.placement);
  if (failure === null) await parts.act.handle(rentals, rentalId, (at) => ({ type: 'StartRental', attempt, at }));
  return failure;
}

/** At its deadline an attempt gets one last look, because we ourselves may have been away; an agent's own "no" is enough. */
export async function failAttempt(parts: Parts, duty: Duty): Promise<DutyOutcome> {
  const { state } = await parts.act.load(rentals, duty.key);
  if (state.status !== 'placed') return 'done';
  const { attempt } = state.placement;
  const told = duty.payload as { readonly attempt: number; readonly why: string } | null;
  if (told !== null && told.attempt !== attempt) return 'done';
  const failure = told?.why ?? (await tryToStart(parts, duty.key));
  if (failure === null) return 'done';
  const why = told === null ? `not ready in time: ${failure}` : failure;
  await parts.act.handle(rentals, duty.key, () => ({ type: 'FailPlacement', attempt, why, fault: 'operator' }));
  return 'done';
}

/** Paid but not running within maxWait, or never to run because every attempt has failed: everything goes back by itself. */
export async function giveUp({ act, clock }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'paid' && state.status !== 'placed') return 'done';
  const { failedPlacements, terms } = state.rental;
  const deadline = failedPlacements.length < MAX_ATTEMPTS ? state.paidAt + terms.maxWaitMs : state.paidAt;
  if (clock.now() < deadline) return { again: deadline };
  const fault = failedPlacements.length > 0 ? 'operator' : 'platform';
  await act.handle(rentals, rentalId, (at) => ({ type: 'EndRental', at, reason: 'capacity_unavailable', fault }));
  return 'done';
}
