/** The auditor's score against the vectors that the platform's rule is tested with: two ways of counting, one figure. */

import { golden } from '@tokenos/testing/generators/golden';
import fc from 'fast-check';
import { score, type Score, type ScoreInputs } from './reputation.js';

interface Vectors {
  readonly reputation: readonly (Score & { readonly what: string; readonly inputs: ScoreInputs })[];
}
const { reputation } = golden('domain/golden/reputation.json') as Vectors;

const nothing: ScoreInputs = { ageDays: 0, uptime: [], ratings: [], jobs: { completed: 0, failed: 0 } };
const day = (servedMinutes: number) => ({ expectedMinutes: 1_440, servedMinutes, platformFaultMinutes: 0 });

describe("the auditor's reputation", () => {
  it.each(reputation)('of $what is $scoreBps', ({ inputs, scoreBps, tier, provisional }) => {
    expect(score(inputs)).toEqual({ scoreBps, tier, provisional });
  });

  it('is the exact share, rounded down, of uptime alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_440 }), (served) => {
        // Stars and jobs so many that their parts are whole but for a crumb: 9,999 each.
        const rest = { ratings: [{ stars: 5, weight: 10 ** 7 }], jobs: { completed: 10 ** 6, failed: 0 } };
        const exact = Math.floor((60 * Math.floor((served * 10_000) / 1_440) + 40 * 9_999) / 100);
        expect(score({ ageDays: 30, uptime: [day(served)], ...rest }).scoreBps).toBe(exact);
      }),
    );
  });

  it('of a perfect operator gains a seventh of its uptime with each day of the first week', () => {
    const days = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(
      (ageDays) => score({ ...nothing, ageDays, uptime: [day(1_440)] }).scoreBps,
    );
    expect(days).toEqual([3_225, 4_081, 4_939, 5_796, 6_653, 7_510, 8_367, 9_225, 9_225]);
  });
});
