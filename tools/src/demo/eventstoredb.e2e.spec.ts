/** One rental on a platform that keeps its facts in EventStoreDB: the same story, and not one fact in Postgres. */

import { EventStoreDBClient } from '@eventstore/db-client';
import { type EventStoreDbForTests, freshKind, startForTests } from '@tokenos/testing/eventstoredb/server-for-tests';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ssh } from '../client/ssh.js';
import { waitFor } from '../client/wait.js';
import { startPlatform, type Platform } from '../platform/platform.js';
import { awaitSettled, newBuyer, payAndEnter, type Buyer } from './buyer.js';
import { auditFacts } from './ledger.js';
import { awaitOffers, DEMO_OPERATORS, enrolOperator } from './operators.js';

const CLOCK_FACTOR = 6;
const kind = freshKind();

let dataDir: string;
let server: EventStoreDbForTests;
let platform: Platform;
let buyer: Buyer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-e2e-'));
  server = await startForTests(kind);
  platform = await startPlatform({ dataDir, clockFactor: CLOCK_FACTOR, eventStoreUrl: server.url });
  const [operator] = DEMO_OPERATORS;
  await enrolOperator(platform, dataDir, operator);
  await awaitOffers(platform, 1);
  buyer = await newBuyer(platform, dataDir, '500');
}, 240_000);

afterAll(async () => {
  buyer?.meter.close();
  await platform?.stop();
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

/** As any other client of the server sees it. */
async function typesIn(stream: string): Promise<string[]> {
  const client = EventStoreDBClient.connectionString(server.url);
  const types: string[] = [];
  for await (const { event } of client.readStream(stream)) types.push(event?.type ?? '');
  await client.dispose();
  return types;
}

async function tableOfFacts(): Promise<string | null> {
  const client = new pg.Client(platform.databaseUrl);
  await client.connect();
  const { rows } = await client.query<{ found: string | null }>(`select to_regclass('facts.fact') as found`);
  await client.end();
  return rows[0]?.found ?? null;
}

it(`a rental is paid, entered, metered, settled and found clean over EventStoreDB (${kind})`, async () => {
  const asked = { gpuTier: 'H100', durationMinutes: 10, sshPublicKeys: [buyer.identity.publicKey] };
  const answer = await buyer.api.request(asked);
  const { access } = await payAndEnter(platform, buyer, answer);
  expect((await ssh(buyer.identity, access, 'echo inside')).stdout).toBe('inside\n');
  await waitFor('a served minute', 60_000, () =>
    Promise.resolve(buyer.meter.ticks.some(({ minutesServed }) => minutesServed > 0) ? true : undefined),
  );
  await buyer.api.stop(answer.rentalId);
  await awaitSettled(buyer, answer.rentalId);
  expect((await auditFacts(platform, { clockScale: CLOCK_FACTOR })).findings).toEqual([]);

  const types = await typesIn(`rental-${answer.rentalId}`);
  expect(types[0]).toBe('RentalRequested.v1');
  expect(types).toEqual(expect.arrayContaining(['RentalStarted.v1', 'UsageMetered.v1', 'RentalSettled.v1']));
  expect(await tableOfFacts()).toBeNull();
}, 180_000);
