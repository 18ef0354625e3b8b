/** What a rental's stream makes each machine's desired state: pure, so that the whole bucket can be rebuilt from zero. */

import type { DesiredLease, DesiredNode } from '@tokenos/contracts/agent/protocol';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import { runOf, type Present, type RentalState } from '@tokenos/domain/rental/state';
import type { Millis } from '@tokenos/domain/time';
import { attemptsOf, earlierOf, isWanted, paidUntil } from './attempts.js';

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
      paidUntil: iso(paidUntil(state, placement)),
      ...errandsOf(state, placement),
    };
    return [{ nodeId, rentalId: rental.rentalId, attempt, lease: isGone(state, placement, now) ? null : lease }];
  });
}

/** What the machine is asked to do beside running it; absent keys where nothing is. */
function errandsOf(state: Present, placement: RentalPlaced): Pick<DesiredLease, 'notice' | 'checkpoint'> {
  if (!isWanted(state, placement)) return {};
  const notice = runOf(state)?.notice ?? null;
  const { checkpoint } = state.rental;
  const asked = checkpoint !== null && checkpoint.saved === null ? checkpoint.requested : null;
  return {
    ...(notice === null ? {} : { notice: { noticedAt: iso(notice.noticed.noticedAt) } }),
    ...(asked === null ? {} : { checkpoint: { path: asked.path, requestedAt: iso(asked.requestedAt) } }),
  };
}

const iso = (at: Millis): string => new Date(at).toISOString();

/** Gone when the agent says so. Of an attempt that is over before its rental nobody may ever: it is gone when its time is up. */
function isGone(state: Present, placement: RentalPlaced, now: Millis): boolean {
  const { attempt } = placement;
  if (state.rental.revoked.some((revoked) => revoked.attempt === attempt)) return true;
  const isEarlier = earlierOf(state).some((earlier) => earlier.attempt === attempt);
  return isEarlier && now >= paidUntil(state, placement);
}

/** When an entry goes by itself; null where the agent's word is waited for. */
export function goneAt({ state }: Folded, now: Millis): Millis | null {
  if (state.status === 'absent') return null;
  const times = earlierOf(state)
    .filter((earlier) => !isGone(state, earlier, now))
    .map((earlier) => paidUntil(state, earlier));
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
