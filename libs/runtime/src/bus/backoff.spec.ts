import fc from 'fast-check';
import { backoffMs, systemRandom } from './backoff.js';

const backoff = { firstMs: 100, maxMs: 5_000 };

describe('backoff', () => {
  it('doubles from the first to the longest pause', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map((failures) => backoffMs(failures, () => 1, backoff));
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('always stays between half and all of the full pause, after any number of failures', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, drawn) => {
        const full = backoffMs(failures, () => 1, backoff);
        const pause = backoffMs(failures, () => drawn, backoff);
        expect(pause).toBeGreaterThanOrEqual(full / 2);
        expect(pause).toBeLessThanOrEqual(full);
      }),
    );
  });

  it('spreads by itself', () => {
    const drawn = Array.from({ length: 50 }, systemRandom);
    expect(new Set(drawn).size).toBeGreaterThan(40);
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
  });
});
