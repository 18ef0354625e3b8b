/** Placing: choose, claim, record. For a request that has been paid, and for a rental whose machine is gone. */

import { shortageSubject } from '@tokenos/contracts/subjects';
import { isExhausted, nextAttempt } from '@tokenos/domain/rental/attempts';
import type { RentalState } from '@tokenos/domain/rental/state';
import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { draftPlacement } from '../placement/draft.js';
import { rentals } from '../streams.js';
import { releaseClaims } from './release.js';

/** Event-driven on each payment; this sweep catches what was missed, such as a machine that came back. */
export const SWEEP_EVERY: Millis = 10 * SECOND;
/** After this a draft is a fact, or its rental has ended meanwhile and nobody else will look at its claims. */
export const ORPHAN_AFTER: Millis = MINUTE;

export async function place(parts: Parts, duty: Duty): Promise<DutyOutcome> {
  const { act, clock, queue, probeKeys } = parts;
  const rentalId = duty.key;
  const { state } = await act.load(rentals, rentalId);
  if (!waitsForMachine(state) || isExhausted(state)) return 'done';
  const sweep = { again: clock.now() + SWEEP_EVERY };
  if (state.rental.halted !== null) return sweep;
  const attempt = nextAttempt(state);
  // Before the claims, so that no crash leaves GPUs locked that nothing is reminded of.
  await queue.enqueue({ do: 'schedule', kind: 'orphan', key: rentalId, dueAt: clock.now() + ORPHAN_AFTER });
  const placed = await draftPlacement(parts, state, attempt);
  if (placed === null) {
    // Each time: whoever can make room hears it on core NATS, which keeps nothing.
    if (state.rental.terms.tier !== 'SPOT') parts.publish(shortageSubject(rentalId), { rentalId });
    return sweep;
  }
  await probeKeys.ensure(rentalId, attempt);
  const handled = await act.handle(rentals, rentalId, () => ({ type: 'PlaceRental', placed }));
  // Ended in the same moment: what was claimed for nothing is let go.
  return handled.kind === 'rejected' ? releaseClaims(parts, duty) : 'done';
}

type Waiting = Extract<RentalState, { status: 'paid' | 'interrupted' }>;

const waitsForMachine = (state: RentalState): state is Waiting =>
  state.status === 'paid' || (state.status === 'interrupted' && state.placement === null);
