/** Many short rentals one beside the other: not a story to read, but one to measure. */

import { HOUR, SECOND } from '@tokenos/domain/time';
import type { Story } from './story.js';

const PER_MACHINE = 8;

export const rentalsAtOnce = (rentals: number): Story => ({
  name: 'crowd',
  about: `${rentals} buyers rent an H100 for ten minutes, one second after the other.`,
  machines: Array.from({ length: Math.ceil(rentals / PER_MACHINE) }, (_, index) => ({
    number: index + 1,
    gpuCount: PER_MACHINE,
    rateMicroUsdcPerHour: 5_840_000n + BigInt(index),
  })),
  within: HOUR,
  plot(stage) {
    for (let number = 1; number <= rentals; number++) {
      const asked = { number, tier: 'ON_DEMAND', minutes: 10, asksAfter: number * SECOND } as const;
      stage.rent({ ...asked, capMicroUsdcPerHour: 6_000_000n });
    }
  },
});
