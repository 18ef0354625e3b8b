/** A rental under way, as its buyer steers and watches it: longer, saved, told to yield, held and let go, and what it emits. */

import { meterMessage, type MeterMessage } from '@tokenos/contracts/api/meter-socket';
import { attribution } from '@tokenos/contracts/carbon/attribution';
import { tickSubject } from '@tokenos/contracts/subjects';
import { MINUTE } from '@tokenos/domain/time';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { eventually, machineOnline, Others, type TestMachine } from '../testing/actors.js';
import { openSocket } from '../testing/socket.js';
import { withGateway } from '../testing/with-gateway.js';

describe('a rental under way', () => {
  const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }));
  const others = new Others(gateway);
  let token: string;
  let machine: TestMachine;

  beforeAll(async () => {
    token = await gateway.token('buyer-1', ['buyer']);
    machine = await machineOnline(gateway);
  }, 30_000);

  /** In the queue, because the one machine is taken by the rentals before: who places it here does not look. */
  async function running(change: object = {}, on = machine): Promise<string> {
    const json = { gpuTier: 'H100', durationMinutes: 60, allowQueue: true, ...change };
    const { body } = await gateway.call('POST', '/v1/buyer/compute/requests', { token, json });
    const rentalId = body['rentalId'] as string;
    await others.run(rentalId, on);
    return rentalId;
  }
  const get = (rentalId: string, rest = '', options = {}) =>
    gateway.call('GET', `/v1/buyer/rentals/${rentalId}${rest}`, { token, ...options });
  const post = (rentalId: string, rest: string, json: object, options = {}) =>
    gateway.call('POST', `/v1/buyer/rentals/${rentalId}/${rest}`, { token, json, ...options });
  /** As if so many minutes had passed, each of them served. */
  const meter = (rentalId: string, minutes: number) =>
    others.rental(rentalId, (at) => ({
      type: 'MeterUsage',
      at: at + (minutes + 1) * MINUTE,
      usage: { firstMinute: 0, bitmap: '1'.repeat(minutes), attempt: 1, evidenceSha256: 'e'.repeat(64) },
    }));

  describe('made longer', () => {
    it('is offered more minutes at its own rate, with its own amount, reference and memo, and nothing is owed yet', async () => {
      const rentalId = await running();
      const before = (await get(rentalId)).body['endsAt'] as string;
      const { status, body } = await post(rentalId, 'extend', { minutes: 30 });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        rentalId,
        minutes: 30,
        tierBps: 10_000,
        ratePerGpuHour: '5.840000',
        price: '2.920000',
      });
      expect(Date.parse(body['endsAt'] as string) - Date.parse(before)).toBe(30 * MINUTE);
      const payment = body['payment'] as Record<string, string>;
      expect(payment).toMatchObject({ amount: body['total'], memo: body['extensionId'] });
      const url = new URL(payment['solanaPayUrl']!);
      expect(url.searchParams.get('reference')).toBe(payment['reference']);
      const detail = await get(rentalId);
      expect(detail.body).toMatchObject({ endsAt: before, course: { extensions: [{ minutes: 30, extended: false }] } });
    });

    it('ends later once it is paid', async () => {
      const rentalId = await running();
      const { body } = await post(rentalId, 'extend', { minutes: 30 });
      await others.payExtension(rentalId, body['extensionId'] as string);
      const detail = await get(rentalId);
      expect(detail.body).toMatchObject({ endsAt: body['endsAt'], course: { extensions: [{ extended: true }] } });
    });

    it('makes one offer of the same request sent twice', async () => {
      const rentalId = await running();
      const headers = { 'idempotency-key': `extend ${rentalId}`.replaceAll(' ', '-') };
      const first = await post(rentalId, 'extend', { minutes: 30 }, { headers });
      const before = await gateway.facts();
      expect((await post(rentalId, 'extend', { minutes: 30 }, { headers })).text).toBe(first.text);
      expect((await post(rentalId, 'extend', { minutes: 31 }, { headers })).body['code']).toBe(
        'idempotency_key_reused',
      );
      expect(await gateway.facts()).toBe(before);
    });

    it.each([
      [{ minutes: 0 }, 422, 'bad_duration', '/minutes'],
      [{ minutes: 1e9 }, 422, 'bad_duration', '/minutes'],
      [{ minutes: 1.5 }, 400, 'invalid_request', '/minutes'],
      [{}, 400, 'invalid_request', '/minutes'],
      [{ minutes: 5, days: 1 }, 400, 'invalid_request', '/days'],
    ])('refuses %j and appends nothing', async (json, status, code, pointer) => {
      const rentalId = await running();
      const before = await gateway.facts();
      const answer = await post(rentalId, 'extend', json);
      expect(answer.body).toMatchObject({ status, code, errors: [{ pointer }] });
      expect(await gateway.facts()).toBe(before);
    });

    it('is only while it runs, and only by its buyer', async () => {
      const rentalId = await running();
      const stranger = await gateway.token('buyer-2', ['buyer']);
      expect((await post(rentalId, 'extend', { minutes: 5 }, { token: stranger })).status).toBe(404);
      await post(rentalId, 'stop', {});
      expect((await post(rentalId, 'extend', { minutes: 5 })).body).toMatchObject({ status: 409, code: 'wrong_state' });
    });
  });

  describe('asked to save its work', () => {
    it('says what was asked for, and what was saved once the machine has', async () => {
      const rentalId = await running({ checkpointPath: 'work/model' });
      const asked = await post(rentalId, 'checkpoint', {});
      expect([asked.status, asked.body]).toMatchObject([202, { path: 'work/model', saved: null }]);
      await others.rental(rentalId, (at) => ({
        type: 'SaveCheckpoint',
        saved: { attempt: 1, where: 'local:1', sha256: 'c'.repeat(64), bytes: 512, savedAt: at },
      }));
      expect((await get(rentalId)).body).toMatchObject({ course: { checkpoint: { saved: { bytes: 512 } } } });
      expect((await post(rentalId, 'checkpoint', { path: 'elsewhere' })).body).toMatchObject({ path: 'elsewhere' });
    });

    it.each([
      [{}, 'checkpoint_path_missing'],
      [{ path: '../etc' }, 'invalid_request'],
      [{ path: 'a; rm -rf' }, 'invalid_request'],
      [{ path: '' }, 'invalid_request'],
      [{ path: 'work', when: 'now' }, 'invalid_request'],
    ])('refuses %j', async (json, code) => {
      const rentalId = await running();
      const before = await gateway.facts();
      expect((await post(rentalId, 'checkpoint', json)).body).toMatchObject({ status: 400, code });
      expect(await gateway.facts()).toBe(before);
    });
  });

  it('that loses its machine says so, where it was, and who will not be billed for it', async () => {
    const rentalId = await running();
    await others.rental(rentalId, (at) => ({
      ...{ type: 'InterruptRental', at, attempt: 1, why: 'no heartbeat for 60 s', fault: 'operator' },
    }));
    const { body } = await get(rentalId);
    expect(body).toMatchObject({
      state: 'interrupted',
      waitingFor: expect.stringContaining('another machine') as string,
      course: {
        interruption: { why: 'no heartbeat for 60 s', fault: 'operator' },
        machines: [{ attempt: 1, nodeId: machine.nodeId, until: expect.any(String) as string }],
      },
    });
    expect((await get(rentalId, '/access')).body).toMatchObject({ state: 'interrupted' });
  });

  describe('held still because it contradicts itself', () => {
    const release = (rentalId: string, json: object, bearer: string) =>
      gateway.call('POST', `/v1/admin/rentals/${rentalId}/release`, { token: bearer, json });

    it('is let go by an admin who says why, and by nobody else', async () => {
      const rentalId = await running();
      await others.rental(rentalId, (at) => ({ type: 'HaltRental', at, invariant: 'I8', evidence: 'a minute twice' }));
      expect((await get(rentalId)).body).toMatchObject({ course: { halted: { invariant: 'I8' } } });
      const why = { why: 'looked: the meter was right' };
      expect((await release(rentalId, why, token)).status).toBe(403);
      const admin = await gateway.token('admin-1', ['admin']);
      expect((await release(rentalId, {}, admin)).body['code']).toBe('invalid_request');
      expect((await release(rentalId, why, admin)).body).toEqual({ rentalId, state: 'running', halted: null });
      const before = await gateway.facts();
      expect((await release(rentalId, why, admin)).status).toBe(200);
      expect(await gateway.facts()).toBe(before);
      expect((await release('0190f2b4-0000-7000-8000-000000000000', why, admin)).status).toBe(404);
      expect((await get(rentalId)).body).toMatchObject({ course: { halted: null } });
    });
  });

  describe('and what it emits', () => {
    const month = new Date().toISOString().slice(0, 7);
    /** In the Netherlands, at the grid's yearly average. */
    const emitted = (minutes: number, puePercent: number | null = null) =>
      attribution({ gpuTier: 'H100', gpuCount: 1 }, [{ nodeId: machine.nodeId, minutes, country: 'NL', puePercent }]);
    const ofMonth = async (what: string, bearer: string) =>
      (await gateway.call('GET', `/v1/buyer/${what}?month=${month}`, { token: bearer })).body;

    it('is counted from its facts while it runs, and read from the record at its end', async () => {
      const rentalId = await running();
      await meter(rentalId, 12);
      const { mg } = emitted(12);
      expect(mg).toBeGreaterThan(0);
      expect((await get(rentalId)).body['carbon']).toMatchObject({
        ...{ mg, final: false, mgWithPue: null, hostPowerIncluded: false },
        machines: [{ country: 'NL', minutes: 12, tdpWatts: 700, intensityUnit: 'g/kWh' }],
      });
      await others.rental(rentalId, (at) => ({ type: 'StopRental', at: at + 12 * MINUTE }));
      await others.rental(rentalId, () => ({ type: 'CloseMeter' }));
      const recorded = { ...emitted(12, 150), rules: 'carbon@1' };
      await others.rental(rentalId, () => ({ type: 'AttributeCarbon', carbon: recorded }));
      const { body } = await get(rentalId, '/receipt');
      expect(body['carbon']).toMatchObject({ mg, mgWithPue: recorded.mgWithPue, final: true });
    });

    it('is in every tick, with the minutes that are not on record yet', async () => {
      const efficient = await machineOnline(gateway);
      const rentalId = await running({}, efficient);
      const path = `/v1/operator/nodes/${efficient.nodeId}`;
      const operator = await gateway.token('operator-1', ['operator']);
      const patched = await gateway.call('PATCH', path, { token: operator, json: { puePercent: 120 } });
      expect(patched.body).toMatchObject({ puePercent: 120 });
      const bad = await gateway.call('PATCH', path, { token: operator, json: { puePercent: 99 } });
      expect(bad.body).toMatchObject({ code: 'bad_pue', errors: [{ pointer: '/puePercent' }] });
      const messages = await listen();
      const tick = {
        ...{ rentalId, minute: 3, minutesServed: 3, costMicroUsdc: '1', burnMicroUsdcPerHour: '1' },
        at: new Date().toISOString(),
      };
      gateway.service.resources.bus.publish(tickSubject(rentalId), tick);
      const { mg, mgWithPue } = emitted(3, 120);
      const full = { type: 'tick', tick: { ...tick, carbonMg: mg, carbonMgWithPue: mgWithPue } };
      await eventually(() => expect(messages).toContainEqual(full));
    });

    it('adds up by month, with what was used, and with nobody else’s', async () => {
      const bearer = await gateway.token('buyer-of-the-month', ['buyer']);
      const json = { gpuTier: 'H100', durationMinutes: 60, allowQueue: true };
      const { body } = await gateway.call('POST', '/v1/buyer/compute/requests', { token: bearer, json });
      const rentalId = body['rentalId'] as string;
      await others.run(rentalId, machine);
      await meter(rentalId, 6);
      await eventually(async () => expect((await ofMonth('carbon', bearer))['rentals']).toHaveLength(1));
      const { mg } = emitted(6);
      expect(await ofMonth('carbon', bearer)).toMatchObject({ total: { mg }, rentals: [{ rentalId, carbon: { mg } }] });
      expect(await ofMonth('usage', bearer)).toMatchObject({
        total: { rentals: 1, minutesServed: 6, gpuMinutes: 6, cost: '0.584000' },
        rentals: [{ rentalId, endedAt: null, final: false, cost: '0.584000' }],
      });
      const earlier = await gateway.call('GET', '/v1/buyer/usage?month=2020-01', { token: bearer });
      expect(earlier.body).toMatchObject({ rentals: [], total: { rentals: 0, cost: '0.000000' } });
      for (const bad of ['', '?month=2026', '?month=2026-13', `?month=${month}&year=1`]) {
        const answer = await gateway.call('GET', `/v1/buyer/carbon${bad}`, { token: bearer });
        expect([bad, answer.body['code']]).toEqual([bad, 'invalid_request']);
      }
    });

    it('tells its buyer at once why and when it ended', async () => {
      const rentalId = await running();
      const messages = await listen();
      await post(rentalId, 'stop', {});
      await eventually(() =>
        expect(messages).toContainEqual(
          expect.objectContaining({ rentalId, state: 'ended', end: { reason: 'buyer_stopped', fault: 'buyer' } }),
        ),
      );
    });

    const sockets: { close(): void }[] = [];
    afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));
    async function listen(): Promise<readonly MeterMessage[]> {
      const url = `${gateway.url}/v1/buyer/meter`;
      const socket = await openSocket(url, (text) => meterMessage.parse(JSON.parse(text)), { token });
      sockets.push(socket);
      return socket.messages;
    }
  });
});
