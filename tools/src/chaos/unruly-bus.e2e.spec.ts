/** A bus that brings every fact twice, out of order, and every tenth never; and that is gone for a minute while a buyer stops. */

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession, ssh } from '../client/ssh.js';
import { auditFacts } from '../demo/ledger.js';
import { fundBuyer, type FundedBuyer } from '../demo/buyer.js';
import { awaitOffers, DEMO_OPERATORS, enrolOperator } from '../demo/operators.js';
import { startPlatform, type Platform } from '../platform/platform.js';
import { faultsOf } from './figures.js';
import { rent, rentOne, untilState } from './traffic.js';

const CLOCK_FACTOR = 4;
const MINUTE_MS = 60_000 / CLOCK_FACTOR;

let dataDir: string;
let platform: Platform;
let buyer: FundedBuyer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-e2e-'));
  const inPlaceOf = { outbox: 'tools/dist/chaos/unruly-outbox.js' };
  platform = await startPlatform({ dataDir, clockFactor: CLOCK_FACTOR, inPlaceOf });
  await enrolOperator(platform, dataDir, DEMO_OPERATORS[0]);
  await awaitOffers(platform, 1);
  [buyer] = await fundBuyer(platform, dataDir, { name: 'buyer', usdc: '1000', patienceMs: 30_000 });
}, 120_000);

afterAll(async () => {
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

it('rentals come to the same minutes and the same money over it', async () => {
  const trade = { platform, buyer };
  const [whole, stopped] = await Promise.all([
    rentOne(trade, { minutes: 2, gpuCount: 1, stopAfterSeconds: null }),
    rentOne(trade, { minutes: 3, gpuCount: 2, stopAfterSeconds: 70 }),
  ]);
  expect(faultsOf(whole, 'term_elapsed')).toEqual([]);
  expect(whole.cost.minutesServed).toBe(2);
  expect(faultsOf(stopped, 'buyer_stopped')).toEqual([]);
  expect((await auditFacts(platform, { clockScale: CLOCK_FACTOR })).findings).toEqual([]);
}, 180_000);

it('a buyer stops while NATS is gone for a minute: the stop counts from then, access ends, the money comes', async () => {
  const rentalId = await rent({ platform, buyer }, { durationMinutes: 30 });
  await untilState(buyer, rentalId, ['running']);
  const access = await buyer.api.access(rentalId);
  const session = openSession(buyer.identity, access);
  const closed = once(session, 'exit');
  const back = platform.part('nats').kill(MINUTE_MS);
  await buyer.api.stop(rentalId);
  await back;
  await closed;
  expect((await ssh(buyer.identity, access, 'true')).code).not.toBe(0);
  const settled = await untilState(buyer, rentalId, ['settled']);
  expect(faultsOf(settled, 'buyer_stopped')).toEqual([]);
  const { findings } = await auditFacts(platform, { clockScale: CLOCK_FACTOR });
  // The machine heard of the stop only when the bus was back: that access lasted longer is a finding, and it is the only one.
  expect(findings.filter(({ code }) => code !== 'I5')).toEqual([]);
}, 180_000);
