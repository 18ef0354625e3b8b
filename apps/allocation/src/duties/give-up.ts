/** The buyer's patience: nobody can serve within maxWait, or every attempt has failed, and everything unused goes back by itself. */

import { NOTICE } from '@tokenos/domain/preemption/deadline';
import { isExhausted } from '@tokenos/domain/rental/attempts';
import type { RentalState } from '@tokenos/domain/rental/state';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';
import { endOfInterrupted } from './interrupt.js';

/** Others were told to make room: the machine then has this long to be placed and to become ready. */
export const AFTER_DEADLINE: Millis = 30 * SECOND;

type Waiting = Extract<RentalState, { status: 'paid' | 'placed' | 'interrupted' }>;

export async function giveUp(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, clock } = parts;
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'paid' && state.status !== 'placed' && state.status !== 'interrupted') return 'done';
  const deadline = isExhausted(state) ? 0 : await patience(parts, state);
  if (clock.now() < deadline) return { again: deadline };
  const { reason, fault } = endOf(state);
  await act.handle(rentals, rentalId, (at) => ({ type: 'EndRental', at, reason, fault }));
  return 'done';
}

async function patience({ fleet }: Parts, state: Waiting): Promise<Millis> {
  const { rentalId, terms } = state.rental;
  const since = state.status === 'interrupted' ? state.interruption.interruptedAt : state.paidAt;
  const holds = await fleet.holds();
  const promised = holds
    .filter((hold) => hold.beneficiaryId === rentalId)
    .map(({ noticedAt, deadlineAt }) => (deadlineAt ?? noticedAt + NOTICE) + AFTER_DEADLINE);
  return Math.max(since + terms.maxWaitMs, ...promised);
}

function endOf(state: Waiting) {
  if (state.status === 'interrupted') return endOfInterrupted(state.interruption);
  const fault = state.rental.failedPlacements.length > 0 ? ('operator' as const) : ('platform' as const);
  return { reason: 'capacity_unavailable' as const, fault };
}
