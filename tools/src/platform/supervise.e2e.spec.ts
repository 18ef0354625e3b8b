/** Services killed in the middle of a rental come back, and every coin is accounted for. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../client/wait.js';
import { awaitSettled, newBuyer, payAndEnter } from '../demo/buyer.js';
import { auditFacts } from '../demo/ledger.js';
import { awaitOffers, DEMO_OPERATORS, enrolOperator } from '../demo/operators.js';
import { startPlatform, type Platform } from './platform.js';
import type { ServiceName } from './services.js';

const CLOCK_FACTOR = 6;

let dataDir: string;
let platform: Platform;
const deaths: string[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-e2e-'));
  const onDeath = (name: string): void => void deaths.push(name);
  platform = await startPlatform({ dataDir, clockFactor: CLOCK_FACTOR, onDeath });
  await enrolOperator(platform, dataDir, DEMO_OPERATORS[0]);
  await awaitOffers(platform, 1);
}, 120_000);

afterAll(async () => {
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

const kill = (name: ServiceName): void => void process.kill(platform.pids()[name] ?? 0, 'SIGKILL');

it('a rental ends with clean books though outbox, allocation, metering and settlement were killed under it', async () => {
  const buyer = await newBuyer(platform, dataDir, '200');
  const sshPublicKeys = [buyer.identity.publicKey];
  const answer = await buyer.api.request({ gpuTier: 'H100', durationMinutes: 30, sshPublicKeys });
  await payAndEnter(platform, buyer, answer);
  kill('outbox');
  kill('metering');
  kill('allocation');
  await waitFor('a tick after the deaths', 60_000, () =>
    Promise.resolve(buyer.meter.ticks.length > 0 ? true : undefined),
  );
  kill('settlement');
  await buyer.api.stop(answer.rentalId);
  kill('metering');
  const { settlement } = await awaitSettled(buyer, answer.rentalId, 120_000);
  const { totals } = settlement;
  expect(BigInt(totals?.paidMicroUsdc ?? 0)).toBe(BigInt(answer.payment.amountMicroUsdc));
  expect(new Set(deaths)).toEqual(new Set(['outbox', 'metering', 'allocation', 'settlement']));
  const { findings } = await auditFacts(platform.databaseUrl, { clockScale: CLOCK_FACTOR });
  // How late access ended is a finding of its own while allocation is down; money never is.
  expect(findings.filter(({ code }) => code !== 'I5')).toEqual([]);
  buyer.meter.close();
}, 240_000);
