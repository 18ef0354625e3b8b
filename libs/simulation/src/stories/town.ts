/** Two hours in a hall of machines: not a story to read, but what a large export is made of (tools/src/bench). */

import { HOUR, MINUTE, SECOND } from '@tokenos/domain/time';
import type { Story } from './story.js';

const BUYERS = 24;
/** Whole minutes that people rent, and what they do then. */
const TERMS: readonly { readonly minutes: number; readonly stopsAfter?: number; readonly addsAfter?: number }[] = [
  { minutes: 10 },
  { minutes: 60, stopsAfter: 25 },
  { minutes: 120, stopsAfter: 95 },
  { minutes: 60 },
  { minutes: 30, stopsAfter: 4 },
  { minutes: 20 },
  { minutes: 20, addsAfter: 10 },
];
const ADDED_MINUTES = 10;

export const town: Story = {
  name: 'town',
  about: `${BUYERS} buyers within an hour: short rentals and longer ones, and every third buyer says what it was like.`,
  machines: [1, 2, 3].map((number) => ({
    number,
    gpuCount: 8,
    rateMicroUsdcPerHour: 5_840_000n + BigInt(number),
  })),
  within: 4 * HOUR,
  plot(stage) {
    for (let number = 1; number <= BUYERS; number++) {
      const { minutes, stopsAfter, addsAfter } = TERMS[number % TERMS.length] ?? { minutes: 60 };
      const asked = { number, tier: 'ON_DEMAND', minutes, capMicroUsdcPerHour: 6_000_000n } as const;
      stage.rent({ ...asked, asksAfter: number * 2 * MINUTE + number * SECOND });
      stage.when(number, 'RentalStarted', () => {
        if (stopsAfter !== undefined) stage.after(stopsAfter * MINUTE, () => stage.stop(number));
        if (addsAfter !== undefined) stage.after(addsAfter * MINUTE, () => stage.extend(number, ADDED_MINUTES));
      });
      if (number % 3 === 0) stage.when(number, 'RentalSettled', () => stage.rate(number, 1 + (number % 5)));
    }
  },
};
