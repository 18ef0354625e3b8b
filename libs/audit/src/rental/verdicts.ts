/** What one rental says of its operators: an attempt that failed, a job that was completed, a rating by the paid minutes. */

import type { Here } from '../here.js';
import type { RentalData } from '../wire.js';
import type { Rental } from './fold.js';
import type { Attempt } from './run.js';

type Ended = RentalData<'RentalEnded'>;

const COMPLETES: readonly Ended['reason'][] = ['term_elapsed', 'buyer_stopped', 'preempted'];

export function blame({ placed }: Attempt, fault: Ended['fault'], { books, at }: Here): void {
  if (fault === 'operator') books.verdicts.of(placed.operatorId).failed.push({ at });
}

/** Once its meter is closed: by whoever had it when it ended, if that one served at least one minute. */
export function complete({ end, endedOn, run, wallet }: Rental, { books, at }: Here): void {
  if (endedOn === null || wallet === null || end === null || !COMPLETES.includes(end.reason)) return;
  const own = run?.stretches.filter(({ attempt }) => attempt.placed.operatorId === endedOn) ?? [];
  if (own.some(({ attempt }) => run?.byNode.some(({ nodeId }) => nodeId === attempt.placed.nodeId))) {
    books.verdicts.of(endedOn).completed.push({ wallet, at });
  }
}

/** Counts once the meter is closed, for every operator with paid minutes. */
export function judge({ rating, meterClosed, requested, run }: Rental, { books, at }: Here): void {
  if (rating === null || !meterClosed) return;
  const paid = new Map<string, number>();
  for (const { operatorId, minutes } of run?.billed ?? []) {
    paid.set(operatorId, (paid.get(operatorId) ?? 0) + minutes);
  }
  const { rentalId, buyerId } = requested;
  for (const [operatorId, minutes] of paid) {
    books.verdicts.of(operatorId).ratings.push({ rentalId, buyerId, ...rating, minutes, at });
  }
}
