/** What can go wrong around a rental that itself goes well: the bus, the money, the buyer's plans. */

import { HOUR, MINUTE, SECOND } from '@tokenos/domain/time';
import type { Story } from './story.js';

const machine = { gpuCount: 1, rateMicroUsdcPerHour: 5_840_000n };
const machines = [
  { number: 1, ...machine },
  { number: 2, ...machine },
];
const asked = { number: 1, tier: 'ON_DEMAND', minutes: 60, capMicroUsdcPerHour: 6_000_000n } as const;

export const busGone: Story = {
  name: 'stop-without-a-bus',
  about:
    'A buyer stops while the bus is gone for a minute. The bill ends with the stop all the same; only the machine hears of it late.',
  machines,
  within: 2 * HOUR,
  // Nobody can tell the machine to close the session while the bus is gone.
  expects: ['I5'],
  plot(stage) {
    stage.rent(asked);
    stage.when(1, 'RentalStarted', () =>
      stage.after(10 * MINUTE + 30 * SECOND, () => {
        stage.busFails(MINUTE);
        stage.after(SECOND, () => stage.stop(1));
      }),
    );
  },
};

export const vanished: Story = {
  name: 'vanished-payment',
  about:
    'The block with the payment is dropped after the rental has started: the rental ends by itself, and no money moves.',
  machines,
  within: 2 * HOUR,
  isRace: true,
  plot(stage) {
    stage.rent({ ...asked, vanishesAfter: 8 * SECOND });
  },
};

export const extension: Story = {
  name: 'extension',
  about: 'A buyer of twenty minutes pays for ten more while it runs.',
  machines,
  within: 3 * HOUR,
  plot(stage) {
    stage.rent({ ...asked, minutes: 20 });
    stage.when(1, 'RentalStarted', () => stage.after(10 * MINUTE, () => stage.extend(1, 10)));
  },
};
