/** What a rental has been through, told to its buyer. Pure; nothing of anybody else's is in it. */

import { both } from '@tokenos/contracts/api/money';
import type { RentalCourse } from '@tokenos/contracts/api/rental-course';
import { runOf, type Rental } from '@tokenos/domain/rental/state';
import type { Run } from '@tokenos/domain/rental/run';
import type { Millis } from '@tokenos/domain/time';
import { instant, type KnownRental } from './rental-answers.js';

const maybe = (at: Millis | null): string | null => (at === null ? null : instant(at));

export function courseOf(state: KnownRental): RentalCourse {
  const { rental } = state;
  const run = runOf(state);
  const interruption = state.status === 'interrupted' ? state.interruption : null;
  return {
    machines: machinesOf(run),
    interruption:
      interruption === null
        ? null
        : {
            why: interruption.why,
            fault: interruption.fault,
            interruptedAt: instant(interruption.interruptedAt),
          },
    notice: noticeOf(state),
    checkpoint: checkpointOf(rental),
    extensions: rental.extensions.map(({ extensionId, minutes, extended, totalMicroUsdc, expiresAt }) => ({
      ...{ extensionId, minutes, extended },
      ...both('total', totalMicroUsdc),
      expiresAt: instant(expiresAt),
    })),
    rating: rental.rating === null ? null : { stars: rental.rating.stars, ratedAt: instant(rental.rating.ratedAt) },
    halted:
      rental.halted === null ? null : { invariant: rental.halted.invariant, haltedAt: instant(rental.halted.haltedAt) },
  };
}

const machinesOf = (run: Run | null): RentalCourse['machines'] =>
  (run?.segments ?? []).map(({ placement: { attempt, nodeId, operatorId }, from, billableFrom, until }) => ({
    ...{ attempt, nodeId, operatorId },
    from: instant(from),
    billableFrom: maybe(billableFrom),
    until: maybe(until),
  }));

/** Also of a rental that was ended by it. */
export function noticeOf(state: KnownRental): RentalCourse['notice'] {
  const notice = runOf(state)?.notice ?? null;
  if (notice === null) return null;
  const { noticed, delivered } = notice;
  return {
    noticedAt: instant(noticed.noticedAt),
    deliveredAt: maybe(delivered?.deliveredAt ?? null),
    deadlineAt: maybe(delivered?.deadlineAt ?? null),
  };
}

export function checkpointOf({ checkpoint }: Rental): RentalCourse['checkpoint'] {
  if (checkpoint === null) return null;
  const { requested, saved } = checkpoint;
  return {
    path: requested.path,
    requestedAt: instant(requested.requestedAt),
    saved:
      saved === null
        ? null
        : { where: saved.where, sha256: saved.sha256, bytes: saved.bytes, savedAt: instant(saved.savedAt) },
  };
}
