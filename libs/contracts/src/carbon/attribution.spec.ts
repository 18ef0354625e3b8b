/** What a rental is said to have emitted: each machine with the grid it hangs on, and the sum. */

import { attribution, type Site } from './attribution.js';

const terms = { gpuTier: 'H100', gpuCount: 1 } as const;
const sites: Readonly<Record<string, Site>> = {
  german: { country: 'DE', puePercent: 125 },
  swedish: { country: 'SE', puePercent: 110 },
  unsaid: { country: 'SE', puePercent: null },
  nowhere: { country: 'ZZ', puePercent: null },
};
const of = (...served: readonly (readonly [string, number])[]) =>
  attribution(
    terms,
    served.map(([nodeId, minutes]) => ({ nodeId, minutes, ...sites[nodeId]! })),
  );

describe('the carbon of a rental', () => {
  it('names every factor of the machine that served it', () => {
    expect(of(['german', 60])).toEqual({
      rules: 'carbon@1',
      mg: 239_442,
      mgWithPue: 299_302,
      groups: [
        {
          nodeId: 'german',
          minutes: 60,
          gpuCount: 1,
          gpuTier: 'H100',
          tdpWatts: 700,
          country: 'DE',
          intensity: 34_206,
          intensityScale: 100,
          intensitySource: expect.stringMatching(/@tgwf.co2 0.19.0 .*DEU$/) as string,
          puePercent: 125,
          mg: 239_442,
        },
      ],
    });
  });

  it('that moved counts each machine by its own grid, floored apart', () => {
    expect(of(['german', 1], ['swedish', 1])).toMatchObject({ mg: 3_990 + 418, mgWithPue: 4_987 + 459 });
  });

  it('has no second figure where one machine declared no PUE', () => {
    expect(of(['german', 1], ['unsaid', 1]).mgWithPue).toBeNull();
  });

  it('counts an unknown country as the world, and says so', () => {
    const { groups } = of(['nowhere', 60]);
    expect(groups[0]).toMatchObject({ country: 'ZZ', intensity: 47_294, mg: 331_058 });
    expect(groups[0]?.intensitySource).toContain('WORLD: no data for country ZZ');
  });

  it('is nothing where nobody served', () => {
    expect(of()).toEqual({ rules: 'carbon@1', mg: 0, mgWithPue: null, groups: [] });
  });
});
