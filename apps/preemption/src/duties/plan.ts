/** A paid request finds nobody idle: who yields is decided and recorded whole, then each of them is given notice. */

import { capOf, failedNodes, nextAttempt } from '@tokenos/domain/rental/attempts';
import type { Present } from '@tokenos/domain/rental/state';
import { PREEMPTION } from '@tokenos/domain/preemption/preemption';
import type { PreemptionRequest } from '@tokenos/domain/preemption/receipt';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { choose } from '../choose.js';
import type { Parts } from '../parts.js';
import type { Desk, Plan } from '../ports/plan-book.js';
import { rentals } from '../streams.js';

/** Done for now where nobody can yield: allocation asks again for as long as the request waits. */
export async function makeRoom(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await parts.act.load(rentals, rentalId);
  if (state.status !== 'paid' || state.rental.halted !== null) return 'done';
  const request = requestOf(state);
  if (request === null) return 'done';
  const attempt = nextAttempt(state);
  const plan = await parts.planBook.planning((desk) => planOnce(parts, desk, request, attempt));
  for (const { rentalId: victimId, notice } of plan?.victims ?? []) {
    // Whoever has ended or was told before is passed over by the decider: both are as good.
    await parts.act.handle(rentals, victimId, (at) => ({
      type: 'NoticePreemption',
      notice: { ...notice, noticedAt: at },
    }));
  }
  return 'done';
}

/** Null: a SPOT request asks nobody to yield. */
function requestOf(state: Present): PreemptionRequest | null {
  const { rentalId, terms } = state.rental;
  const { tier, gpuTier, gpuCount, region, minReputationBps } = terms;
  if (tier === 'SPOT') return null;
  return {
    ...{ rentalId, tier, gpuTier, gpuCount, region, minReputationBps },
    capMicroUsdcPerHour: capOf(state),
    excludedNodeIds: failedNodes(state),
  };
}

async function planOnce(
  { clock, machines }: Parts,
  desk: Desk,
  request: PreemptionRequest,
  attempt: number,
): Promise<Plan | null> {
  const { rentalId: beneficiaryId } = request;
  const known = await desk.plan(beneficiaryId, attempt);
  if (known !== null) return known;
  const { fleet } = desk;
  const chosen = choose(request, {
    nodes: await fleet.nodes(),
    leases: await fleet.openLeases(),
    reputations: await fleet.reputations(),
    spokenFor: await desk.spokenFor(),
    victims: await desk.victims(),
    machines,
  });
  if (chosen === null) return null;
  const { nodeId, gpuUuids, receipt } = chosen;
  const plannedAt = clock.now();
  const victims = chosen.victims.map((victim) => ({
    rentalId: victim.rentalId,
    notice: { rules: PREEMPTION, beneficiaryId, gpuUuids: victim.gpuUuids, receipt, noticedAt: plannedAt },
  }));
  const plan: Plan = { beneficiaryId, attempt, nodeId, gpuUuids, victims, plannedAt };
  await desk.record(plan);
  return plan;
}
