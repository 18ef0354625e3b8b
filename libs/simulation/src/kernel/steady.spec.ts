import { MINUTE } from '@tokenos/domain/time';
import { ordinary } from '../stories/ordinary.js';
import type { Story } from '../stories/story.js';
import { tell } from '../stories/tell.js';
import { CALM } from './mischief.js';

/** Every message takes as long, or those that are passed over would change how long the others take. */
const EVEN = { ...CALM, slowestMs: 1 };

const threeHours: Story = {
  ...ordinary,
  within: 4 * 60 * MINUTE,
  plot(stage) {
    stage.rent({ number: 1, tier: 'ON_DEMAND', minutes: 240, capMicroUsdcPerHour: 6_000_000n });
    stage.when(1, 'RentalStarted', () => stage.after(190 * MINUTE + 20_000, () => stage.stop(1)));
  },
};

/** Who gets what for which minutes, and on what evidence; not the millisecond at which it was written down. */
const TELLING = ['UsageMetered.v1', 'MeterClosed.v1', 'SettlementPlanned.v1', 'RentalSettled.v1'];

async function figures(story: Story, hurries: boolean) {
  const { envelopes, steps } = await tell(story, 1, { hurries, mischief: EVEN });
  const facts = envelopes
    .filter(({ type }) => TELLING.includes(type))
    .map(({ type, data }) => ({ type, ...(data as object), planId: 'drawn' }));
  return { facts, steps };
}

describe('passing over what repeats without consequence', () => {
  it.each([ordinary, threeHours])(
    'changes no minute, no coin and no hash of the evidence',
    async (story) => {
      const hurried = await figures(story, true);
      const patient = await figures(story, false);
      expect(hurried.facts).toEqual(patient.facts);
      expect(hurried.steps).toBeLessThan(patient.steps / 3);
    },
    120_000,
  );
});
