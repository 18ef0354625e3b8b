/** Placing: choose, claim, record. Giving up: paid but not running within maxWait, so everything goes back by itself. */

import { MAX_ATTEMPTS } from '@tokenos/domain/placement/placement';
import { nextAttempt } from '@tokenos/domain/rental/decide/allocation';
import { closingOf, placementOf } from '@tokenos/domain/rental/state';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { paidUntil } from '../desired/entries.js';
import type { Parts } from '../parts.js';
import { draftPlacement, release } from '../placement/claims.js';
import { ensureProbeKey } from '../probe/probe-keys.js';
import { SILENT_RELEASE } from '../reactions.js';
import { rentals } from '../streams.js';

/** Event-driven on each payment; this sweep catches what was missed, such as a machine that came back. */
export const SWEEP_EVERY: Millis = 10 * SECOND;

export async function place(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, db, clock, liveness, queue } = parts;
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'paid') return 'done';
  const attempt = nextAttempt(state.rental.failedPlacements);
  if (attempt > MAX_ATTEMPTS) return 'done';
  const isOnline = (nodeId: string): boolean => liveness.isOnline(nodeId);
  const placed = await draftPlacement({ db, clock, isOnline }, state.rental, attempt);
  if (placed === null) return { again: clock.now() + SWEEP_EVERY };
  await ensureProbeKey(db, rentalId, attempt);
  const handled = await act.handle(rentals, rentalId, () => ({ type: 'PlaceRental', placed }));
  // Stopped in the same moment: the GPUs claimed for nothing are let go.
  if (handled.kind === 'rejected') {
    await queue.enqueue({ do: 'schedule', kind: 'release', key: rentalId, dueAt: clock.now() });
  }
  return 'done';
}

export async function giveUp({ act, clock }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'paid' && state.status !== 'placed') return 'done';
  const deadline = state.paidAt + state.rental.terms.maxWaitMs;
  if (clock.now() < deadline) return { again: deadline };
  const fault = state.rental.failedPlacements.length > 0 ? 'operator' : 'platform';
  await act.handle(rentals, rentalId, (at) => ({ type: 'EndRental', at, reason: 'capacity_unavailable', fault }));
  return 'done';
}

/** An attempt that was not ready in time, or whose agent said it never will be. */
export async function failAttempt({ act }: Parts, duty: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, duty.key);
  if (state.status !== 'placed') return 'done';
  const { attempt } = state.placement;
  const told = duty.payload as { attempt: number; why: string } | null;
  if (told !== null && told.attempt !== attempt) return 'done';
  const why = told?.why ?? 'not ready in time';
  await act.handle(rentals, duty.key, () => ({ type: 'FailPlacement', attempt, why, fault: 'operator' }));
  return 'done';
}

/** Lets GPUs go once nobody can use them: after AccessRevoked, a failed attempt, or a minute beyond paid-until. */
export async function releaseClaims({ act, db, clock }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, rentalId);
  if (state.status === 'absent') return 'done';
  const held = await db
    .selectFrom('gpu_claims')
    .select('attempt')
    .distinct()
    .where('rental_id', '=', rentalId)
    .execute();
  const current = placementOf(state);
  const closing = closingOf(state);
  let again: Millis | null = null;
  for (const { attempt } of held) {
    const isCurrent = current?.attempt === attempt && !state.rental.failedPlacements.includes(current);
    const isDraft = closing === null && attempt === nextAttempt(state.rental.failedPlacements);
    if (isDraft && !isCurrent) continue;
    if (isCurrent && closing === null) continue;
    if (isCurrent && closing?.accessRevokedAt === null) {
      const freeAt = paidUntil(state, current) + SILENT_RELEASE;
      if (clock.now() < freeAt) {
        again = freeAt;
        continue;
      }
    }
    await release(db, rentalId, attempt);
  }
  return again === null ? 'done' : { again };
}
