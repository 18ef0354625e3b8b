/** At the clock's own pace: a RESERVED rental ended early, one made longer for real money, ticks a minute apart, and the grams on record. */

import { MINUTE } from '@tokenos/domain/time';
import type { ExtensionOffered } from '@tokenos/contracts/api/rental-course';
import type { CarbonMonth } from '@tokenos/contracts/api/carbon';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../client/wait.js';
import { payByWallet } from '../client/wallet.js';
import { startPlatform, type Platform } from '../platform/platform.js';
import { awaitSettled, newBuyer, payAndEnter, type Buyer } from './buyer.js';
import { auditFacts } from './ledger.js';
import { awaitOffers, DEMO_OPERATORS, enrolOperator } from './operators.js';

let dataDir: string;
let platform: Platform;
let buyer: Buyer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-tiers-'));
  platform = await startPlatform({ dataDir, clockFactor: 1 });
  await Promise.all(DEMO_OPERATORS.map((plan) => enrolOperator(platform, dataDir, plan)));
  await awaitOffers(platform, DEMO_OPERATORS.length);
  buyer = await newBuyer(platform, dataDir, '2000');
}, 180_000);

afterAll(async () => {
  buyer?.meter.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

it('a RESERVED rental ended early costs the minutes consumed, one made longer ends later, and the meter ticks each minute', async () => {
  const withKey = { sshPublicKeys: [buyer.identity.publicKey] };
  const reserved = await buyer.api.request({ gpuTier: 'H100', tier: 'RESERVED', durationDays: 7, ...withKey });
  // borealis: 5.21 USDC, nine tenths of it, for 7 x 24 hours
  expect(reserved.quote).toMatchObject({ tierBps: 9_000, priceMicroUsdc: '787752000' });
  expect(reserved.ready).toMatchObject({ inSeconds: 5, why: 'idle' });
  await payAndEnter(platform, buyer, reserved);

  const short = await buyer.api.request({ gpuTier: 'H100', durationMinutes: 5, ...withKey });
  await payAndEnter(platform, buyer, short);
  const before = Date.parse((await buyer.api.rental(short.rentalId)).endsAt ?? '');
  const extend = `/v1/buyer/rentals/${short.rentalId}/extend`;
  const { status, body: offer } = await buyer.api.ask<ExtensionOffered>('POST', extend, { minutes: 10 });
  expect(status).toBe(201);
  await payByWallet(offer, { keyFile: buyer.walletFile, rpcUrl: platform.chain.rpcUrl });
  const extended = await waitFor('the later end', 30_000, async () => {
    const rental = await buyer.api.rental(short.rentalId);
    return rental.course.extensions[0]?.extended === true ? rental : undefined;
  });
  expect(Date.parse(extended.endsAt ?? '') - before).toBe(10 * MINUTE);
  await buyer.api.stop(short.rentalId);

  const ticks = await waitFor('the second tick', 4 * MINUTE, () => {
    const heard = buyer.meter.ticks.filter(({ rentalId }) => rentalId === reserved.rentalId);
    return Promise.resolve(heard.length >= 2 ? heard : undefined);
  });
  const [first, second] = ticks;
  const gap = (second?.heardAtMs ?? 0) - (first?.heardAtMs ?? 0);
  expect(gap).toBeGreaterThanOrEqual(59_000);
  expect(gap).toBeLessThanOrEqual(61_000);
  expect(second?.carbonMg).toBeGreaterThan(first?.carbonMg ?? 0);

  await buyer.api.stop(reserved.rentalId);
  const settled = await awaitSettled(buyer, reserved.rentalId, 120_000);
  const minutes = BigInt(settled.cost.minutesServed);
  expect(minutes).toBeGreaterThanOrEqual(2n);
  expect(settled.settlement.totals?.chargedMicroUsdc).toBe(((5_210_000n * 9_000n * minutes) / 600_000n).toString());
  await awaitSettled(buyer, short.rentalId, 120_000);

  const carbon = await waitFor('the grams on record', 30_000, async () => {
    const path = `/v1/buyer/carbon?month=${new Date().toISOString().slice(0, 7)}`;
    const { body: month } = await buyer.api.ask<CarbonMonth>('GET', path);
    return month.rentals.length === 2 && month.rentals.every((rental) => rental.carbon.final) ? month : undefined;
  });
  // borealis stands in Sweden: 35.89 g/kWh, 700 W
  const mg = ({ cost: { minutesServed } }: { cost: { minutesServed: number } }) =>
    Number((BigInt(minutesServed) * 700n * 3_589n) / 6_000n);
  expect(carbon.rentals[0]?.carbon.mg).toBe(mg(settled));
  expect((await auditFacts(platform, { clockScale: 1 })).findings).toEqual([]);
}, 480_000);
