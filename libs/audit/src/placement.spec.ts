import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import type { Json } from '@tokenos/contracts/envelope/envelope';
import { both, drop, put, type Entry } from '@tokenos/testing/wire/entries';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { eachIsFound, type Mutation } from '@tokenos/testing/wire/mutations';
import { NODE_A, STOPPED } from '@tokenos/testing/wire/names';
import { audit } from './audit.js';
import type { Code } from './finding.js';

const receipt = (path: string, value: Json) => put(STOPPED, 'RentalPlaced.v1', `receipt.${path}`, value);
const rehashed = (h: readonly Entry[]): Entry[] => {
  const placed = h.find((entry) => entry.stream === STOPPED && entry.type === 'RentalPlaced.v1')!;
  const { best } = placed.data['receipt'] as { best: Json[] };
  return receipt('fullListSha256', sha256Hex(canonical(best)))(h);
};
const swapped = (h: readonly Entry[]): Entry[] => {
  const placed = h.find((entry) => entry.stream === STOPPED && entry.type === 'RentalPlaced.v1')!;
  const { best } = placed.data['receipt'] as { best: Json[] };
  return rehashed(receipt('best', [...best].reverse())(h));
};

const placement: Mutation<Code>[] = [
  ['a score one point high', 'placement@1', 'score', both(receipt('best.0.score', 23_374), rehashed)],
  [
    'a price advantage rounded up',
    'placement@1',
    'price advantage',
    both(receipt('best.0.priceAdvantageBps', 267), receipt('best.0.score', 23_376), rehashed),
  ],
  [
    'a price advantage one too low',
    'placement@1',
    'price advantage',
    both(receipt('best.0.priceAdvantageBps', 265), receipt('best.0.score', 23_370), rehashed),
  ],
  [
    'a tie broken by another hash',
    'placement@1',
    'tie-break',
    both(receipt('best.1.tieBreak', 'd'.repeat(64)), rehashed),
  ],
  ['the second best taken', 'placement@1', 'best is taken', swapped],
  ['candidates out of order', 'placement@1', 'ranks behind', swapped],
  [
    'a candidate above the cap',
    'placement@1',
    'more than the cap',
    both(receipt('best.1.rateMicroUsdcPerHour', '6000001'), rehashed),
  ],
  ['a candidate with too few idle GPUs', 'placement@1', 'idle GPUs', both(receipt('best.1.idleGpus', 0), rehashed)],
  [
    'a candidate below the reputation asked for',
    'placement@1',
    'below the reputation',
    both(receipt('best.1.reputationBps', 2_999), receipt('best.1.score', 20_993), rehashed),
  ],
  [
    'a candidate that failed before',
    'placement@1',
    'failed this rental',
    put(
      STOPPED,
      'RentalPlaced.v1',
      'receipt',
      {
        ...(littleHistory.find((e) => e.stream === STOPPED && e.type === 'RentalPlaced.v1')!.data['receipt'] as object),
      },
      1,
    ),
  ],
  ['another cap than quoted', 'placement@1', 'the cap', receipt('capMicroUsdcPerHour', '6000001')],
  ['a list that is not the hashed one', 'placement@1', 'full list', receipt('fullListSha256', 'e'.repeat(64))],
  ['a choice by rules nobody knows', 'placement@1', 'rules', receipt('rules', 'placement@9')],
  ['a choice of none', 'placement@1', 'of none', receipt('best', [])],
  [
    'the same GPU twice',
    ['placement@1', 'I3'],
    'different GPUs',
    put(
      STOPPED,
      'RentalPlaced.v1',
      'gpus',
      [2, 2].map((leaseEpoch) => ({ uuid: 'GPU-opa-0', leaseEpoch })),
    ),
  ],
  ['a GPU of another node', 'placement@1', 'has no GPU', put(STOPPED, 'RentalPlaced.v1', 'gpus.0.uuid', 'GPU-opb-1')],
  ['a rate the node never asked', 'placement@1', 'never asked', drop(`node-${NODE_A}`, 'NodePriced.v1')],
  ['a node that was never verified', 'placement@1', 'never verified', drop(`node-${NODE_A}`, 'NodeVerified.v1')],
  ['a node that never enrolled', ['order', 'placement@1'], 'never enrolled', drop(`node-${NODE_A}`, 'NodeEnrolled.v1')],
  [
    'a node in another region',
    'placement@1',
    'asked for',
    put(STOPPED, 'RentalRequested.v1', 'terms.region', 'us-east'),
  ],
  ['a node of another tier', 'placement@1', 'asked for', put(STOPPED, 'RentalRequested.v1', 'terms.gpuTier', 'H200')],
];

eachIsFound<Code>(audit, { 'a choice that placement@1 does not make': placement });
