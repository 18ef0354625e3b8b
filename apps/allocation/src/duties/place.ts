/** Placing: choose, claim, record. */

import { MAX_ATTEMPTS } from '@tokenos/domain/placement/placement';
import { nextAttempt } from '@tokenos/domain/rental/attempts';
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
  if (state.status !== 'paid') return 'done';
  const attempt = nextAttempt(state);
  if (attempt > MAX_ATTEMPTS) return 'done';
  // Before the claims, so that no crash leaves GPUs locked that nothing is reminded of.
  await queue.enqueue({ do: 'schedule', kind: 'orphan', key: rentalId, dueAt: clock.now() + ORPHAN_AFTER });
  const placed = await draftPlacement(parts, state.rental, attempt);
  if (placed === null) return { again: clock.now() + SWEEP_EVERY };
  await probeKeys.ensure(rentalId, attempt);
  const handled = await act.handle(rentals, rentalId, () => ({ type: 'PlaceRental', placed }));
  // Ended in the same moment: what was claimed for nothing is let go.
  return handled.kind === 'rejected' ? releaseClaims(parts, duty) : 'done';
}
