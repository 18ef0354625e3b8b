/** A rental's carbon, machine by machine, with every factor: what carbon appends at the end and the gateway shows before. Pure. */

import { CARBON, footprint, milligrams } from '@tokenos/domain/carbon/carbon';
import type { CarbonAttributed } from '@tokenos/domain/carbon/facts';
import type { ServedMachine } from '@tokenos/domain/carbon/served';
import { TDP_WATTS } from '@tokenos/domain/carbon/tdp';
import type { RentalTerms } from '@tokenos/domain/rental/facts';
import { gridIntensity } from './grid-intensity.js';

/** Where a machine stands, as its operator declares it. */
export interface Site {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly puePercent: number | null;
}

export function attribution(
  { gpuTier, gpuCount }: Pick<RentalTerms, 'gpuTier' | 'gpuCount'>,
  machines: readonly (ServedMachine & Site)[],
): CarbonAttributed {
  const groups = machines.map(({ nodeId, minutes, country, puePercent }) => {
    const machine = { minutes, gpuCount, tdpWatts: TDP_WATTS[gpuTier], ...gridIntensity(country), puePercent };
    return { nodeId, gpuTier, country, ...machine, mg: Number(milligrams(machine)) };
  });
  return { rules: CARBON, groups, ...footprint(groups) };
}
