/** What counts of an operator's past: against inputs computed elsewhere, and the same in any order of arrival. */

import { golden } from '@tokenos/testing/generators/golden';
import fc from 'fast-check';
import { addDays, type Day, dayStart } from '../day.js';
import { HOUR, MINUTE } from '../time.js';
import { inputsOf, type OperatorPast } from './past.js';
import type { ReputationInputs } from './reputation.js';

interface Vectors {
  readonly inputs: readonly {
    readonly what: string;
    readonly day: Day;
    readonly past: OperatorPast;
    readonly inputs: ReputationInputs;
  }[];
}
const vectors = golden('domain/golden/reputation.json') as Vectors;

const TODAY = '2026-11-25';
const daysAgo = (days: number): Day => addDays(TODAY, -days);
const instants = fc.integer({ min: dayStart(daysAgo(95)), max: dayStart(TODAY) + 2 * HOUR });

const pasts: fc.Arbitrary<OperatorPast> = fc.record({
  firstDay: fc.option(fc.integer({ min: -1, max: 40 }).map(daysAgo)),
  uptime: fc.array(
    fc.record({
      day: fc.integer({ min: 0, max: 33 }).map(daysAgo),
      expectedMinutes: fc.constant(1_440),
      servedMinutes: fc.integer({ min: 0, max: 1_440 }),
      platformFaultMinutes: fc.nat(30),
      recordedAt: instants,
    }),
    { maxLength: 20 },
  ),
  ratings: fc.uniqueArray(
    fc.record({
      rentalId: fc.nat(10_000).map(String),
      buyerId: fc.constantFrom('a', 'b'),
      stars: fc.integer({ min: 1, max: 5 }),
      paidMinutes: fc.nat(90),
      // Few instants, so that many ratings share one.
      ratedAt: fc.integer({ min: 1, max: 9 }).map((days) => dayStart(daysAgo(days))),
      recordedAt: instants,
    }),
    { selector: ({ rentalId }) => rentalId, maxLength: 20 },
  ),
  completed: fc.array(fc.record({ wallet: fc.constantFrom('x', 'y'), recordedAt: instants }), { maxLength: 40 }),
  failed: fc.array(instants, { maxLength: 10 }),
});

describe('the inputs of a score', () => {
  it.each(vectors.inputs)('with $what', ({ past, day, inputs }) => {
    expect(inputsOf(past, day)).toEqual(inputs);
  });

  it('are the same in whatever order the past became known', () => {
    const shuffled = pasts.chain((past) =>
      fc.record({
        past: fc.constant(past),
        uptime: fc.shuffledSubarray([...past.uptime], { minLength: past.uptime.length }),
        ratings: fc.shuffledSubarray([...past.ratings], { minLength: past.ratings.length }),
        completed: fc.shuffledSubarray([...past.completed], { minLength: past.completed.length }),
        failed: fc.shuffledSubarray([...past.failed], { minLength: past.failed.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ past, ...order }) => {
        expect(inputsOf({ ...past, ...order }, TODAY)).toEqual(inputsOf(past, TODAY));
      }),
    );
  });

  it('of a day do not change with what is recorded later: a score made up for after an outage is the same', () => {
    const from = dayStart(TODAY) + 4 * MINUTE;
    const later = (at: number): number => from + (at % HOUR);
    fc.assert(
      fc.property(pasts, pasts, (past, next) => {
        const grown = {
          firstDay: past.firstDay,
          uptime: [...past.uptime, ...next.uptime.map((one) => ({ ...one, recordedAt: later(one.recordedAt) }))],
          ratings: [...past.ratings, ...next.ratings.map((one) => ({ ...one, recordedAt: later(one.recordedAt) }))],
          completed: [
            ...past.completed,
            ...next.completed.map((one) => ({ ...one, recordedAt: later(one.recordedAt) })),
          ],
          failed: [...past.failed, ...next.failed.map(later)],
        };
        expect(inputsOf(grown, TODAY)).toEqual(inputsOf(past, TODAY));
      }),
    );
  });

  it("never hold more than a buyer's 300 minutes, nor 60 of one rental", () => {
    fc.assert(
      fc.property(pasts, ({ ratings, ...rest }) => {
        for (const buyer of ['a', 'b']) {
          const own = ratings.filter(({ buyerId }) => buyerId === buyer);
          const weighed = inputsOf({ ...rest, ratings: own }, TODAY).ratings;
          expect(weighed.reduce((total, { weight }) => total + weight, 0)).toBeLessThanOrEqual(300);
          for (const { ratings: count, weight } of weighed) expect(weight).toBeLessThanOrEqual(60 * count);
        }
      }),
    );
  });

  it('with one job more completed never count fewer', () => {
    fc.assert(
      fc.property(pasts, instants, fc.constantFrom('x', 'y', 'z'), (past, recordedAt, wallet) => {
        const more = { ...past, completed: [...past.completed, { wallet, recordedAt }] };
        const count = (of: OperatorPast): number => inputsOf(of, TODAY).jobs.completed;
        expect(count(more)).toBeGreaterThanOrEqual(count(past));
      }),
    );
  });
});
