/** The auditor's carbon against the vectors that the platform's rule is tested with: two ways of counting, one figure. */

import { golden } from '@tokenos/testing/generators/golden';
import fc from 'fast-check';
import { carbonMg, withPue, type Drawn } from './carbon.js';

interface Vectors {
  readonly milligrams: readonly (Drawn & {
    readonly what: string;
    readonly puePercent: number | null;
    readonly mg: number;
    readonly mgWithPue: number | null;
  })[];
}
const { milligrams } = golden('domain/golden/carbon.json') as Vectors;

describe("the auditor's carbon", () => {
  it.each(milligrams)('of $what is $mg mg', (vector) => {
    const mg = carbonMg(vector);
    expect(mg).toBe(BigInt(vector.mg));
    if (vector.puePercent !== null) expect(withPue(mg, vector.puePercent)).toBe(BigInt(vector.mgWithPue!));
  });

  it('of one kWh is the intensity of the grid', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), (gramsPerKwh) => {
        const kwh = { minutes: 60, gpuCount: 4, tdpWatts: 250, intensity: gramsPerKwh, intensityScale: 1 };
        expect(carbonMg(kwh)).toBe(BigInt(gramsPerKwh) * 1_000n);
      }),
    );
  });
});
