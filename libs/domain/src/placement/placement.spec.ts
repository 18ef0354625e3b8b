/** placement@1: the same choice whatever the order of arrival, never an unfit node, and scores computed elsewhere. */

import { golden } from '@tokenos/testing/generators/golden';
import fc from 'fast-check';
import { usdc } from '../money.js';
import { NEWCOMER_REPUTATION_BPS, PLACEMENT, rank, score, unfit, type Candidate, type Wanted } from './placement.js';
import { UNFIT_REASONS } from './receipt.js';

interface Vectors {
  readonly rules: string;
  readonly newcomerReputationBps: number;
  readonly score: readonly {
    readonly what: string;
    readonly capMicroUsdcPerHour: string;
    readonly rateMicroUsdcPerHour: string;
    readonly reputationBps: number;
    readonly priceAdvantageBps: number;
    readonly score: number;
  }[];
}
const vectors = golden('domain/golden/placement.json') as Vectors;

const CAP = usdc(5_840_000n);
const wanted: Wanted = {
  gpuTier: 'H100',
  gpuCount: 2,
  region: 'eu',
  minReputationBps: 5_000,
  capMicroUsdcPerHour: CAP,
  excludedNodeIds: ['failed'],
};
const candidate = (change: Partial<Candidate> = {}): Candidate => ({
  nodeId: 'n',
  operatorId: 'o',
  online: true,
  verified: true,
  draining: false,
  gpuTier: 'H100',
  region: 'eu',
  rateMicroUsdcPerHour: CAP,
  reputationBps: 9_000,
  idleGpus: 2,
  tieBreak: 'aa',
  ...change,
});

const mostly = (likely: boolean) => fc.integer({ min: 0, max: 5 }).map((n) => (n === 0 ? !likely : likely));
const fleets = fc.uniqueArray(
  fc.record({
    nodeId: fc.oneof(fc.constant('failed'), fc.nat().map(String)),
    operatorId: fc.constant('o'),
    online: mostly(true),
    verified: mostly(true),
    draining: mostly(false),
    gpuTier: fc.constantFrom('H100', 'H100', 'A100'),
    region: fc.constantFrom('eu', 'eu', 'us'),
    rateMicroUsdcPerHour: fc.constantFrom(1n, 5_000_000n, 5_839_999n, 5_840_000n, 5_840_001n).map(usdc),
    reputationBps: fc.constantFrom(4_999, 5_000, 9_000, 10_000),
    idleGpus: fc.integer({ min: 0, max: 3 }),
    tieBreak: fc.string(),
  }),
  { selector: (node) => node.nodeId, maxLength: 12 },
);

describe('placement@1', () => {
  it('is the version the vectors were made for', () => {
    expect(vectors.rules).toBe(PLACEMENT);
    expect(NEWCOMER_REPUTATION_BPS).toBe(vectors.newcomerReputationBps);
  });

  it.each(vectors.score)('scores $what at $score', (vector) => {
    const rateMicroUsdcPerHour = usdc(BigInt(vector.rateMicroUsdcPerHour));
    const { reputationBps } = vector;
    const scored = score(candidate({ rateMicroUsdcPerHour, reputationBps }), usdc(BigInt(vector.capMicroUsdcPerHour)));
    expect(scored).toMatchObject({ priceAdvantageBps: vector.priceAdvantageBps, score: vector.score });
  });

  it.each([
    ['offline', { online: false }],
    ['unverified', { verified: false }],
    ['draining', { draining: true }],
    ['gpu_tier', { gpuTier: 'A100' }],
    ['region', { region: 'us' }],
    ['reputation', { reputationBps: 4_999 }],
    ['rate_above_cap', { rateMicroUsdcPerHour: usdc(CAP + 1n) }],
    ['not_enough_idle_gpus', { idleGpus: 1 }],
    ['failed_before', { nodeId: 'failed' }],
  ] as const)('calls a node unfit for %s', (reason, change) => {
    expect(unfit(candidate(), wanted)).toBeNull();
    expect(unfit(candidate(change), wanted)).toBe(reason);
  });

  it('asks for no region and no reputation where the buyer did not', () => {
    const relaxed = { ...wanted, region: null, minReputationBps: null };
    expect(unfit(candidate({ region: 'anywhere', reputationBps: 0 }), relaxed)).toBeNull();
  });

  it('breaks a tie by the lower rate, then by the smaller hash', () => {
    const cheap = candidate({ nodeId: 'cheap', rateMicroUsdcPerHour: usdc(CAP - 1n), tieBreak: 'zz' });
    const first = candidate({ nodeId: 'first', tieBreak: 'aa' });
    const second = candidate({ nodeId: 'second', tieBreak: 'ab' });
    expect(rank([second, first, cheap], wanted).ranked.map((node) => node.nodeId)).toEqual([
      'cheap',
      'first',
      'second',
    ]);
  });

  it('ranks the same nodes the same in any order of arrival', () => {
    const shuffled = fleets.chain((fleet) =>
      fc.tuple(fc.constant(fleet), fc.shuffledSubarray(fleet, { minLength: fleet.length })),
    );
    fc.assert(
      fc.property(shuffled, ([fleet, other]) => {
        const sameHash = new Set(fleet.map((node) => node.tieBreak)).size < fleet.length;
        fc.pre(!sameHash);
        expect(rank(other, wanted)).toEqual(rank(fleet, wanted));
      }),
    );
  });

  it('never picks an unfit node, leaves out no fit one, and counts every node once', () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const { ranked, unfit: counts } = rank(fleet, wanted);
        const fit = fleet.filter(
          (node) =>
            node.online &&
            node.verified &&
            !node.draining &&
            node.gpuTier === 'H100' &&
            node.region === 'eu' &&
            node.reputationBps >= 5_000 &&
            node.rateMicroUsdcPerHour <= CAP &&
            node.idleGpus >= 2 &&
            node.nodeId !== 'failed',
        );
        expect(ranked.map((node) => node.nodeId).sort()).toEqual(fit.map((node) => node.nodeId).sort());
        const counted = UNFIT_REASONS.reduce((total, reason) => total + counts[reason], 0);
        expect(ranked.length + counted).toBe(fleet.length);
        for (const [index, node] of ranked.entries()) {
          expect(node.score).toBeLessThanOrEqual(ranked[index - 1]?.score ?? 100_000);
        }
      }),
    );
  });
});
