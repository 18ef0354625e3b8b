/** Choice, claims and draft under the lock, all or nothing; the fact follows, and after a crash it follows from the draft. */

import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import type { Rental } from '@tokenos/domain/rental/state';
import type { Parts } from '../parts.js';
import { candidatesOf } from './candidates.js';
import { choose } from './choose.js';

/** The draft of this attempt: the one made before a crash, or a new one with its GPUs claimed. Null where no node fits. */
export async function draftPlacement(
  { gpuLock, clock, liveness }: Pick<Parts, 'gpuLock' | 'clock' | 'liveness'>,
  rental: Rental,
  attempt: number,
): Promise<RentalPlaced | null> {
  return gpuLock.placing(async (claims) => {
    const known = await claims.draft(rental.rentalId, attempt);
    if (known !== null) return known;
    const nodes = candidatesOf(rental.rentalId, await claims.fleet.nodes(), await claims.held(), liveness);
    const chosen = choose(rental, attempt, nodes);
    if (chosen === null) return null;
    const { gpuUuids, ...rest } = chosen;
    const gpus = await claims.claim(rental.rentalId, rest, gpuUuids);
    const placed: RentalPlaced = { ...rest, gpus, placedAt: clock.now() };
    await claims.saveDraft(rental.rentalId, placed);
    return placed;
  });
}
