/** Turns candidates into a placement with its receipt: placement@1's choice, and the first idle GPUs of the chosen node. */

import { usernameFor } from '@tokenos/contracts/agent/username';
import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { PLACEMENT, rank, RECEIPT_BEST, type Ranking } from '@tokenos/domain/placement/placement';
import type { PlacementReceipt } from '@tokenos/domain/placement/receipt';
import type { MicroUsdc } from '@tokenos/domain/money';
import { capOf, failedNodes } from '@tokenos/domain/rental/attempts';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import { runOf, type Present } from '@tokenos/domain/rental/state';
import { admit, type Admitted } from './admit.js';
import type { NodeWithIdleGpus } from './candidates.js';

/** A placement but for what the lock table and the clock still have to say. */
export type Chosen = Omit<RentalPlaced, 'gpus' | 'placedAt'> & { readonly gpuUuids: readonly string[] };

/** Null where no node fits. */
export function choose(
  state: Present,
  attempt: number,
  nodes: readonly NodeWithIdleGpus[],
  spotReserve: number,
): Chosen | null {
  const { terms, rentalId } = state.rental;
  const capMicroUsdcPerHour = capOf(state);
  const wanted = { ...terms, capMicroUsdcPerHour, excludedNodeIds: failedNodes(state) };
  const { tier } = terms;
  const { nodes: admitted, refused } = admit(nodes, wanted, { tier, spotReserve, isFailover: runOf(state) !== null });
  const ranking = rank(
    admitted.map((node) => node.candidate),
    wanted,
  );
  const best = ranking.ranked[0];
  const node = admitted.find(({ candidate }) => candidate.nodeId === best?.nodeId);
  if (best === undefined || node === undefined) return null;
  return {
    attempt,
    nodeId: best.nodeId,
    operatorId: best.operatorId,
    rateMicroUsdcPerHour: best.rateMicroUsdcPerHour,
    gpuUuids: node.idleGpuUuids.slice(0, terms.gpuCount),
    endpoint: { ...node.endpoint, username: usernameFor(rentalId) },
    receipt: receiptOf(ranking, refused, capMicroUsdcPerHour),
  };
}

function receiptOf(
  { ranked, unfit }: Ranking,
  refused: Admitted['refused'],
  capMicroUsdcPerHour: MicroUsdc,
): PlacementReceipt {
  const list = ranked.map((candidate) => ({
    ...candidate,
    rateMicroUsdcPerHour: candidate.rateMicroUsdcPerHour.toString(),
  }));
  return {
    rules: PLACEMENT,
    capMicroUsdcPerHour,
    best: ranked.slice(0, RECEIPT_BEST),
    unfit,
    ...(Object.keys(refused).length === 0 ? {} : { refused }),
    fullListSha256: sha256Hex(canonical(list)),
  };
}
