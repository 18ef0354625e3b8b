/** Two opinions on who yields: the rule's choice is what the auditor finds, and a receipt with any number changed is not. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { preemptionReceipts } from '@tokenos/testing/histories/preemption';
import fc from 'fast-check';
import { faultsOfPreemption, type Receipt, type Yielding } from './preemption.js';

const sample: Receipt = fc
  .sample(preemptionReceipts, { numRuns: 500, seed: 7 })
  .find(({ best, request }) => best.length === 3 && request.gpuCount === 3 && best[0]!.victims.length === 2)!;

const sealed = (receipt: Receipt): Receipt => ({ ...receipt, fullListSha256: sha256Hex(canonical(receipt.best)) });
const ofBest = (change: (node: Yielding) => Partial<Yielding>): Receipt => {
  const [first, ...others] = sample.best;
  return sealed({ ...sample, best: [{ ...first!, ...change(first!) }, ...others] });
};
const ofRequest = (change: Partial<Receipt['request']>): Receipt => ({
  ...sample,
  request: { ...sample.request, ...change },
});

describe('the auditor and preemption@1', () => {
  it('agree on whatever is chosen', () => {
    fc.assert(
      fc.property(preemptionReceipts, (receipt) => {
        expect(faultsOfPreemption(receipt)).toEqual([]);
      }),
    );
  });

  it.each<[string, string, Receipt]>([
    ['a SPOT request', 'a SPOT request', ofRequest({ tier: 'SPOT' })],
    ['rules nobody knows', 'unknown rules', { ...sample, rules: 'preemption@9' }],
    ['victims of no node', 'of no node', sealed({ ...sample, best: [] })],
    ['one victim too few', 'other victims', ofBest(({ victims }) => ({ victims: victims.slice(1) }))],
    ['a victim twice', 'other victims', ofBest(({ victims }) => ({ victims: [...victims, ...victims] }))],
    ['victims out of line', 'other victims', ofBest(({ victims }) => ({ victims: [...victims].reverse() }))],
    ['the second best node', 'is no worse', sealed({ ...sample, best: [...sample.best].reverse() })],
    ['an idle node', 'nobody need yield', ofBest(() => ({ idleGpus: 3 }))],
    ['a node above the cap', 'more than the cap', ofBest(() => ({ rateMicroUsdcPerHour: '5840001' }))],
    ['a node of bad repute', 'below the reputation', ofBest(() => ({ reputationBps: 2_999 }))],
    ['a node that failed before', 'failed this', ofRequest({ excludedNodeIds: [sample.best[0]!.nodeId] })],
    ['a hash of a node made up', 'another tie-break', ofBest(() => ({ tieBreak: '0'.repeat(64) }))],
    [
      'a hash of a rental made up',
      'a rental with another tie-break',
      ofBest(({ spot }) => ({ spot: spot.map((rental) => ({ ...rental, tieBreak: '0'.repeat(64) })) })),
    ],
    ['a GPU counted twice', 'counts a GPU twice', ofBest(({ spot }) => ({ spot: [...spot, spot[0]!] }))],
    ['a list that is not the hashed one', 'full list', { ...sample, fullListSha256: 'e'.repeat(64) }],
  ])('do not agree on %s', (_what, says, receipt) => {
    expect(faultsOfPreemption(receipt).join('\n')).toContain(says);
  });
});
