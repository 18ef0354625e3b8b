/** The main path: pay, run, stop, and get back what was not used. */

import { MINUTE, SECOND } from '@tokenos/domain/time';
import type { Story } from './story.js';

export const ordinary: Story = {
  name: 'ordinary-rental',
  about: 'A buyer rents one H100 for an hour, stops after 25 minutes and a half, and gets the rest back.',
  machines: [
    { number: 1, gpuCount: 2, rateMicroUsdcPerHour: 5_840_000n },
    { number: 2, gpuCount: 2, rateMicroUsdcPerHour: 5_840_000n },
  ],
  within: 2 * 60 * MINUTE,
  plot(stage) {
    stage.rent({ number: 1, tier: 'ON_DEMAND', minutes: 60, capMicroUsdcPerHour: 6_000_000n });
    stage.when(1, 'RentalStarted', () => stage.after(25 * MINUTE + 30 * SECOND, () => stage.stop(1)));
  },
};
