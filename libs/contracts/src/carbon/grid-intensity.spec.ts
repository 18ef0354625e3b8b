/** The table of grid intensities: what it says, of which version, and that nothing in it is lost between its decimals and ours. */

import { averageIntensity } from '@tgwf/co2';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALPHA_3 } from './country-codes.js';
import { GRID_DATA, gridIntensity } from './grid-intensity.js';

describe('the intensity of a grid', () => {
  it('is the yearly average of the country, in hundredths of a gram per kWh, and says where it is from', () => {
    expect(gridIntensity('DE')).toEqual({
      intensity: 34_206,
      intensityScale: 100,
      intensitySource: '@tgwf/co2 0.19.0 averageIntensity (Ember, latest yearly average), DEU',
    });
    expect(gridIntensity('SE').intensity).toBe(3_589);
  });

  it.each(['ZZ', '', 'de', 'DEU'])('of "%s", which is no country it knows, is the world’s, and says so', (country) => {
    expect(gridIntensity(country)).toMatchObject({
      intensity: 47_294,
      intensitySource: expect.stringContaining(`WORLD: no data for country ${country}`) as string,
    });
  });

  it('is that of the version installed, which is pinned', () => {
    const root = join(__dirname, '../../../..');
    const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>;
    const { version } = read('node_modules/@tgwf/co2/package.json');
    expect(read('package.json')['dependencies']).toMatchObject({ '@tgwf/co2': version });
    expect(GRID_DATA).toContain(`@tgwf/co2 ${String(version)} `);
  });

  it('is exact for every country of the data: none has more decimals than are kept', () => {
    for (const [country, code] of ALPHA_3) {
      expect(gridIntensity(country).intensity / 100).toBe(averageIntensity.data[code]);
    }
  });

  it('is found for every single country of the data', () => {
    const regions =
      /^(AFRICA|ASEAN|ASIA|EU|EUROPE|G20|G7|LATIN AMERICA AND CARIBBEAN|MIDDLE EAST|NORTH AMERICA|OCEANIA|OECD|WORLD)$/;
    const countries = Object.keys(averageIntensity.data).filter((name) => !regions.test(name));
    expect([...ALPHA_3.values()].sort()).toEqual(countries.sort());
  });
});
