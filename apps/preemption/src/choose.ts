/** preemption@1's inputs, gathered, and its choice with the receipt: pure, so that anyone can make it again. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { tieBreak } from '@tokenos/contracts/envelope/tie-break';
import { NEWCOMER_REPUTATION_BPS } from '@tokenos/domain/placement/placement';
import {
  choosePreemption,
  PREEMPTION,
  PREEMPTION_BEST,
  type PreemptionCandidate,
  type PreemptionPlan,
} from '@tokenos/domain/preemption/preemption';
import type { PreemptionReceipt, PreemptionRequest, YieldingNode } from '@tokenos/domain/preemption/receipt';
import type { Machines } from './machines.js';
import type { NodeRecord, TieredLease } from './ports/fleet.js';
import type { SpokenFor } from './ports/plan-book.js';

export interface Surroundings {
  readonly nodes: readonly NodeRecord[];
  readonly leases: readonly TieredLease[];
  readonly reputations: ReadonlyMap<string, number>;
  readonly spokenFor: readonly SpokenFor[];
  readonly victims: ReadonlySet<string>;
  readonly machines: Pick<Machines, 'isOnline' | 'isHealthy'>;
}

export interface Chosen {
  readonly nodeId: string;
  /** Idle ones first, then the victims': as many as are needed, and whatever comes free beyond. */
  readonly gpuUuids: readonly string[];
  readonly victims: readonly { readonly rentalId: string; readonly gpuUuids: readonly string[] }[];
  readonly receipt: PreemptionReceipt;
}

/** Null where nobody is to yield. */
export function choose(request: PreemptionRequest, around: Surroundings): Chosen | null {
  const candidates = around.nodes.flatMap((node) => candidateOf(request, node, around));
  const plan = choosePreemption(
    request,
    candidates.map(({ candidate }) => candidate),
  );
  if (plan === null) return null;
  const [best] = plan.ranked;
  const idle = candidates.find(({ candidate }) => candidate.nodeId === best.nodeId)?.idleGpuUuids ?? [];
  const victims = best.spot
    .filter(({ rentalId }) => best.victims.includes(rentalId))
    .map(({ rentalId, gpuUuids }) => ({ rentalId, gpuUuids }));
  const gpuUuids = [...idle, ...victims.flatMap((victim) => victim.gpuUuids)];
  return { nodeId: best.nodeId, gpuUuids, victims, receipt: receiptOf(request, plan) };
}

interface CandidateWithIdle {
  readonly candidate: PreemptionCandidate;
  readonly idleGpuUuids: readonly string[];
}

function candidateOf(request: PreemptionRequest, node: NodeRecord, around: Surroundings): CandidateWithIdle[] {
  const { nodeId, operatorId, rateMicroUsdcPerHour } = node;
  if (rateMicroUsdcPerHour === null) return [];
  const here = around.leases.filter((lease) => lease.nodeId === nodeId);
  const taken = new Set([
    ...here.flatMap((lease) => lease.gpuUuids),
    ...around.spokenFor.filter((gpu) => gpu.nodeId === nodeId).map((gpu) => gpu.gpuUuid),
  ]);
  const isHealthy = (uuid: string): boolean => around.machines.isHealthy(nodeId, uuid);
  const idleGpuUuids = node.gpuUuids.filter((uuid) => !taken.has(uuid) && isHealthy(uuid));
  const candidate: PreemptionCandidate = {
    ...{ nodeId, operatorId, rateMicroUsdcPerHour, gpuTier: node.gpuTier, region: node.region },
    online: around.machines.isOnline(nodeId),
    verified: node.verified,
    draining: node.draining,
    reputationBps: around.reputations.get(operatorId) ?? NEWCOMER_REPUTATION_BPS,
    idleGpus: idleGpuUuids.length,
    tieBreak: tieBreak(request.rentalId, nodeId),
    spot: here.flatMap(({ rentalId, tier, phase, gpuUuids, startedAt }) => {
      const mayYield = tier === 'SPOT' && phase === 'running' && !around.victims.has(rentalId);
      // A card that is broken serves nobody, whoever makes room on it.
      if (!mayYield || startedAt === null || !gpuUuids.every(isHealthy)) return [];
      return [{ rentalId, gpuUuids, startedAt, tieBreak: tieBreak(request.rentalId, rentalId) }];
    }),
  };
  return [{ candidate, idleGpuUuids }];
}

function receiptOf(request: PreemptionRequest, { ranked, unfit }: PreemptionPlan): PreemptionReceipt {
  return {
    rules: PREEMPTION,
    request,
    best: ranked.slice(0, PREEMPTION_BEST),
    unfit,
    fullListSha256: sha256Hex(canonical(ranked.map(onTheWire))),
  };
}

/** As the receipt stands in the fact: that is what anyone can hash. */
const onTheWire = (node: YieldingNode) => ({
  ...node,
  rateMicroUsdcPerHour: node.rateMicroUsdcPerHour.toString(),
  spot: node.spot.map((rental) => ({ ...rental, startedAt: new Date(rental.startedAt).toISOString() })),
});
