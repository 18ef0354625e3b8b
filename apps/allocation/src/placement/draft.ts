/** Choice, claims and draft under the lock, all or nothing; the fact follows, and after a crash it follows from the draft. */

import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import type { Present } from '@tokenos/domain/rental/state';
import type { Parts } from '../parts.js';
import type { Claims } from '../ports/gpu-lock.js';
import { candidatesOf, type Surroundings } from './candidates.js';
import { choose } from './choose.js';

type DraftParts = Pick<Parts, 'gpuLock' | 'clock' | 'liveness' | 'spotReserve'>;

/** The draft of this attempt: the one made before a crash, or a new one with its GPUs claimed. Null where no node fits. */
export async function draftPlacement(
  { gpuLock, clock, liveness, spotReserve }: DraftParts,
  state: Present,
  attempt: number,
): Promise<RentalPlaced | null> {
  const { rentalId } = state.rental;
  return gpuLock.placing(async (claims) => {
    const known = await claims.draft(rentalId, attempt);
    if (known !== null) return known;
    const nodes = candidatesOf(rentalId, await look(claims), liveness);
    const chosen = choose(state, attempt, nodes, spotReserve);
    if (chosen === null) return null;
    const { gpuUuids, ...rest } = chosen;
    const gpus = await claims.claim(rentalId, rest, gpuUuids);
    const placed: RentalPlaced = { ...rest, gpus, placedAt: clock.now() };
    await claims.saveDraft(rentalId, placed);
    return placed;
  });
}

async function look({ fleet, held }: Claims): Promise<Surroundings> {
  return {
    nodes: await fleet.nodes(),
    held: await held(),
    holds: await fleet.holds(),
    reputations: await fleet.reputations(),
  };
}
