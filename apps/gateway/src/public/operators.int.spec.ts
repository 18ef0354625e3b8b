/** Reputation through the front door: public for everyone, fed by ratings, shown on offers, asked for in requests. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { operatorStream } from '@tokenos/contracts/facts/streams';
import { addDays, type Day } from '@tokenos/domain/day';
import { reputation, type ReputationInputs } from '@tokenos/domain/reputation/reputation';
import { HOUR } from '@tokenos/domain/time';
import { createHandler } from '@tokenos/runtime/handle';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { eventually, machineOnline, Others, WALLET, type TestMachine } from '../testing/actors.js';
import { MINT, withGateway } from '../testing/with-gateway.js';

const FIRST: Day = '2026-11-20';
const inputs = (servedMinutes: number, completed = 12): ReputationInputs => ({
  ageDays: 20,
  uptime: [{ day: FIRST, expectedMinutes: 1_440, servedMinutes, platformFaultMinutes: 0 }],
  ratings: [{ stars: 5, ratings: 30, weight: 1_800 }],
  jobs: { completed, failed: 0 },
});

describe('reputation at the door', () => {
  const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }));
  let machine: TestMachine;
  let buyer: string;
  let operator: string;

  beforeAll(async () => {
    machine = await machineOnline(gateway);
    buyer = await gateway.token('buyer-1', ['buyer']);
    operator = await gateway.token('operator-1', ['operator']);
  });

  const about = (id: string) => gateway.call('GET', `/v1/public/operators/${id}`);
  const offer = async (query = '') => {
    const { body } = await gateway.call('GET', `/v1/public/offers${query}`);
    return (body['items'] as { nodeId: string }[]).find(({ nodeId }) => nodeId === machine.nodeId);
  };
  /** As the reputation service does. */
  async function score(day: Day, of: ReputationInputs): Promise<void> {
    const { store, clock, ids } = gateway.service.resources;
    const act = createHandler({ store, clock, ids, by: 'reputation', seal });
    const recomputed = { rules: 'reputation@1', day, inputs: of, ...reputation(of) };
    await act.handle(operatorStream, 'operator-1', () => ({ type: 'RecordReputation', recomputed }));
    await eventually(async () => expect((await about('operator-1')).body).toMatchObject({ day }));
  }
  async function rental(): Promise<string> {
    const json = { gpuTier: 'H100', durationMinutes: 60 };
    const { body } = await gateway.call('POST', '/v1/buyer/compute/requests', { token: buyer, json });
    return body['rentalId'] as string;
  }
  const rate = (id: string, stars: unknown, headers = {}, token = buyer) =>
    gateway.call('POST', `/v1/buyer/rentals/${id}/rating`, { token, json: { stars }, headers });

  it('shows an operator without a score as the newcomer it is, with its machines', async () => {
    const { status, body, text } = await about('operator-1');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ operatorId: 'operator-1', day: null, scoreBps: 3_225, tier: 'BRONZE', provisional: true, history: [] },
      nodes: [{ nodeId: machine.nodeId, gpuTier: 'H100', region: 'eu-west', online: true, idleGpus: 1 }],
      links: { formula: '/v1/public/reputation/formula' },
    });
    expect(text).not.toContain(WALLET);
    expect(await offer()).toMatchObject({
      reputationBps: 3_225,
      reputationTier: 'BRONZE',
      reputationProvisional: true,
    });
  });

  it('knows nothing of who is no operator', async () => {
    for (const id of ['nobody', 'buyer-1', 'a%20b', 'x'.repeat(100)]) expect((await about(id)).status).toBe(404);
  });

  it('shows each score with its inputs, and why it changed', async () => {
    await score(FIRST, inputs(720));
    await score(addDays(FIRST, 1), inputs(1_440));
    const { body } = await about('operator-1');
    expect(body).toMatchObject({
      ...{ day: addDays(FIRST, 1), ...reputation(inputs(1_440)), inputs: inputs(1_440) },
      history: [
        { changeBps: 3_000, why: [{ part: 'uptime', fromBps: 5_000, toBps: 10_000 }] },
        { day: FIRST, changeBps: null, why: [] },
      ],
    });
    const own = await gateway.call('GET', '/v1/operator/reputation', { token: operator });
    const { nodes: _nodes, links: _links, ...told } = body;
    expect(own.body).toEqual(told);
  });

  it('tells the formula to anyone', async () => {
    const { body } = await gateway.call('GET', '/v1/public/reputation/formula');
    expect(body).toMatchObject({ rules: 'reputation@1', numbers: { weights: { uptime: 60, ratings: 25, jobs: 15 } } });
  });

  it('is on every offer, and keeps those out who have less than was asked for', async () => {
    const { scoreBps, tier, provisional } = reputation(inputs(1_440));
    const shown = { reputationBps: scoreBps, reputationTier: tier, reputationProvisional: provisional };
    expect(await offer()).toMatchObject(shown);
    expect(await offer('?minReputation=95')).toMatchObject(shown);
    expect(await offer('?minReputation=100')).toBeUndefined();
    const ask = (minReputation: number) =>
      gateway.call('POST', '/v1/buyer/compute/requests', {
        token: buyer,
        json: { gpuTier: 'H100', durationMinutes: 60, minReputation },
      });
    expect((await ask(95)).status).toBe(201);
    expect((await ask(100)).body['code']).toBe('no_capacity');
  });

  describe('a rating', () => {
    it('is given once, by the buyer of a rental that is over and was served', async () => {
      const id = await rental();
      const others = new Others(gateway);
      expect((await rate(id, 5)).body['code']).toBe('nothing_to_rate');
      await others.run(id, machine);
      expect((await rate(id, 5)).body['code']).toBe('nothing_to_rate');
      const usage = { firstMinute: 0, bitmap: '1', attempt: 1, evidenceSha256: '0'.repeat(64) };
      await others.rental(id, (at) => ({ type: 'MeterUsage', at: at + HOUR, usage }));
      await gateway.call('POST', `/v1/buyer/rentals/${id}/stop`, { token: buyer });

      const stranger = await gateway.token('buyer-2', ['buyer']);
      expect((await rate(id, 1, {}, stranger)).status).toBe(404);
      for (const wrong of [0, 6, 2.5, '5', null]) expect((await rate(id, wrong)).body['code']).toBe('invalid_request');
      const key = { 'idempotency-key': 'rate-1' };
      const first = await rate(id, 4, key);
      expect(first).toMatchObject({ status: 200, body: { rentalId: id, stars: 4 } });
      const facts = await gateway.facts();
      expect((await rate(id, 4, key)).text).toBe(first.text);
      expect((await rate(id, 4)).body).toEqual(first.body);
      expect((await rate(id, 5)).body['code']).toBe('rated_already');
      expect((await rate(id, 5, key)).body['code']).toBe('idempotency_key_reused');
      expect(await gateway.facts()).toBe(facts);
    });
  });

  describe('a payout wallet', () => {
    const wallet = (json: object) => gateway.call('PATCH', '/v1/operator', { token: operator, json });

    it('changes 48 hours after it was said, with notice, and one change at a time', async () => {
      const now = gateway.service.resources.clock.now();
      const changed = await wallet({ payoutWallet: MINT });
      expect(changed).toMatchObject({ status: 200, body: { payoutWallet: WALLET, change: { payoutWallet: MINT } } });
      const { effectiveAt, notice } = changed.body['change'] as { effectiveAt: string; notice: string };
      const later = Date.parse(effectiveAt) - now;
      expect(later >= 48 * HOUR && later < 48 * HOUR + 10_000).toBe(true);
      expect(notice).toContain(WALLET);
      expect((await gateway.call('GET', '/v1/operator', { token: operator })).body).toEqual(changed.body);
      expect((await wallet({ payoutWallet: MINT })).body).toEqual(changed.body);
      const third = WALLET.replace('J', 'H');
      expect((await wallet({ payoutWallet: third })).body['code']).toBe('wallet_change_pending');
    });

    it('is refused where it is none, or where nobody registered', async () => {
      expect((await wallet({ payoutWallet: '0x12' })).body['code']).toBe('invalid_request');
      const token = await gateway.token('operator-9', ['operator']);
      for (const method of ['GET', 'PATCH']) {
        const json = method === 'GET' ? {} : { json: { payoutWallet: WALLET } };
        expect((await gateway.call(method, '/v1/operator', { token, ...json })).body['code']).toBe('operator_absent');
      }
      expect((await gateway.call('GET', '/v1/operator/reputation', { token })).body['code']).toBe('operator_absent');
    });
  });
});
