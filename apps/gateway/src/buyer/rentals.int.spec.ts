import { METER_PROTOCOL, meterMessage, type MeterMessage } from '@tokenos/contracts/api/meter-socket';
import { tickSubject } from '@tokenos/contracts/subjects';
import { isSealed } from '@tokenos/contracts/envelope/seal';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { readSshKey } from './ssh-keys.js';
import { eventually, machineOnline, Others, type TestMachine } from '../testing/actors.js';
import { openSocket, type TestSocket } from '../testing/socket.js';
import { withGateway } from '../testing/with-gateway.js';

describe('a rental, as its buyer sees it', () => {
  const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }));
  const others = new Others(gateway);
  let token: string;
  let stranger: string;
  let machine: TestMachine;

  beforeAll(async () => {
    token = await gateway.token('buyer-1', ['buyer']);
    stranger = await gateway.token('buyer-2', ['buyer']);
  });

  beforeEach(async () => {
    machine = await machineOnline(gateway);
  });

  async function requested(): Promise<string> {
    const json = { gpuTier: 'H100', durationMinutes: 60 };
    const { body } = await gateway.call('POST', '/v1/buyer/compute/requests', { token, json });
    return body['rentalId'] as string;
  }

  const get = (rentalId: string, rest = '', options = {}) =>
    gateway.call('GET', `/v1/buyer/rentals/${rentalId}${rest}`, { token, ...options });
  const post = (rentalId: string, rest: string, options = {}) =>
    gateway.call('POST', `/v1/buyer/rentals/${rentalId}${rest}`, { token, ...options });

  describe('the way in', () => {
    it('is closed until it is paid, tells of starting, opens, and closes for good', async () => {
      const rentalId = await requested();
      expect((await get(rentalId, '/access')).body).toMatchObject({
        code: 'payment_required',
        detail: expect.stringMatching(/it starts once 5\.84\d{4} USDC are paid before/) as string,
      });
      expect((await get(rentalId)).body['waitingFor']).toMatch(/^5\.84\d{4} USDC, to be paid before/);
      await others.pay(rentalId);
      const starting = await get(rentalId, '/access');
      expect([starting.status, starting.headers.get('retry-after')]).toEqual([202, '2']);
      await others.place(rentalId, machine);
      await others.rental(rentalId, (at) => ({ type: 'StartRental', attempt: 1, at }));
      expect((await get(rentalId, '/access')).body['code']).toBe('ssh_key_missing');
      await post(rentalId, '/access');
      const open = await get(rentalId, '/access');
      expect(open.body).toMatchObject({
        host: '127.0.0.1',
        port: 2222,
        username: expect.stringMatching(/^r[0-9a-f]{12}$/),
      });
      expect(open.body['knownHosts']).toMatch(/^\[127\.0\.0\.1\]:2222 ssh-ed25519 AAAA/);
      await post(rentalId, '/stop');
      expect([(await get(rentalId, '/access')).status, (await post(rentalId, '/access')).status]).toEqual([410, 410]);
    });

    it('is told of the moment it opens to a buyer who waits from before the payment on', async () => {
      const rentalId = await requested();
      await post(rentalId, '/access');
      const waiting = get(rentalId, '/access?wait=60').then((answer) => ({ ...answer, at: performance.now() }));
      await others.run(rentalId, machine);
      const startedAt = performance.now();
      const { status, at } = await waiting;
      expect(status).toBe(200);
      expect(at - startedAt).toBeLessThan(1_000);
    });

    it('answers a buyer who waited in vain as if it had not waited', async () => {
      const rentalId = await requested();
      const askedAt = performance.now();
      expect((await get(rentalId, '/access?wait=1')).status).toBe(402);
      expect(performance.now() - askedAt).toBeGreaterThan(900);
      expect((await get(rentalId, '/access?wait=61')).body['code']).toBe('invalid_request');
    });
  });

  describe('a minted key', () => {
    it('is in one answer only; another replaces it', async () => {
      const rentalId = await requested();
      const first = await post(rentalId, '/access', { headers: { 'idempotency-key': 'mint' } });
      expect([first.status, first.headers.get('cache-control')]).toEqual([201, 'no-store']);
      const again = await post(rentalId, '/access', { headers: { 'idempotency-key': 'mint' } });
      expect([again.status, again.body['code']]).toEqual([409, 'secret_already_delivered']);
      const second = await post(rentalId, '/access');
      const { facts } = (await get(rentalId, '/facts')).body as { facts: Envelope[] };
      const issued = facts.filter(({ type }) => type === 'CredentialIssued.v1').map(({ data }) => data);
      expect(issued).toMatchObject(
        [first, second].map(({ body }) => ({ keys: [{ fingerprint: body['fingerprint'] }] })),
      );
      const secret = (first.body['privateKey'] as string).split('\n')[3]!;
      expect(JSON.stringify(facts)).not.toContain(secret);
      const { db } = gateway.service.resources;
      const kept = await db
        .selectFrom('idempotency_keys' as never)
        .selectAll()
        .execute();
      expect(JSON.stringify(kept)).not.toContain(secret);
    });

    it('comes bare where a key file is asked for', async () => {
      const answer = await post(await requested(), '/access', { headers: { accept: 'application/x-pem-file' } });
      expect(answer.headers.get('content-type')).toContain('application/x-pem-file');
      expect(answer.text).toMatch(
        /^-----BEGIN OPENSSH PRIVATE KEY-----\n[\s\S]+\n-----END OPENSSH PRIVATE KEY-----\n$/,
      );
    });
  });

  it('does not exist for anyone else', async () => {
    const rentalId = await requested();
    const before = await gateway.facts();
    const calls = [
      get(rentalId, '', { token: stranger }),
      get(rentalId, '/access', { token: stranger }),
      get(rentalId, '/receipt', { token: stranger }),
      get(rentalId, '/facts', { token: stranger }),
      post(rentalId, '/stop', { token: stranger }),
      post(rentalId, '/access', { token: stranger }),
      get('0190f2b4-0000-7000-8000-000000000000'),
      get('no-uuid'),
    ];
    for (const { status, body } of await Promise.all(calls)) expect([status, body['code']]).toEqual([404, 'not_found']);
    expect(await gateway.facts()).toBe(before);
    const theirs = await gateway.call('GET', '/v1/buyer/rentals', { token: stranger });
    expect(theirs.body['items']).toEqual([]);
  });

  it('says how it stands, where it runs and what happened', async () => {
    const rentalId = await requested();
    await others.run(rentalId, machine);
    const { body } = await get(rentalId);
    expect(body).toMatchObject({
      state: 'running',
      cost: { minutesServed: 0, cost: '0.000000', burnPerHour: '5.840000' },
      payment: { received: [{ inTime: true, finalized: false }] },
      placement: { nodeId: machine.nodeId, simulated: true, ratePerGpuHour: '5.840000' },
      settlement: { plans: [], totals: null },
    });
    const timeline = body['timeline'] as { fact: string }[];
    expect(timeline.map(({ fact }) => fact)).toEqual([
      'RentalRequested',
      'PaymentReceived',
      'RentalPlaced',
      'RentalStarted',
    ]);
  });

  it('stops once, however often it is told to', async () => {
    const rentalId = await requested();
    await others.run(rentalId, machine);
    const first = await post(rentalId, '/stop');
    expect(first.body).toMatchObject({ state: 'ended', end: { reason: 'buyer_stopped', fault: 'buyer' } });
    const before = await gateway.facts();
    expect((await post(rentalId, '/stop')).body).toEqual(first.body);
    expect(await gateway.facts()).toBe(before);
  });

  it('has a receipt that can be read by machines and printed for people', async () => {
    const json = { gpuTier: 'H100', durationMinutes: 60, label: '<script>alert(1)</script>' };
    const { body } = await gateway.call('POST', '/v1/buyer/compute/requests', { token, json });
    const rentalId = body['rentalId'] as string;
    await others.run(rentalId, machine);
    expect((await get(rentalId, '/receipt')).body).toMatchObject({ final: false, simulated: true, items: [] });
    const page = await get(rentalId, '/receipt', { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain('SIMULATED');
    expect(page.text).not.toContain('<script>');
  });

  it('shows its own facts, sealed one to the next, also as lines', async () => {
    const rentalId = await requested();
    const { facts } = (await get(rentalId, '/facts')).body as { facts: Envelope[] };
    expect(facts.every(isSealed)).toBe(true);
    const lines = await get(rentalId, '/facts', { headers: { accept: 'application/x-ndjson' } });
    expect(
      lines.text
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual(facts);
  });

  it('is listed newest first, page by page', async () => {
    const pager = await gateway.token('buyer-3', ['buyer']);
    const json = { gpuTier: 'H100', durationMinutes: 60 };
    const ids: unknown[] = [];
    for (let made = 0; made < 5; made++) {
      ids.unshift((await gateway.call('POST', '/v1/buyer/compute/requests', { token: pager, json })).body['rentalId']);
    }
    const seen: unknown[] = [];
    let next: unknown = null;
    do {
      const cursor = next === null ? '' : `&cursor=${next as string}`;
      const { body } = await gateway.call('GET', `/v1/buyer/rentals?limit=2${cursor}`, { token: pager });
      seen.push(...(body['items'] as { rentalId: string }[]).map(({ rentalId }) => rentalId));
      next = body['next'];
    } while (next !== null);
    expect(seen).toEqual(ids);
  });

  describe('the meter', () => {
    const sockets: TestSocket[] = [];
    afterEach(() => sockets.splice(0).forEach((socket) => socket.close()));

    async function meter(bearer: string): Promise<TestSocket<MeterMessage>> {
      const url = `${gateway.url}/v1/buyer/meter`;
      const socket = await openSocket(url, (text) => meterMessage.parse(JSON.parse(text)), { token: bearer });
      sockets.push(socket);
      return socket;
    }
    const statesOf = (messages: readonly MeterMessage[], rentalId: string) =>
      messages.flatMap((message) => (message.type === 'state' && message.rentalId === rentalId ? message.fact : []));

    it('says how each rental stands, then every change at once, and each one once', async () => {
      const rentalId = await requested();
      const { messages } = await meter(token);
      await eventually(() => expect(statesOf(messages, rentalId)).toEqual(['RentalRequested']));
      await others.pay(rentalId);
      await eventually(() => expect(statesOf(messages, rentalId)).toEqual(['RentalRequested', 'PaymentReceived']));
      await others.place(rentalId, machine);
      await eventually(() => expect(statesOf(messages, rentalId)).toHaveLength(3));
    });

    it('tells after a dropped connection what happened meanwhile', async () => {
      const rentalId = await requested();
      (await meter(token)).close();
      await others.run(rentalId, machine);
      await post(rentalId, '/stop');
      const { messages } = await meter(token);
      await eventually(() => expect(statesOf(messages, rentalId)).toEqual(['RentalEnded']));
    });

    it("passes on ticks of the buyer's own rentals, and of nobody else's", async () => {
      const rentalId = await requested();
      const [mine, theirs] = [await meter(token), await meter(stranger)];
      const tick = {
        rentalId,
        minute: 1,
        minutesServed: 1,
        costMicroUsdc: '97333',
        burnMicroUsdcPerHour: '5840000',
        at: new Date().toISOString(),
      };
      gateway.service.resources.bus.publish(tickSubject(rentalId), tick);
      await eventually(() => expect(mine.messages).toContainEqual({ type: 'tick', tick }));
      expect(theirs.messages).toEqual([]);
    });

    it('takes a token as a subprotocol, does not echo it, and takes none but a buyer’s', async () => {
      const url = `${gateway.url}/v1/buyer/meter`;
      const socket = await openSocket(url, String, { protocols: [METER_PROTOCOL, `bearer.${token}`] });
      sockets.push(socket);
      expect(socket.protocol).toBe(METER_PROTOCOL);
      const operator = await gateway.token('operator-1', ['operator']);
      await expect(openSocket(url, String, { token: operator })).rejects.toThrow('403');
      await expect(openSocket(url, String, {})).rejects.toThrow('401');
      await expect(openSocket(`${url}?access_token=${token}`, String, {})).rejects.toThrow('401');
      await expect(openSocket(`${gateway.url}/v1/elsewhere`, String, { token })).rejects.toThrow('404');
    });
  });

  it('takes keys that OpenSSH prints, and mints such', async () => {
    const { body } = await post(await requested(), '/access');
    expect(readSshKey(body['publicKey'] as string)?.fingerprint).toBe(body['fingerprint']);
  });
});
