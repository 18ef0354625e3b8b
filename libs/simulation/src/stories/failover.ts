/** Machines that die under a running rental: another one takes it, or nobody does. */

import { HOUR, MINUTE } from '@tokenos/domain/time';
import type { Story } from './story.js';

const machine = { gpuCount: 1, rateMicroUsdcPerHour: 5_840_000n };

export const failover: Story = {
  name: 'failover',
  about:
    'The machine under a rental of an hour dies after twenty minutes. The rental goes on elsewhere by itself; what nobody served is free.',
  machines: [
    { number: 1, ...machine },
    { number: 2, ...machine, rateMicroUsdcPerHour: 6_000_000n },
  ],
  within: 2 * HOUR,
  isRace: true,
  plot(stage) {
    stage.rent({ number: 1, tier: 'ON_DEMAND', minutes: 60, capMicroUsdcPerHour: 6_000_000n });
    stage.when(1, 'RentalStarted', () => stage.after(20 * MINUTE, () => stage.machineDies(1)));
  },
};

export const nobodyCanServe: Story = {
  name: 'nobody-can-serve',
  about: 'The only machine dies under its rental. Everything that was not used comes back by itself.',
  machines: [{ number: 1, ...machine }],
  within: 2 * HOUR,
  isRace: true,
  plot(stage) {
    stage.rent({ number: 1, tier: 'ON_DEMAND', minutes: 60, capMicroUsdcPerHour: 6_000_000n });
    stage.when(1, 'RentalStarted', () => stage.after(20 * MINUTE, () => stage.machineDies(1)));
  },
};
