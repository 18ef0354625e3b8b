/** Three months at a stretch. */

import { DAY, HOUR, MINUTE } from '@tokenos/domain/time';
import type { Story } from './story.js';

const DAYS = 90;

export const reserved: Story = {
  name: 'reserved-90-days',
  about: 'A buyer reserves one H100 for 90 days; its operator is paid day by day while it runs.',
  machines: [
    { number: 1, gpuCount: 1, rateMicroUsdcPerHour: 5_840_000n },
    { number: 2, gpuCount: 1, rateMicroUsdcPerHour: 6_100_000n },
  ],
  isLong: true,
  within: DAYS * DAY + 2 * HOUR,
  plot(stage) {
    stage.rent({ number: 1, tier: 'RESERVED', minutes: (DAYS * DAY) / MINUTE, capMicroUsdcPerHour: 6_000_000n });
  },
};
