import { between, seeded, seededIds } from './seeded.js';

const drawn = (seed: number): number[] => {
  const random = seeded(seed);
  return Array.from({ length: 1_000 }, random);
};

describe('randomness from a seed', () => {
  it('is the same for the same seed, another for another, and spread over all of 0 to 1', () => {
    expect(drawn(7)).toEqual(drawn(7));
    expect(drawn(7)).not.toEqual(drawn(8));
    const tenths = new Set(drawn(7).map((one) => Math.floor(one * 10)));
    expect([...tenths].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('draws whole numbers from the first up to, and not including, the last', () => {
    const random = seeded(1);
    const seen = new Set(Array.from({ length: 200 }, () => between(random, 3, 6)));
    expect([...seen].sort()).toEqual([3, 4, 5]);
  });

  it('makes ids that look like UUIDv7, sort as they were made, and never come twice', () => {
    const clock = { now: () => 1_764_000_000_000 };
    const ids = seededIds(clock, seeded(1));
    const made = Array.from({ length: 5_000 }, () => ids.next());
    expect(new Set(made).size).toBe(5_000);
    expect([...made].sort()).toEqual(made);
    for (const id of made) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
