/** The victims of one node, against every subset there is. */

import fc from 'fast-check';
import { leastVictims } from './victims.js';

describe('the victims', () => {
  it.each([
    [[1], 1, [0]],
    [[2, 1, 1], 2, [0]],
    [[1, 1, 2], 2, [2]],
    [[4, 2, 1], 3, [1, 2]],
    [[1, 1, 1], 2, [0, 1]],
    [[3, 3], 4, [0, 1]],
    // Found second, but first in line.
    [[3, 2, 2, 1], 4, [0, 3]],
    [[8], 1, [0]],
  ])('of rentals with %j GPUs, where %i must come free, are %j', (sizes, need, victims) => {
    expect(leastVictims(sizes, need)).toEqual(victims);
  });

  it('are the best of all subsets, one by one', () => {
    const cases = fc
      .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 7 })
      .chain((sizes) => fc.tuple(fc.constant(sizes), fc.integer({ min: 1, max: sizes.reduce((a, b) => a + b) })));
    fc.assert(
      fc.property(cases, ([sizes, need]) => {
        const subsets = Array.from({ length: 2 ** sizes.length }, (_, bits) =>
          sizes.flatMap((_size, place) => ((bits >> place) & 1 ? [place] : [])),
        );
        const rankOf = (places: readonly number[]): string => {
          const freed = places.reduce((total, place) => total + sizes[place]!, 0);
          return [freed, places.length, ...places].map((n) => String(n).padStart(3, '0')).join(' ');
        };
        const enough = subsets.filter((places) => places.reduce((total, place) => total + sizes[place]!, 0) >= need);
        const best = enough.map(rankOf).sort()[0];
        expect(rankOf(leastVictims(sizes, need))).toBe(best);
      }),
    );
  });
});
