/** placement@1's inputs, gathered: what the facts say of each node, what its heartbeats say, and which of its GPUs are idle. Pure. */

import { tieBreak } from '@tokenos/contracts/envelope/tie-break';
import { NEWCOMER_REPUTATION_BPS, type Candidate } from '@tokenos/domain/placement/placement';
import type { NodeRecord } from '../ports/fleet.js';
import type { HeldGpu } from '../ports/gpu-lock.js';

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

export function candidatesOf(
  rentalId: string,
  nodes: readonly NodeRecord[],
  held: readonly HeldGpu[],
  machines: Machines,
): NodeWithIdleGpus[] {
  // Of this node: what another one calls by the same name is not its business.
  const busy = new Set(held.map((gpu) => `${gpu.nodeId} ${gpu.gpuUuid}`));
  return nodes.flatMap((node) => {
    const { nodeId, rateMicroUsdcPerHour } = node;
    if (rateMicroUsdcPerHour === null) return [];
    const idleGpuUuids = node.gpuUuids.filter(
      (uuid) => !busy.has(`${nodeId} ${uuid}`) && machines.isHealthy(nodeId, uuid),
    );
    const candidate: Candidate = {
      nodeId,
      operatorId: node.operatorId,
      online: machines.isOnline(nodeId),
      verified: node.verification === 'verified',
      draining: node.draining,
      gpuTier: node.gpuTier,
      region: node.region,
      rateMicroUsdcPerHour,
      reputationBps: NEWCOMER_REPUTATION_BPS,
      idleGpus: idleGpuUuids.length,
      tieBreak: tieBreak(rentalId, nodeId),
    };
    return [{ candidate, idleGpuUuids, endpoint: { host: node.sshHost, port: node.sshPort, hostKey: node.hostKey } }];
  });
}
