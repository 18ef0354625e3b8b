/** pricing@1 against vectors computed elsewhere, and what must hold of every price. */

import { golden } from '@tokenos/testing/generators/golden';
import fc from 'fast-check';
import { usdc } from '../money.js';
import { capFromMaxHourlyPrice, price, PRICING } from './pricing.js';
import { TIER_BPS, TIERS, type Tier } from './rate-sheet.js';

interface Vectors {
  readonly rules: string;
  readonly price: readonly {
    readonly what: string;
    readonly rateMicroUsdcPerHour: string;
    readonly tierBps: number;
    readonly gpuCount: number;
    readonly minutes: number;
    readonly priceMicroUsdc: string;
  }[];
  readonly cap: readonly {
    readonly tier: Tier;
    readonly maxHourlyPriceMicroUsdc: string;
    readonly capMicroUsdcPerHour: string;
  }[];
}
const vectors = golden('domain/golden/pricing.json') as Vectors;

const rates = fc.bigInt({ min: 0n, max: 1_000_000_000n }).map(usdc);
const inputs = fc.record({
  rateMicroUsdcPerHour: rates,
  tierBps: fc.constantFrom(...Object.values(TIER_BPS)),
  gpuCount: fc.integer({ min: 1, max: 8 }),
  minutes: fc.integer({ min: 0, max: 129_600 }),
});

describe('pricing@1', () => {
  it('is the version the vectors were made for', () => {
    expect(vectors.rules).toBe(PRICING);
    expect(vectors.price.length).toBeGreaterThan(40);
  });

  it.each(vectors.price)('prices $what at $priceMicroUsdc', (vector) => {
    const rateMicroUsdcPerHour = usdc(BigInt(vector.rateMicroUsdcPerHour));
    expect(price({ ...vector, rateMicroUsdcPerHour }).toString()).toBe(vector.priceMicroUsdc);
  });

  it.each(vectors.cap)('caps $maxHourlyPriceMicroUsdc an hour on $tier at $capMicroUsdcPerHour', (vector) => {
    const cap = capFromMaxHourlyPrice(usdc(BigInt(vector.maxHourlyPriceMicroUsdc)), vector.tier);
    expect(cap.toString()).toBe(vector.capMicroUsdcPerHour);
  });

  it('is floored once: less than one micro-USDC below the exact price, and never above it', () => {
    fc.assert(
      fc.property(inputs, (asked) => {
        const exact600k =
          asked.rateMicroUsdcPerHour * BigInt(asked.tierBps) * BigInt(asked.gpuCount) * BigInt(asked.minutes);
        const short = exact600k - price(asked) * 600_000n;
        expect(short >= 0n && short < 600_000n).toBe(true);
      }),
    );
  });

  it('never falls when minutes, rate, GPUs or tier rise', () => {
    fc.assert(
      fc.property(inputs, inputs, (a, b) => {
        const larger = {
          rateMicroUsdcPerHour:
            a.rateMicroUsdcPerHour > b.rateMicroUsdcPerHour ? a.rateMicroUsdcPerHour : b.rateMicroUsdcPerHour,
          tierBps: Math.max(a.tierBps, b.tierBps),
          gpuCount: Math.max(a.gpuCount, b.gpuCount),
          minutes: Math.max(a.minutes, b.minutes),
        };
        expect(price(larger) >= price(a)).toBe(true);
      }),
    );
  });

  it("at the cap stays within the buyer's hourly maximum, and within one micro-USDC a minute of it", () => {
    fc.assert(
      fc.property(rates, fc.constantFrom(...TIERS), (maximum, tier) => {
        const cap = capFromMaxHourlyPrice(maximum, tier);
        const hour = price({ rateMicroUsdcPerHour: cap, tierBps: TIER_BPS[tier], gpuCount: 1, minutes: 60 });
        expect(hour <= maximum).toBe(true);
        expect(maximum - hour <= 1n).toBe(true);
      }),
    );
  });

  it.each([
    ['half a minute', { minutes: 0.5 }],
    ['minutes before the start', { minutes: -1 }],
    ['half a GPU', { gpuCount: 0.5 }],
    ['not a number', { minutes: Number.NaN }],
    ['for ever', { minutes: Number.POSITIVE_INFINITY }],
  ])('refuses to price %s', (_, wrong) => {
    const hour = { rateMicroUsdcPerHour: usdc(1n), tierBps: 10_000, gpuCount: 1, minutes: 60 };
    expect(() => price({ ...hour, ...wrong })).toThrow();
  });
});
