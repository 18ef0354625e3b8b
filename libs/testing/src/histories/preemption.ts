/** Preemptions as the rule chooses them, in the shape in which their receipts stand on the wire. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { tieBreak } from '@tokenos/contracts/envelope/tie-break';
import { usdc } from '@tokenos/domain/money';
import { choosePreemption, PREEMPTION, type PreemptionCandidate } from '@tokenos/domain/preemption/preemption';
import type { PreemptionRequest, YieldingNode } from '@tokenos/domain/preemption/receipt';
import { MINUTE } from '@tokenos/domain/time';
import fc from 'fast-check';

const RENTAL = 'paying';
const CAP = usdc(5_840_000n);

/** Few distinct sizes and starts, so that ties abound. */
const rentalsOn = (nodeId: string) =>
  fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 })), { maxLength: 6 }).map((rentals) =>
    rentals.map(([gpus, minute], n) => {
      const rentalId = `${nodeId}-${n}`;
      const gpuUuids = Array.from({ length: gpus }, (_, gpu) => `GPU-${rentalId}-${gpu}`);
      return { rentalId, gpuUuids, startedAt: minute * MINUTE, tieBreak: tieBreak(RENTAL, rentalId) };
    }),
  );

const candidate = (nodeId: string): fc.Arbitrary<PreemptionCandidate> =>
  fc.record({
    nodeId: fc.constant(nodeId),
    operatorId: fc.constant('o'),
    online: fc.constant(true),
    verified: fc.constant(true),
    draining: fc.constant(false),
    gpuTier: fc.constant('H100'),
    region: fc.constant('eu'),
    rateMicroUsdcPerHour: fc.constantFrom(usdc(5_000_000n), CAP),
    reputationBps: fc.constantFrom(3_000, 9_000),
    idleGpus: fc.integer({ min: 0, max: 2 }),
    tieBreak: fc.constant(tieBreak(RENTAL, nodeId)),
    spot: rentalsOn(nodeId),
  });

const request = (gpuCount: number): PreemptionRequest => ({
  rentalId: RENTAL,
  tier: 'ON_DEMAND',
  gpuTier: 'H100',
  gpuCount,
  region: null,
  minReputationBps: 3_000,
  capMicroUsdcPerHour: CAP,
  excludedNodeIds: ['failed'],
});

/** As it stands in the fact: that is what anyone can hash. */
export const yieldingNode = (node: YieldingNode) => ({
  ...node,
  rateMicroUsdcPerHour: node.rateMicroUsdcPerHour.toString(),
  spot: node.spot.map((rental) => ({ ...rental, startedAt: new Date(rental.startedAt).toISOString() })),
});

/** Receipts of choices among three nodes. */
export const preemptionReceipts = fc
  .tuple(candidate('a'), candidate('b'), candidate('c'), fc.integer({ min: 1, max: 6 }))
  .map(([a, b, c, gpuCount]) => {
    const asked = request(gpuCount);
    const plan = choosePreemption(asked, [a, b, c]);
    if (plan === null) return null;
    const best = plan.ranked.map(yieldingNode);
    return {
      rules: PREEMPTION,
      request: { ...asked, capMicroUsdcPerHour: CAP.toString() },
      best,
      unfit: plan.unfit,
      fullListSha256: sha256Hex(canonical(best)),
    };
  })
  .filter((receipt) => receipt !== null);
