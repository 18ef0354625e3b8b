import fc from 'fast-check';
import { fee, price, TIER_BPS } from './price.js';

const H100 = 5_840_000n;

describe('price', () => {
  it.each([
    ['ON_DEMAND', 1, 97_333n],
    ['ON_DEMAND', 60, 5_840_000n],
    ['SPOT', 60, 3_504_000n],
    ['RESERVED', 60, 5_256_000n],
  ] as const)('of one H100 at 5.84 USDC per hour, %s for %i minutes, is %i micro-USDC', (tier, minutes, due) => {
    expect(price({ rate: H100, tierBps: TIER_BPS[tier], gpuCount: 1, minutes })).toBe(due);
  });

  it('carries fractions of a micro-USDC from minute to minute, and charges the whole ones only', () => {
    const of = (minutes: number) => price({ rate: H100, tierBps: 10_000, gpuCount: 1, minutes });
    expect([0, 1, 2, 3].map(of)).toEqual([0n, 97_333n, 194_666n, 292_000n]);
  });

  it('is the exact product, rounded down once', () => {
    const priced = fc.record({
      rate: fc.bigInt(0n, 1_000_000_000n),
      tierBps: fc.constantFrom(...Object.values(TIER_BPS)),
      gpuCount: fc.integer({ min: 1, max: 8 }),
      minutes: fc.integer({ min: 0, max: 129_600 }),
    });
    fc.assert(
      fc.property(priced, (of) => {
        const exact = of.rate * BigInt(of.tierBps) * BigInt(of.gpuCount) * BigInt(of.minutes);
        const short = exact - price(of) * 600_000n;
        expect(short >= 0n && short < 600_000n).toBe(true);
      }),
    );
  });
});

describe('fee', () => {
  it.each([
    [194_666n, 500, 9_733n],
    [5_840_000n, 500, 292_000n],
    [19n, 500, 0n],
    [20n, 500, 1n],
    [0n, 500, 0n],
    [7n, 10_000, 7n],
  ])('of %i at %i bps is %i', (charge, bps, kept) => {
    expect(fee(charge, bps)).toBe(kept);
  });

  it('is the exact share, rounded down', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 18n), fc.integer({ min: 0, max: 10_000 }), (charge, bps) => {
        const short = charge * BigInt(bps) - fee(charge, bps) * 10_000n;
        expect(short >= 0n && short < 10_000n).toBe(true);
      }),
    );
  });
});
