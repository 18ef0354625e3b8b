/** reputation@1 against scores computed elsewhere, and what must hold of every score. */

import { golden } from '@tokenos/testing/generators/golden';
import fc from 'fast-check';
import { NEWCOMER_REPUTATION_BPS } from '../placement/placement.js';
import { REPUTATION, REPUTATION_FORMULA } from './formula.js';
import {
  NO_RECORD,
  partsOf,
  reputation,
  type Reputation,
  type ReputationInputs,
  type ReputationParts,
} from './reputation.js';

interface Vectors {
  readonly rules: string;
  readonly reputation: readonly (Reputation &
    ReputationParts & { readonly what: string; readonly inputs: ReputationInputs })[];
}
const vectors = golden('domain/golden/reputation.json') as Vectors;

const MINUTES = 12 * 1_440;
const uptime = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: MINUTES }), fc.nat({ max: 1_440 }), fc.nat({ max: MINUTES }))
    .map(([expectedMinutes, platformFaultMinutes, servedMinutes]) => ({
      day: '2026-11-01',
      ...{ expectedMinutes, platformFaultMinutes, servedMinutes },
    })),
  { maxLength: 30 },
);
const inputs: fc.Arbitrary<ReputationInputs> = fc.record({
  ageDays: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.nat({ max: 4_000 })),
  uptime,
  ratings: fc.uniqueArray(
    fc.record({ stars: fc.integer({ min: 1, max: 5 }), ratings: fc.nat(1_000), weight: fc.nat(60_000) }),
    { selector: ({ stars }) => stars },
  ),
  jobs: fc.record({ completed: fc.nat(3_000), failed: fc.nat(300) }),
});

/** The same past, one thing better; null where it cannot be better in this way. */
const better: readonly (readonly [what: string, change: (given: ReputationInputs) => ReputationInputs | null])[] = [
  ['a day older', (given) => ({ ...given, ageDays: given.ageDays + 1 })],
  ['one job more completed', ({ jobs, ...rest }) => ({ ...rest, jobs: { ...jobs, completed: jobs.completed + 1 } })],
  [
    'one job fewer failed',
    ({ jobs, ...rest }) => (jobs.failed === 0 ? null : { ...rest, jobs: { ...jobs, failed: jobs.failed - 1 } }),
  ],
  [
    'a minute more served',
    (given) => {
      const [first, ...rest] = given.uptime;
      return first === undefined
        ? null
        : { ...given, uptime: [{ ...first, servedMinutes: first.servedMinutes + 1 }, ...rest] };
    },
  ],
  [
    'a missed minute fewer expected',
    (given) => {
      const [first, ...rest] = given.uptime;
      const missed = first !== undefined && first.expectedMinutes - first.platformFaultMinutes > first.servedMinutes;
      return missed ? { ...given, uptime: [{ ...first, expectedMinutes: first.expectedMinutes - 1 }, ...rest] } : null;
    },
  ],
  ['a paid minute more with five stars', (given) => withMinute(given, 5)],
];

function withMinute(given: ReputationInputs, stars: number): ReputationInputs {
  const others = given.ratings.filter((one) => one.stars !== stars);
  const same = given.ratings.find((one) => one.stars === stars) ?? { stars, ratings: 1, weight: 0 };
  return { ...given, ratings: [...others, { ...same, weight: same.weight + 1 }] };
}

describe('reputation@1', () => {
  it('is the version the vectors were made for', () => {
    expect(vectors.rules).toBe(REPUTATION);
    expect(vectors.reputation.length).toBeGreaterThan(30);
  });

  it.each(vectors.reputation)('of $what is $scoreBps', ({ what: _, inputs: given, ...expected }) => {
    expect({ ...partsOf(given), ...reputation(given) }).toEqual(expected);
  });

  it('of an operator nobody has met is what placement takes a newcomer for', () => {
    expect(reputation(NO_RECORD)).toEqual({ scoreBps: NEWCOMER_REPUTATION_BPS, tier: 'BRONZE', provisional: true });
    expect(NEWCOMER_REPUTATION_BPS).toBe(3_225);
  });

  it('lies between 0 and 10,000, like each of its parts, and names the tier that it lies in', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        const { scoreBps, tier } = reputation(given);
        for (const bps of [scoreBps, ...Object.values(partsOf(given))]) {
          expect(Number.isInteger(bps) && bps >= 0 && bps <= 10_000).toBe(true);
        }
        const next = REPUTATION_FORMULA.tiers[REPUTATION_FORMULA.tiers.findIndex((one) => one.tier === tier) - 1];
        const own = REPUTATION_FORMULA.tiers.find((one) => one.tier === tier);
        expect(scoreBps).toBeGreaterThanOrEqual(own!.fromBps);
        expect(scoreBps).toBeLessThan(next?.fromBps ?? Infinity);
      }),
    );
  });

  it.each(better)('never falls with %s', (_, change) => {
    let changed = 0;
    fc.assert(
      fc.property(inputs, (given) => {
        const then = change(given);
        if (then === null) return;
        changed += 1;
        expect(reputation(then).scoreBps).toBeGreaterThanOrEqual(reputation(given).scoreBps);
      }),
    );
    expect(changed).toBeGreaterThan(20);
  });

  it('never rises with a paid minute more with one star', () => {
    fc.assert(
      fc.property(inputs, (given) => {
        expect(reputation(withMinute(given, 1)).scoreBps).toBeLessThanOrEqual(reputation(given).scoreBps);
      }),
    );
  });

  it('is the same in whatever order days and ratings are listed', () => {
    const shuffled = inputs.chain((given) =>
      fc.record({
        given: fc.constant(given),
        uptime: fc.shuffledSubarray([...given.uptime], { minLength: given.uptime.length }),
        ratings: fc.shuffledSubarray([...given.ratings], { minLength: given.ratings.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ given, ...order }) => {
        expect(reputation({ ...given, ...order })).toEqual(reputation(given));
      }),
    );
  });

  it('is the same whatever became of the minutes that the platform spoiled', () => {
    fc.assert(
      fc.property(inputs, fc.nat(1_440), (given, spoiled) => {
        const more = given.uptime.map((day) => ({
          ...day,
          expectedMinutes: day.expectedMinutes + spoiled,
          platformFaultMinutes: day.platformFaultMinutes + spoiled,
        }));
        expect(reputation({ ...given, uptime: more })).toEqual(reputation(given));
      }),
    );
  });

  it.each([
    [6, 10, true],
    [7, 9, true],
    [7, 10, false],
  ])('is, %i days old and with %i jobs, provisional: %s', (ageDays, jobs, provisional) => {
    expect(reputation({ ...NO_RECORD, ageDays, jobs: { completed: jobs, failed: 0 } }).provisional).toBe(provisional);
    expect(reputation({ ...NO_RECORD, ageDays, jobs: { completed: 0, failed: jobs } }).provisional).toBe(provisional);
  });

  it.each([
    [
      'half a minute',
      { uptime: [{ day: '2026-11-01', expectedMinutes: 1, servedMinutes: 0.00001, platformFaultMinutes: 0 }] },
    ],
    [
      'an age before birth',
      { ageDays: -1, uptime: [{ day: '2026-11-01', expectedMinutes: 1, servedMinutes: 1, platformFaultMinutes: 0 }] },
    ],
    ['half a job', { jobs: { completed: 0.5, failed: 0 } }],
  ])('refuses %s', (_, wrong) => {
    expect(() => reputation({ ...NO_RECORD, ...wrong })).toThrow(RangeError);
  });
});
