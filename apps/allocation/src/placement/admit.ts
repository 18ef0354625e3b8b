/** Which of the nodes that could serve are passed over for the sake of other tiers, and how many for what. Pure. */

import { refusal, type ClassNode } from '@tokenos/domain/placement/admission';
import { unfit, type Wanted } from '@tokenos/domain/placement/placement';
import type { Refused, RefusedReason } from '@tokenos/domain/placement/receipt';
import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { NodeWithIdleGpus } from './candidates.js';

export interface Admitted {
  readonly nodes: readonly NodeWithIdleGpus[];
  readonly refused: Refused;
}

export interface Admitting {
  readonly tier: Tier;
  readonly spotReserve: number;
  /** Off a dead machine: the room that is kept for this is there to be used. */
  readonly isFailover: boolean;
}

export function admit(nodes: readonly NodeWithIdleGpus[], wanted: Wanted, admitting: Admitting): Admitted {
  const rooms = nodes
    .filter(({ candidate }) => candidate.gpuTier === wanted.gpuTier && canServe(candidate))
    .map(({ room }) => room);
  const refused: Partial<Record<RefusedReason, number>> = {};
  const admitted = nodes.filter((node) => {
    const reason = refusedFor(node, rooms, wanted, admitting);
    if (reason !== null) refused[reason] = (refused[reason] ?? 0) + 1;
    return reason === null;
  });
  return { nodes: admitted, refused };
}

const canServe = ({ online, verified, draining }: NodeWithIdleGpus['candidate']): boolean =>
  online && verified && !draining;

/** Null where the node may serve, and where it cannot anyway: placement@1 says why. */
function refusedFor(
  { candidate, heldGpus }: NodeWithIdleGpus,
  rooms: readonly ClassNode[],
  wanted: Wanted,
  { tier, spotReserve, isFailover }: Admitting,
): RefusedReason | null {
  const { gpuCount } = wanted;
  const reason = unfit(candidate, wanted);
  if (reason === 'not_enough_idle_gpus') return candidate.idleGpus + heldGpus >= gpuCount ? 'held' : null;
  if (reason !== null || (isFailover && tier === 'RESERVED')) return null;
  return refusal(rooms, candidate.nodeId, { tier, gpuCount, spotReserve });
}
