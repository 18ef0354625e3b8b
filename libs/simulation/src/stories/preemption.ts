/** SPOT yields to ON_DEMAND, with notice. */

import { HOUR, MINUTE, SECOND } from '@tokenos/domain/time';
import type { Story } from './story.js';

export const preemption: Story = {
  name: 'preemption',
  about:
    'The only GPU is rented as SPOT when somebody pays for it ON_DEMAND: the SPOT buyer gets ninety seconds and the unused minutes back.',
  machines: [{ number: 1, gpuCount: 1, rateMicroUsdcPerHour: 5_840_000n }],
  within: 4 * HOUR,
  isRace: true,
  plot(stage) {
    const capMicroUsdcPerHour = 6_000_000n;
    stage.rent({ number: 1, tier: 'SPOT', minutes: 120, capMicroUsdcPerHour });
    const asked = { number: 2, tier: 'ON_DEMAND', minutes: 10, maxWaitMs: 3 * MINUTE } as const;
    stage.rent({ ...asked, asksAfter: 30 * MINUTE + 20 * SECOND, capMicroUsdcPerHour });
  },
};
