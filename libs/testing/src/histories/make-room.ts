/** Preemption in a generated history: a paid request that finds nobody idle, and the SPOT rentals that are told to yield to it. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { tieBreak } from '@tokenos/contracts/envelope/tie-break';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { choosePreemption, PREEMPTION, type PreemptionCandidate } from '@tokenos/domain/preemption/preemption';
import type { PreemptionRequest, SpotRental } from '@tokenos/domain/preemption/receipt';
import { capOf, failedNodes } from '@tokenos/domain/rental/attempts';
import type { Present } from '@tokenos/domain/rental/state';
import { candidateOf } from './market.js';
import { yieldingNode } from './preemption.js';
import { tell, type Stage } from './stage.js';

export function makeRoom(stage: Stage, state: Present): void {
  const { terms, rentalId } = state.rental;
  const { gpuTier, gpuCount, region, minReputationBps, tier } = terms;
  if (tier === 'SPOT') return;
  const request: PreemptionRequest = {
    ...{ rentalId, tier, gpuTier, gpuCount, region, minReputationBps },
    capMicroUsdcPerHour: capOf(state),
    excludedNodeIds: failedNodes(state),
  };
  const plan = choosePreemption(request, candidatesFor(stage, rentalId));
  if (plan === null) return;
  const [{ victims, spot }] = plan.ranked;
  const receipt = {
    rules: PREEMPTION,
    request,
    best: plan.ranked,
    unfit: plan.unfit,
    fullListSha256: sha256Hex(canonical(plan.ranked.map(yieldingNode))),
  };
  for (const { rentalId: victim, gpuUuids } of spot.filter((one) => victims.includes(one.rentalId))) {
    stage.victims.add(victim);
    const notice = { rules: PREEMPTION, beneficiaryId: rentalId, gpuUuids, receipt, noticedAt: stage.world.now };
    tell(stage, victim, { type: 'NoticePreemption', notice });
  }
}

function candidatesFor({ world, market, told, victims }: Stage, rentalId: string): readonly PreemptionCandidate[] {
  const spotOn = (nodeId: string): readonly SpotRental[] =>
    [...told.keys()].flatMap((id) => {
      const state = world.stateOf(rentalStream, id);
      const mayYield = state.status === 'running' && state.rental.terms.tier === 'SPOT' && !victims.has(id);
      if (!mayYield || state.run.placement.nodeId !== nodeId) return [];
      const gpuUuids = state.run.placement.gpus.map((gpu) => gpu.uuid);
      const startedAt = state.run.segments.at(-1)?.from ?? state.run.startedAt;
      return [{ rentalId: id, gpuUuids, startedAt, tieBreak: tieBreak(rentalId, id) }];
    });
  return market.machines.map((machine) => ({
    ...candidateOf(machine, rentalId, world),
    spot: spotOn(machine.node.nodeId),
  }));
}
