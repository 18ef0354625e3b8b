/** placement@1's inputs, gathered: what the facts say of each node, what its heartbeats say, and which of its GPUs are idle. Pure. */

import { tieBreak } from '@tokenos/contracts/envelope/tie-break';
import type { ClassNode } from '@tokenos/domain/placement/admission';
import { NEWCOMER_REPUTATION_BPS, type Candidate } from '@tokenos/domain/placement/placement';
import type { Hold, NodeRecord } from '../ports/fleet.js';
import type { HeldGpu } from '../ports/gpu-lock.js';
import { classNode } from './class-node.js';

export interface NodeWithIdleGpus {
  readonly candidate: Candidate;
  readonly idleGpuUuids: readonly string[];
  /** Idle, but held for a rental that others were told to make room for. */
  readonly heldGpus: number;
  readonly room: ClassNode;
  readonly endpoint: { readonly host: string; readonly port: number; readonly hostKey: string };
}

/** What heartbeats say: the part of Liveness that placing asks. */
export interface Machines {
  isOnline(nodeId: string): boolean;
  isHealthy(nodeId: string, gpuUuid: string): boolean;
}

/** What is known of machines at one moment, under the lock. */
export interface Surroundings {
  readonly nodes: readonly NodeRecord[];
  readonly held: readonly HeldGpu[];
  readonly holds: readonly Hold[];
  readonly reputations: ReadonlyMap<string, number>;
}

const gpuOf = (nodeId: string, gpuUuid: string): string => `${nodeId} ${gpuUuid}`;

export function candidatesOf(rentalId: string, around: Surroundings, machines: Machines): NodeWithIdleGpus[] {
  // Of this node: what another one calls by the same name is not its business.
  const busy = new Set(around.held.map((gpu) => gpuOf(gpu.nodeId, gpu.gpuUuid)));
  const kept = new Set(
    around.holds
      .filter((hold) => hold.beneficiaryId !== rentalId)
      .flatMap(({ nodeId, gpuUuids }) => gpuUuids.map((uuid) => gpuOf(nodeId, uuid))),
  );
  return around.nodes.flatMap((node) => {
    const { nodeId, rateMicroUsdcPerHour } = node;
    if (rateMicroUsdcPerHour === null) return [];
    const free = node.gpuUuids.filter((uuid) => !busy.has(gpuOf(nodeId, uuid)) && machines.isHealthy(nodeId, uuid));
    const idleGpuUuids = free.filter((uuid) => !kept.has(gpuOf(nodeId, uuid)));
    const candidate: Candidate = {
      nodeId,
      operatorId: node.operatorId,
      online: machines.isOnline(nodeId),
      verified: node.verification === 'verified',
      draining: node.draining,
      gpuTier: node.gpuTier,
      region: node.region,
      rateMicroUsdcPerHour,
      reputationBps: around.reputations.get(node.operatorId) ?? NEWCOMER_REPUTATION_BPS,
      idleGpus: idleGpuUuids.length,
      tieBreak: tieBreak(rentalId, nodeId),
    };
    return [
      {
        ...{ candidate, idleGpuUuids, heldGpus: free.length - idleGpuUuids.length },
        room: classNode(candidate, around.held),
        endpoint: { host: node.sshHost, port: node.sshPort, hostKey: node.hostKey },
      },
    ];
  });
}
