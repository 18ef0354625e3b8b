/** The public market: the sheet of rates, what each class asks now, and what one machine offers. */

import { GPU_TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { NO_RECORD, reputation } from '@tokenos/domain/reputation/reputation';
import type { Machine } from '../view/machines.js';
import { offerOf } from './offer.js';
import { ratesOf } from './rate-answer.js';

const node: Machine['node'] = {
  node_id: 'node-1',
  operator_id: 'operator-1',
  node_key: '',
  gpu_tier: 'B200',
  gpus: [
    { uuid: 'GPU-1', model: 'NVIDIA B200' },
    { uuid: 'GPU-2', model: 'NVIDIA B200' },
  ],
  simulated: true,
  region: 'eu-de',
  country: 'DE',
  verification: 'verified',
  draining: false,
  retired: false,
  rate: 9_000_000n,
  pue_percent: null,
};
const machine = (change: Partial<Machine['node']> = {}, more: Partial<Machine> = {}): Machine => ({
  node: { ...node, ...change },
  ...{ idleGpus: 1, spotGpus: 1, reserved: [], online: true, reputation: reputation(NO_RECORD), ...more },
});
const asking = (...rates: bigint[]) => ratesOf(rates.map((rate) => machine({ rate })));
const b200 = (rates: ReturnType<typeof ratesOf>) => rates.gpuClasses.find(({ gpuTier }) => gpuTier === 'B200');

describe('the rate sheet', () => {
  it('names every class with its watts, also those that nobody offers', () => {
    const { gpuClasses } = ratesOf([]);
    expect(gpuClasses.map(({ gpuTier }) => gpuTier)).toEqual([...GPU_TIERS]);
    expect(gpuClasses.every(({ live, machines, tdpWatts }) => live === null && machines === 0 && tdpWatts > 0)).toBe(
      true,
    );
  });

  it('has tiers, terms, fee and the sample of the landing page', () => {
    const { tiers, feeBps, sample } = ratesOf([]);
    expect(tiers).toEqual([
      { tier: 'ON_DEMAND', bps: 10_000, days: null },
      { tier: 'SPOT', bps: 6_000, days: null },
      { tier: 'RESERVED', bps: 9_000, days: [7, 30, 90] },
    ]);
    expect(feeBps).toBe(500);
    expect(sample.prices.map(({ hourlyPrice }) => hourlyPrice)).toEqual(['5.840000', '3.504000', '5.256000']);
  });

  it('says the lowest and the middle price of those who are there', () => {
    expect(b200(asking(9_000_000n, 7_000_000n, 8_000_000n))?.live).toMatchObject({
      lowest: '7.000000',
      median: '8.000000',
    });
    expect(b200(asking(9_000_000n, 7_000_000n))?.live).toMatchObject({ lowest: '7.000000', median: '7.000000' });
  });

  it('leaves out who is offline, draining, not verified or without a price', () => {
    const gone = [
      machine({}, { online: false }),
      machine({ draining: true }),
      machine({ verification: 'pending' }),
      machine({ retired: true }),
      machine({ rate: null }),
    ];
    expect(b200(ratesOf(gone))).toMatchObject({ machines: 0, gpus: 0, idleGpus: 0, live: null });
    expect(b200(ratesOf([...gone, machine()]))).toMatchObject({ machines: 1, gpus: 2, idleGpus: 1 });
  });
});

describe('an offer', () => {
  it('is one machine with its price at each tier, and what SPOT holds of it', () => {
    expect(offerOf(machine())).toMatchObject({
      gpuTier: 'B200',
      model: 'NVIDIA B200',
      tdpWatts: 1_000,
      gpus: 2,
      idleGpus: 1,
      spotGpus: 1,
      prices: [{ hourlyPrice: '9.000000' }, { hourlyPrice: '5.400000' }, { hourlyPrice: '8.100000' }],
    });
  });

  it('is shown while its machine is away, and not while that takes nothing', () => {
    expect(offerOf(machine({}, { online: false }))?.online).toBe(false);
    for (const change of [
      { draining: true },
      { retired: true },
      { rate: null },
      { verification: 'rejected' as const },
    ]) {
      expect(offerOf(machine(change))).toBeNull();
    }
  });
});
