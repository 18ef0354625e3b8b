/** How much CO2 a kWh of a country's grid stands for: Ember's yearly averages, as one pinned package ships them. See ADR 6. */

import { averageIntensity } from '@tgwf/co2';
import { ALPHA_3 } from './country-codes.js';

export interface GridIntensity {
  /** Grams of CO2 per kWh, times `intensityScale`: a whole number. */
  readonly intensity: number;
  readonly intensityScale: number;
  /** Which number of which data: with it anyone finds the same. */
  readonly intensitySource: string;
}

/** The data has two decimals; every figure from here on is a whole number. */
const SCALE = 100;
/** The package names no year: it ships, per country, the latest that Ember had. A spec holds the version to what is installed. */
export const GRID_DATA = '@tgwf/co2 0.19.0 averageIntensity (Ember, latest yearly average)';

/** `country`: ISO 3166-1 alpha-2. One that the data does not know counts as the world's average, and the source says so. */
export function gridIntensity(country: string): GridIntensity {
  const alpha3 = ALPHA_3.get(country);
  const grams = alpha3 === undefined ? undefined : averageIntensity.data[alpha3];
  return grams === undefined
    ? of(averageIntensity.data['WORLD'], `WORLD: no data for country ${country}`)
    : of(grams, alpha3 ?? country);
}

function of(grams: number | undefined, entry: string): GridIntensity {
  if (grams === undefined) throw new Error(`${GRID_DATA} has no ${entry}`);
  return {
    intensity: Math.round(grams * SCALE),
    intensityScale: SCALE,
    intensitySource: `${GRID_DATA}, ${entry}`,
  };
}
