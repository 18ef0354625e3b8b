/** What the sample rental's GPUs emitted. */

import type { CarbonAttributed } from '@tokenos/domain/carbon/facts';
import { uuid } from './names.js';

/** One machine, 700 W, at 344 g/kWh. */
export const carbon = (minutes = 1, change: Partial<CarbonAttributed> = {}): CarbonAttributed => {
  const mg = Math.floor((minutes * 700 * 344) / 60);
  return {
    rules: 'carbon@1',
    groups: [
      {
        nodeId: uuid('c', 1),
        minutes,
        gpuCount: 1,
        gpuTier: 'H100',
        tdpWatts: 700,
        country: 'DE',
        intensity: 344,
        intensityScale: 1,
        intensitySource: 'Ember 2025, @tgwf/co2 0.19.0',
        puePercent: null,
        mg,
      },
    ],
    mg,
    mgWithPue: null,
    ...change,
  };
};
