/** carbon@1 against vectors computed elsewhere, and what must hold of every footprint. */

import { golden } from '@tokenos/testing/generators/golden';
import fc from 'fast-check';
import type { GpuTier } from '../pricing/rate-sheet.js';
import { CARBON, footprint, milligrams, withPue, type CarbonInputs } from './carbon.js';
import { TDP_WATTS } from './tdp.js';

interface Vectors {
  readonly rules: string;
  readonly milligrams: readonly (CarbonInputs & {
    readonly what: string;
    readonly gpuTier: GpuTier;
    readonly mg: number;
    readonly mgWithPue: number | null;
  })[];
  readonly footprints: readonly {
    readonly what: string;
    readonly machines: readonly CarbonInputs[];
    readonly mg: number;
    readonly mgWithPue: number | null;
  }[];
}
const vectors = golden('domain/golden/carbon.json') as Vectors;

const machine = fc.record({
  minutes: fc.integer({ min: 0, max: 129_600 }),
  gpuCount: fc.integer({ min: 1, max: 8 }),
  tdpWatts: fc.constantFrom(...Object.values(TDP_WATTS)),
  intensity: fc.integer({ min: 0, max: 200_000 }),
  intensityScale: fc.constantFrom(1, 10, 100, 1_000),
  puePercent: fc.option(fc.integer({ min: 100, max: 300 })),
});

/** One H100 for an hour in Germany, at 342.06 g/kWh. */
const hour: CarbonInputs = {
  minutes: 60,
  gpuCount: 1,
  tdpWatts: TDP_WATTS.H100,
  intensity: 34_206,
  intensityScale: 100,
  puePercent: null,
};

describe('carbon@1', () => {
  it('is the version the vectors were made for', () => {
    expect(vectors.rules).toBe(CARBON);
    expect(vectors.milligrams.length).toBeGreaterThan(30);
  });

  it.each(vectors.milligrams)('gives $what $mg mg', (vector) => {
    expect(TDP_WATTS[vector.gpuTier]).toBe(vector.tdpWatts);
    expect(footprint([vector])).toEqual({ mg: vector.mg, mgWithPue: vector.mgWithPue });
  });

  it.each(vectors.footprints)('adds up to $mg mg: $what', ({ machines, mg, mgWithPue }) => {
    expect(footprint(machines)).toEqual({ mg, mgWithPue });
  });

  it('of an hour of one H100 in Germany is 239 grams, and a half more where the operator says 150 percent', () => {
    expect(footprint([hour])).toEqual({ mg: 239_442, mgWithPue: null });
    expect(footprint([{ ...hour, puePercent: 150 }])).toEqual({ mg: 239_442, mgWithPue: 359_163 });
  });

  it('gives no second figure where one of two machines has no PUE', () => {
    expect(footprint([hour, { ...hour, puePercent: 150 }])).toEqual({ mg: 478_884, mgWithPue: null });
  });

  it('is floored once per machine: less than a milligram below the exact figure, and never above it', () => {
    fc.assert(
      fc.property(machine, (of) => {
        const exact = BigInt(of.minutes) * BigInt(of.gpuCount) * BigInt(of.tdpWatts) * BigInt(of.intensity);
        const unit = 60n * BigInt(of.intensityScale);
        const short = exact - milligrams(of) * unit;
        expect(short >= 0n && short < unit).toBe(true);
      }),
    );
  });

  it('never falls when minutes, GPUs, watts or the intensity of the grid rise', () => {
    fc.assert(
      fc.property(machine, machine, (a, b) => {
        const larger = {
          ...a,
          minutes: Math.max(a.minutes, b.minutes),
          gpuCount: Math.max(a.gpuCount, b.gpuCount),
          tdpWatts: Math.max(a.tdpWatts, b.tdpWatts),
          intensity: Math.max(a.intensity, b.intensity),
        };
        expect(milligrams(larger) >= milligrams(a)).toBe(true);
      }),
    );
  });

  it('does not depend on the scale that the intensity is written in', () => {
    fc.assert(
      fc.property(machine, fc.constantFrom(10, 100, 1_000), (of, more) => {
        const finer = { ...of, intensity: of.intensity * more, intensityScale: of.intensityScale * more };
        expect(milligrams(finer)).toBe(milligrams(of));
      }),
    );
  });

  it('with a PUE is never less than without, the same at 100 percent, and floored once more', () => {
    fc.assert(
      fc.property(machine, fc.integer({ min: 100, max: 300 }), (of, puePercent) => {
        const mg = milligrams(of);
        expect(withPue(mg, 100)).toBe(mg);
        expect(withPue(mg, puePercent) >= mg).toBe(true);
        const short = mg * BigInt(puePercent) - withPue(mg, puePercent) * 100n;
        expect(short >= 0n && short < 100n).toBe(true);
      }),
    );
  });

  it('of several machines is the sum of theirs, in any order', () => {
    fc.assert(
      fc.property(fc.array(machine, { maxLength: 6 }), (machines) => {
        const alone = machines.map((one) => footprint([one]).mg);
        expect(footprint(machines).mg).toBe(alone.reduce((sum, mg) => sum + mg, 0));
        expect(footprint([...machines].reverse())).toEqual(footprint(machines));
      }),
    );
  });

  it.each([
    ['half a minute', { minutes: 0.5 }],
    ['minutes before the start', { minutes: -1 }],
    ['a grid that takes carbon back', { intensity: -1 }],
    ['an intensity without a scale', { intensityScale: 0 }],
    ['not a number', { tdpWatts: Number.NaN }],
    ['a PUE below nothing', { puePercent: -1 }],
    ['more than fits a number', { minutes: Number.MAX_SAFE_INTEGER }],
  ])('refuses %s', (_, wrong) => {
    expect(() => footprint([{ ...hour, ...wrong }])).toThrow();
  });
});
