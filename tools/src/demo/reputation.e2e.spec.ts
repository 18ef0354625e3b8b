/** Two operators with different pasts, through the front door: their scores differ, the auditor agrees, and the better one is rented. */

import type { reputationAnswer } from '@tokenos/contracts/api/reputation';
import { nodeStream, operatorStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import { addDays, dayOf, dayStart } from '@tokenos/domain/day';
import { DAY, HOUR, MINUTE, type Millis } from '@tokenos/domain/time';
import { openEventStore } from '@tokenos/runtime/event-store/open';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { appendFacts } from '@tokenos/testing/service/append-facts';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { Api } from '../client/api.js';
import { waitFor } from '../client/wait.js';
import { createWallet } from '../client/wallet.js';
import { startPlatform, type Platform } from '../platform/platform.js';
import { awaitSettled, newBuyer, payAndEnter, type Buyer } from './buyer.js';
import { fillWallet } from './faucet.js';
import { auditFacts } from './ledger.js';
import { awaitOffers, DEMO_OPERATORS, operatorDir, startAgent, type OperatorPlan } from './operators.js';

const CLOCK_FACTOR = 6;
const DAYS = 9;
/** The dearer of the two is the better one. */
const [GOOD, BAD] = DEMO_OPERATORS;

let dataDir: string;
let platform: Platform;
let buyer: Buyer;

/** What a machine of it did on each of the last days. It is retired by now: the one rented today is new. */
async function seedPast({ id: operatorId }: OperatorPlan, wallet: string, servedMinutes: number): Promise<void> {
  const nodeId = uuid('c', servedMinutes);
  const store = await openEventStore(platform.eventStoreUrl, { applicationName: 'elsewhere' });
  const tell = <State, Command, Fact>(kind: StreamKind<State, Command, Fact>, id: string, at: Millis, fact: Fact) =>
    appendFacts(store, kind, id, [fact], at);
  const first = addDays(dayOf(platform.clock.originMs), -DAYS);
  const at = dayStart(first) + HOUR;
  await tell(nodeStream, nodeId, at, { type: 'NodeEnrolled', data: { ...enrolment, nodeId, operatorId } });
  await tell(nodeStream, nodeId, at, { type: 'NodeRetired', data: {} });
  for (let days = 0; days < DAYS; days++) {
    const day = addDays(first, days);
    const uptime = { rules: 'uptime@1', day, expectedMinutes: 1_440, servedMinutes, platformFaultMinutes: 0 };
    await tell(nodeStream, nodeId, dayStart(day) + DAY + MINUTE, { type: 'NodeUptimeRecorded', data: uptime });
  }
  // Last, because from here on it is scored.
  await tell(operatorStream, operatorId, at, { type: 'OperatorRegistered', data: { operatorId, wallet } });
  await store.close();
}

async function enrolWithPast(plan: OperatorPlan, servedMinutes: number): Promise<void> {
  const dir = operatorDir(dataDir, plan);
  await mkdir(dir, { recursive: true });
  const wallet = await createWallet(join(dir, 'wallet.json'));
  await fillWallet(platform.chain.rpcUrl, wallet, '0');
  await seedPast(plan, wallet, servedMinutes);
  const token = await platform.issuer.mint({ subject: plan.id, roles: ['operator'], hours: 24 });
  const enrolment = await new Api(platform.gatewayUrl, token).enrolmentToken(plan.hourlyPrice);
  await startAgent(platform, join(dir, 'node'), plan, enrolment.token);
}

const standing = async ({ id }: OperatorPlan) => {
  const answer = await new Api(platform.gatewayUrl).ask<z.infer<typeof reputationAnswer>>(
    'GET',
    `/v1/public/operators/${id}`,
  );
  return answer.body;
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-e2e-'));
  platform = await startPlatform({ dataDir, clockFactor: CLOCK_FACTOR });
  await enrolWithPast(GOOD, 1_440);
  await enrolWithPast(BAD, 600);
  await awaitOffers(platform, 2);
  buyer = await newBuyer(platform, dataDir, '500');
}, 120_000);

afterAll(async () => {
  buyer?.meter.close();
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

it('operators get the scores of their pasts, and the better one is rented though it asks more', async () => {
  for (const plan of [GOOD, BAD]) {
    await waitFor(`the scores of ${plan.id}`, 60_000, async () => {
      const { history } = await standing(plan);
      return history.length >= DAYS - 1 ? true : undefined;
    });
  }
  const [good, bad] = [await standing(GOOD), await standing(BAD)];
  expect(good).toMatchObject({ tier: 'GOLD', provisional: true, parts: { uptimeBps: 10_000 } });
  expect(bad).toMatchObject({ tier: 'BRONZE', parts: { uptimeBps: 4_166 } });
  expect(good.history.slice(-3).map(({ changeBps }) => changeBps)).toEqual([857, 858, null]);
  const { items } = await new Api(platform.gatewayUrl).offers();
  const offered = (id: string) => items.find(({ operatorId }) => operatorId === id)?.reputationBps;
  expect([offered(GOOD.id), offered(BAD.id)]).toEqual([good.scoreBps, bad.scoreBps]);

  const asked = { gpuTier: 'H100', durationMinutes: 10, sshPublicKeys: [buyer.identity.publicKey] };
  const answer = await buyer.api.request({ ...asked, maxHourlyPrice: '6' });
  await payAndEnter(platform, buyer, answer);
  expect((await buyer.api.rental(answer.rentalId)).placement?.operatorId).toBe(GOOD.id);
  await waitFor('a served minute', 60_000, () =>
    Promise.resolve(buyer.meter.ticks.some(({ minutesServed }) => minutesServed > 0) ? true : undefined),
  );
  await buyer.api.stop(answer.rentalId);
  await awaitSettled(buyer, answer.rentalId);
  const rated = await buyer.api.ask('POST', `/v1/buyer/rentals/${answer.rentalId}/rating`, { stars: 5 });
  expect(rated).toMatchObject({ status: 200, body: { stars: 5 } });
  const { findings } = await auditFacts(platform, { clockScale: CLOCK_FACTOR });
  expect(findings.filter(({ code }) => code === 'reputation@1')).toEqual([]);
}, 240_000);
