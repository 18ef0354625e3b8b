/** A list too long to be named whole: who would stand among the best and does not was passed over for a reason, or it is found. */

import { littleHistory } from '@tokenos/testing/wire/little-history';
import { noting, type Finding } from '../finding.js';
import { checkCensus } from './census.js';
import type { Choice, Sight } from './fleet.js';

const dataOf = (wanted: string): unknown => littleHistory.find(({ type }) => type === wanted)?.data;
const placed = dataOf('RentalPlaced.v1') as Choice['placed'];
const { terms } = dataOf('RentalRequested.v1') as Pick<Choice, 'terms'>;
const [candidate] = placed.receipt.best;
const best = Array.from({ length: 20 }, (_, n) => ({ ...candidate!, nodeId: `node-${n}` }));

/** As good as those that are named, but for its reputation. */
const other = (reputationBps: number): Sight => ({
  nodeId: 'other',
  enrolled: { gpuTier: terms.gpuTier, region: terms.region } as Sight['enrolled'],
  isListed: true,
  verified: [true],
  draining: [false],
  rates: [5_840_000n],
  reputations: [reputationBps],
  free: 1,
  leases: { surely: [], perhaps: [] },
});

function found(sight: Sight, unfit: Partial<Choice['placed']['receipt']['unfit']> = {}): readonly string[] {
  const findings: Finding[] = [];
  const receipt = { ...placed.receipt, best, unfit: { ...placed.receipt.unfit, ...unfit } };
  const choice = {
    stream: 'rental-1',
    revision: 3,
    placed: { ...placed, receipt },
    terms,
    isFailover: false,
    failed: [],
  };
  checkCensus(choice, [sight], noting(findings, 'rental-1', 3));
  return findings.map(({ message }) => message);
}

it('lets a worse one be unnamed', () => {
  expect(found(other(3_225))).toEqual([]);
});

it('finds a better one that is neither named nor passed over', () => {
  expect(found(other(3_226))).toEqual([
    '1 nodes that are not named rank above the last, and 0 of them at most were passed over',
  ]);
});

it('takes a reason that can be true of it, and no other', () => {
  expect(found(other(3_226), { offline: 1 })).toEqual([]);
  expect(found(other(3_226), { draining: 1 })).toHaveLength(1);
});
