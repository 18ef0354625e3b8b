/** When the GPUs that an attempt holds are free again: pure, from the rental's facts alone. */

import { nextAttempt } from '@tokenos/domain/rental/attempts';
import { closingOf, placementOf, type RentalState } from '@tokenos/domain/rental/state';
import { SECOND, type Millis } from '@tokenos/domain/time';
import { lostOf, paidUntil } from '../desired/attempts.js';

/** How long after paid-until a silent machine's GPUs are taken to be free: it ends the lease by its own clock. */
export const SILENT_RELEASE: Millis = 60 * SECOND;

/** 0: at once. Null: not before another fact of this rental, which will have us look again. */
export function freeAt(state: RentalState, attempt: number): Millis | null {
  if (state.status === 'absent') return null;
  if (state.rental.revoked.some((revoked) => revoked.attempt === attempt)) return 0;
  const lost = lostOf(state).find((placement) => placement.attempt === attempt);
  if (lost !== undefined) return paidUntil(state, lost) + SILENT_RELEASE;
  const closing = closingOf(state);
  const current = placementOf(state);
  if (current?.attempt === attempt) return closing === null ? null : paidUntil(state, current) + SILENT_RELEASE;
  // An attempt that failed holds nothing here, whatever its machine still has to put away: an agent starts no lease on a GPU
  // before the last process of the lease that had it is gone, and a placement that waits for that longer than it may fails.
  // Or a later one: the claim may be newer than what was read of the stream.
  const isDraft = attempt >= nextAttempt(state);
  return isDraft && closing === null ? null : 0;
}
