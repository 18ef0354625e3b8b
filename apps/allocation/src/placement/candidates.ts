/** placement@1's inputs, gathered: what the facts say of each node, what its heartbeats say, and which of its GPUs are idle. */

import { tieBreak } from '@tokenos/contracts/envelope/tie-break';
import { usdc } from '@tokenos/domain/money';
import { NEWCOMER_REPUTATION_BPS, type Candidate } from '@tokenos/domain/placement/placement';
import type { Kysely } from 'kysely';
import type { AllocationTables } from '../view/tables.js';

export interface NodeWithIdleGpus {
  readonly candidate: Candidate;
  readonly idleGpuUuids: readonly string[];
  readonly endpoint: { readonly host: string; readonly port: number; readonly hostKey: string };
}

/** What heartbeats say: the part of Liveness that placing asks. */
export interface Machines {
  isOnline(nodeId: string): boolean;
  isHealthy(nodeId: string, gpuUuid: string): boolean;
}

export async function gatherCandidates(
  db: Kysely<AllocationTables>,
  rentalId: string,
  machines: Machines,
): Promise<NodeWithIdleGpus[]> {
  const nodes = await db.selectFrom('nodes').selectAll().where('retired', '=', false).orderBy('node_id').execute();
  const held = await db
    .selectFrom('gpu_claims')
    .select(['node_id', 'gpu_uuid'])
    .where('rental_id', 'is not', null)
    .execute();
  // Of this node: what another one calls by the same name is not its business.
  const busy = new Set(held.map((claim) => `${claim.node_id} ${claim.gpu_uuid}`));
  return nodes.flatMap((node) => {
    if (node.rate === null) return [];
    const idleGpuUuids = node.gpu_uuids.filter(
      (uuid) => !busy.has(`${node.node_id} ${uuid}`) && machines.isHealthy(node.node_id, uuid),
    );
    const candidate: Candidate = {
      nodeId: node.node_id,
      operatorId: node.operator_id,
      online: machines.isOnline(node.node_id),
      verified: node.verification === 'verified',
      draining: node.draining,
      gpuTier: node.gpu_tier,
      region: node.region,
      rateMicroUsdcPerHour: usdc(node.rate),
      reputationBps: NEWCOMER_REPUTATION_BPS,
      idleGpus: idleGpuUuids.length,
      tieBreak: tieBreak(rentalId, node.node_id),
    };
    const endpoint = { host: node.ssh_host, port: node.ssh_port, hostKey: node.host_key };
    return [{ candidate, idleGpuUuids, endpoint }];
  });
}
