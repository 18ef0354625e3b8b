/** What a rental's stream makes each machine's desired state: pure, so that the whole bucket can be rebuilt from zero. */

import type { DesiredLease, DesiredNode } from '@tokenos/contracts/agent/protocol';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import { closingOf, placementOf, runOf, type RentalState } from '@tokenos/domain/rental/state';
import { MINUTE, type Millis } from '@tokenos/domain/time';

export interface DesiredEntry {
  readonly nodeId: string;
  readonly rentalId: string;
  readonly attempt: number;
  /** Null: the agent has reported it gone, so the entry may go. */
  readonly lease: DesiredLease | null;
}

export interface Folded {
  readonly state: RentalState;
  readonly revision: number;
}

/** `probeKeys`: the platform's public key by attempt. An attempt without one is not desired yet. */
export function desiredEntries({ state, revision }: Folded, probeKeys: ReadonlyMap<number, string>): DesiredEntry[] {
  if (state.status === 'absent') return [];
  const { rental } = state;
  const current = placementOf(state);
  const gone = closingOf(state)?.accessRevokedAt !== null && closingOf(state) !== null;
  const over = closingOf(state) !== null;
  const placements = [...rental.failedPlacements, ...(current === null ? [] : [current])];
  return placements.flatMap((placement) => {
    const { nodeId, attempt } = placement;
    const probeKey = probeKeys.get(attempt);
    if (probeKey === undefined) return [];
    const lease: DesiredLease = {
      rentalId: rental.rentalId,
      attempt,
      revision,
      state: over || placement !== current ? 'ended' : 'run',
      gpuUuids: placement.gpus.map((gpu) => gpu.uuid),
      username: placement.endpoint.username,
      authorizedKeys: (rental.credential?.keys ?? []).map((key) => key.publicKey),
      probeKey,
      paidUntil: new Date(paidUntil(state, placement)).toISOString(),
    };
    return [{ nodeId, rentalId: rental.rentalId, attempt, lease: gone ? null : lease }];
  });
}

/** Before the start the whole term still lies ahead, at the latest after the longest wait; from the start on it is endsAt. */
export function paidUntil(state: Exclude<RentalState, { status: 'absent' }>, placement: RentalPlaced): Millis {
  const run = runOf(state);
  const { terms } = state.rental;
  return run === null ? placement.placedAt + terms.maxWaitMs + terms.minutes * MINUTE : run.endsAt;
}

/** The node's document with this entry in it; the same object where a newer revision is there already. */
export function withEntry(node: DesiredNode, { rentalId, attempt, lease }: DesiredEntry): DesiredNode {
  const isSame = (other: DesiredLease): boolean => other.rentalId === rentalId && other.attempt === attempt;
  const known = node.leases.find(isSame);
  if (lease === null) return known === undefined ? node : { ...node, leases: node.leases.filter((l) => !isSame(l)) };
  if (known !== undefined && known.revision >= lease.revision) return node;
  return { ...node, leases: [...node.leases.filter((l) => !isSame(l)), lease] };
}
