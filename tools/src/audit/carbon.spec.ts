/** Two opinions on carbon: the platform's rule and the auditor's formula, on whatever machines there may be. */

import { carbonMg, withPue } from '@tokenos/audit/carbon';
import { footprint, type CarbonInputs } from '@tokenos/domain/carbon/carbon';
import { TDP_WATTS } from '@tokenos/domain/carbon/tdp';
import fc from 'fast-check';

const machine: fc.Arbitrary<CarbonInputs & { puePercent: number }> = fc.record({
  minutes: fc.integer({ min: 0, max: 129_600 }),
  gpuCount: fc.integer({ min: 1, max: 8 }),
  tdpWatts: fc.constantFrom(...Object.values(TDP_WATTS)),
  intensity: fc.integer({ min: 0, max: 200_000 }),
  intensityScale: fc.constantFrom(1, 10, 100, 1_000),
  puePercent: fc.integer({ min: 100, max: 300 }),
});

it('the platform and the auditor agree on the carbon of any machine, with and without its PUE', () => {
  fc.assert(
    fc.property(machine, (of) => {
      const mg = carbonMg(of);
      expect(footprint([of])).toEqual({ mg: Number(mg), mgWithPue: Number(withPue(mg, of.puePercent)) });
    }),
  );
});
