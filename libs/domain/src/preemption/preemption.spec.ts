/** preemption@1: the victims that were computed elsewhere, the same whatever the order of arrival, and nobody without need. */

import { golden } from '@tokenos/testing/generators/golden';
import fc from 'fast-check';
import { usdc } from '../money.js';
import { deadlineOf, NOTICE } from './deadline.js';
import { choosePreemption, PREEMPTION, type PreemptionCandidate, type PreemptionPlan } from './preemption.js';
import type { PreemptionRequest, SpotRental } from './receipt.js';

interface Vectors {
  readonly rules: string;
  readonly noticeMs: number;
  readonly choices: readonly {
    readonly what: string;
    readonly gpuCount: number;
    readonly nodes: readonly {
      readonly nodeId: string;
      readonly idleGpus: number;
      readonly tieBreak: string;
      readonly spot: readonly { rentalId: string; gpus: number; startedAt: number; tieBreak: string }[];
    }[];
    readonly plan: { nodeId: string; victims: string[]; ranked: string[] } | null;
  }[];
}
const vectors = golden('domain/golden/preemption.json') as Vectors;

const CAP = usdc(5_840_000n);
const request: PreemptionRequest = {
  rentalId: 'paying',
  tier: 'ON_DEMAND',
  gpuTier: 'H100',
  gpuCount: 2,
  region: 'eu',
  minReputationBps: 5_000,
  capMicroUsdcPerHour: CAP,
  excludedNodeIds: ['failed'],
};
const spot = (rentalId: string, gpus: number, change: Partial<SpotRental> = {}): SpotRental => ({
  rentalId,
  gpuUuids: Array.from({ length: gpus }, (_, n) => `GPU-${rentalId}-${n}`),
  startedAt: 0,
  tieBreak: rentalId,
  ...change,
});
const candidate = (change: Partial<PreemptionCandidate> = {}): PreemptionCandidate => ({
  nodeId: 'n',
  operatorId: 'o',
  online: true,
  verified: true,
  draining: false,
  gpuTier: 'H100',
  region: 'eu',
  rateMicroUsdcPerHour: CAP,
  reputationBps: 9_000,
  idleGpus: 0,
  tieBreak: 'aa',
  spot: [spot('s', 2)],
  ...change,
});
const shown = (plan: PreemptionPlan | null) =>
  plan && {
    nodeId: plan.ranked[0].nodeId,
    victims: [...plan.ranked[0].victims],
    ranked: plan.ranked.map((node) => node.nodeId),
  };

/** Few distinct values, so that ties abound; hashes differ, as hashes do. */
const spots = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 })), { maxLength: 6 })
  .map(
    (rentals) => (nodeId: string) => rentals.map(([gpus, startedAt], n) => spot(`${nodeId}-${n}`, gpus, { startedAt })),
  );
const fleets = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 }), spots, fc.constantFrom('eu', 'eu', 'eu', 'us')), { maxLength: 5 })
  .map((nodes) =>
    nodes.map(([idleGpus, on, region], n) =>
      candidate({ nodeId: `n${n}`, tieBreak: `hash${n}`, idleGpus, region, spot: on(`n${n}`) }),
    ),
  );
const counts = fc.integer({ min: 1, max: 8 });

describe('preemption@1', () => {
  it('is the version the vectors were made for, and gives 90 seconds', () => {
    expect(vectors.rules).toBe(PREEMPTION);
    expect(NOTICE).toBe(vectors.noticeMs);
    expect(deadlineOf(1_000)).toBe(1_000 + vectors.noticeMs);
  });

  it.each(vectors.choices)('asks $what to yield', ({ gpuCount, nodes, plan }) => {
    const fleet = nodes.map((node) =>
      candidate({ ...node, spot: node.spot.map(({ rentalId, gpus, ...rest }) => spot(rentalId, gpus, rest)) }),
    );
    expect(shown(choosePreemption({ ...request, gpuCount }, fleet))).toEqual(plan);
  });

  it.each([
    ['offline', { online: false }],
    ['unverified', { verified: false }],
    ['draining', { draining: true }],
    ['gpu_tier', { gpuTier: 'A100' }],
    ['region', { region: 'us' }],
    ['reputation', { reputationBps: 4_999 }],
    ['rate_above_cap', { rateMicroUsdcPerHour: usdc(CAP + 1n) }],
    ['failed_before', { nodeId: 'failed' }],
    ['not_enough_idle_gpus', { spot: [spot('s', 1)] }],
  ] as const)('touches nobody on a node that is unfit for %s, and counts it', (reason, change) => {
    expect(choosePreemption(request, [candidate(change)])).toBeNull();
    const plan = choosePreemption(request, [candidate(change), candidate({ nodeId: 'fit' })]);
    expect(plan?.ranked.map((node) => node.nodeId)).toEqual(['fit']);
    expect(plan?.unfit).toMatchObject({ [reason]: 1 });
  });

  it('asks the same to yield in whatever order nodes and rentals are found', () => {
    const shuffled = fleets.chain((fleet) =>
      fc.tuple(
        fc.constant(fleet),
        fc
          .tuple(...fleet.map((node) => fc.shuffledSubarray([...node.spot], { minLength: node.spot.length })))
          .map((orders) => fleet.map((node, n) => ({ ...node, spot: orders[n]! })))
          .chain((other) => fc.shuffledSubarray(other, { minLength: other.length })),
      ),
    );
    fc.assert(
      fc.property(shuffled, counts, ([fleet, other], gpuCount) => {
        expect(choosePreemption({ ...request, gpuCount }, other)).toEqual(
          choosePreemption({ ...request, gpuCount }, fleet),
        );
      }),
    );
  });

  it('asks nobody but SPOT rentals of one fit node, frees enough there, and nobody who need not go', () => {
    fc.assert(
      fc.property(fleets, counts, (fleet, gpuCount) => {
        const plan = choosePreemption({ ...request, gpuCount }, fleet);
        for (const { nodeId, victims, idleGpus } of plan?.ranked ?? []) {
          const node = fleet.find((one) => one.nodeId === nodeId)!;
          expect(node.region).toBe('eu');
          const freed = victims.map((id) => node.spot.find((rental) => rental.rentalId === id)!.gpuUuids.length);
          const enough = freed.reduce((total, gpus) => total + gpus, idleGpus);
          expect(new Set(victims).size).toBe(victims.length);
          expect(enough).toBeGreaterThanOrEqual(gpuCount);
          for (const gpus of freed) expect(enough - gpus).toBeLessThan(gpuCount);
        }
      }),
    );
  });

  it('asks somebody wherever a fit node has enough SPOT, and nobody where a node is idle', () => {
    fc.assert(
      fc.property(fleets, counts, (fleet, gpuCount) => {
        const fit = fleet.filter((node) => node.region === 'eu');
        const isIdle = fit.some((node) => node.idleGpus >= gpuCount);
        const able = fit.filter(
          (node) => node.spot.reduce((total, rental) => total + rental.gpuUuids.length, node.idleGpus) >= gpuCount,
        );
        const plan = choosePreemption({ ...request, gpuCount }, fleet);
        expect((plan?.ranked ?? []).map((node) => node.nodeId).sort()).toEqual(
          isIdle ? [] : able.map((node) => node.nodeId).sort(),
        );
      }),
    );
  });
});
