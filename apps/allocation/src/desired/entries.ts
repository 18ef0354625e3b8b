/** What a rental's stream makes each machine's desired state: pure, so that the whole bucket can be rebuilt from zero. */

import type { DesiredLease, DesiredNode } from '@tokenos/contracts/agent/protocol';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import { closingOf, placementOf, runOf, type RentalState } from '@tokenos/domain/rental/state';
import { MINUTE, type Millis } from '@tokenos/domain/time';

export interface DesiredEntry {
  readonly nodeId: string;
  readonly rentalId: string;
  readonly attempt: number;
  /** Null: nothing of it can be left on the machine, so the entry may go. */
  readonly lease: DesiredLease | null;
}

export interface Folded {
  readonly state: RentalState;
  readonly revision: number;
}

/** One entry per attempt so far. `probeKeys`: the platform's public key by attempt; an attempt without one is not desired yet. */
export function desiredEntries(
  { state, revision }: Folded,
  probeKeys: ReadonlyMap<number, string>,
  now: Millis,
): DesiredEntry[] {
  if (state.status === 'absent') return [];
  const { rental } = state;
  return attemptsOf(state).flatMap((placement) => {
    const { nodeId, attempt } = placement;
    const probeKey = probeKeys.get(attempt);
    if (probeKey === undefined) return [];
    const lease: DesiredLease = {
      rentalId: rental.rentalId,
      attempt,
      revision,
      state: isWanted(state, placement) ? 'run' : 'ended',
      gpuUuids: placement.gpus.map((gpu) => gpu.uuid),
      username: placement.endpoint.username,
      authorizedKeys: (rental.credential?.keys ?? []).map((key) => key.publicKey),
      probeKey,
      paidUntil: new Date(paidUntil(state, placement)).toISOString(),
    };
    return [{ nodeId, rentalId: rental.rentalId, attempt, lease: isGone(state, placement, now) ? null : lease }];
  });
}

type Present = Exclude<RentalState, { status: 'absent' }>;

function attemptsOf(state: Present): readonly RentalPlaced[] {
  const current = placementOf(state);
  return [...state.rental.failedPlacements, ...(current === null ? [] : [current])];
}

const isWanted = (state: Present, placement: RentalPlaced): boolean =>
  closingOf(state) === null && placement === placementOf(state);

/** The last attempt is gone when the agent says so. Of a failed one nobody will: it is gone when its time is up. */
function isGone(state: Present, placement: RentalPlaced, now: Millis): boolean {
  if (placement !== placementOf(state)) return now >= paidUntil(state, placement);
  return closingOf(state) !== null && closingOf(state)?.accessRevokedAt !== null;
}

/**
 * When the agent ends the lease by itself. Before the start the whole term still lies ahead, at the latest after the longest
 * wait; from the start on it is endsAt. A failed attempt keeps what it was first told.
 */
export function paidUntil(state: Present, placement: RentalPlaced): Millis {
  const run = runOf(state);
  const { terms } = state.rental;
  const isRun = run !== null && run.placement.attempt === placement.attempt;
  return isRun ? run.endsAt : placement.placedAt + terms.maxWaitMs + terms.minutes * MINUTE;
}

/** When an entry goes by itself; null where the agent's word is waited for. */
export function goneAt({ state }: Folded, now: Millis): Millis | null {
  if (state.status === 'absent') return null;
  const times = state.rental.failedPlacements.map((failed) => paidUntil(state, failed)).filter((at) => at > now);
  return times.length === 0 ? null : Math.min(...times);
}

/** The node's document with this entry in it; the same object where a newer revision is there already. */
export function withEntry(node: DesiredNode, { rentalId, attempt, lease }: DesiredEntry): DesiredNode {
  const isSame = (other: DesiredLease): boolean => other.rentalId === rentalId && other.attempt === attempt;
  const known = node.leases.find(isSame);
  if (lease === null) return known === undefined ? node : { ...node, leases: node.leases.filter((l) => !isSame(l)) };
  if (known !== undefined && known.revision >= lease.revision) return node;
  return { ...node, leases: [...node.leases.filter((l) => !isSame(l)), lease] };
}
