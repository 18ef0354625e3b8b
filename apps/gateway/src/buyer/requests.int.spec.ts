import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { machineOnline } from '../testing/actors.js';
import { MINT, TREASURY, withGateway, type CallOptions } from '../testing/with-gateway.js';

const REQUESTS = '/v1/buyer/compute/requests';
const H100 = { gpuTier: 'H100', gpuCount: 1, tier: 'ON_DEMAND', durationDays: 1 };

describe('asking for a GPU', () => {
  const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }), { MAX_OPEN_QUOTES: '100' });
  let token: string;

  beforeAll(async () => {
    token = await gateway.token('buyer-1', ['buyer']);
    await machineOnline(gateway);
    // SPOT leaves one idle GPU of a class alone, and RESERVED needs room on another machine.
    await machineOnline(gateway, 'operator-2');
  });

  const ask = (json: unknown, options: CallOptions = {}) => gateway.call('POST', REQUESTS, { token, json, ...options });

  it('answers with all that a wallet needs to know', async () => {
    const { status, body } = await ask({ ...H100, label: 'training' });
    expect(status).toBe(201);
    const { quote, payment, rentalId } = body as Record<string, Record<string, string>>;
    expect(quote).toMatchObject({ cap: '5.840000', price: '140.160000', priceMicroUsdc: '140160000', feeBps: 500 });
    expect(payment).toMatchObject({ recipient: TREASURY, mint: MINT, memo: rentalId });
    const total = 140_160_000n + BigInt(quote!['surplusMicroUsdc']!);
    expect(payment!['amountMicroUsdc']).toBe(total.toString());
    const url = new URL(payment!['solanaPayUrl']!);
    expect(url.pathname).toBe(TREASURY);
    expect(url.searchParams.get('amount')).toBe(payment!['amount']);
    expect(url.searchParams.get('reference')).toBe(payment!['reference']);
  });

  it('appends the keys that came with it', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ1mJt0Zp0pQnTDqDPEkQpEpTiZm2dQ1tQ8lS0eVZQ1 me@home';
    const { body } = await ask({ ...H100, sshPublicKeys: [key] });
    const facts = await gateway.call('GET', `/v1/buyer/rentals/${String(body['rentalId'])}/facts`, { token });
    expect(facts.body['facts']).toMatchObject([
      { type: 'RentalRequested.v1' },
      { type: 'CredentialIssued.v1', data: { keys: [{ publicKey: key.replace(' me@home', '') }] } },
    ]);
  });

  it('takes the stated maximum as the cap, turned into an on-demand rate', async () => {
    const { body } = await ask({ ...H100, tier: 'SPOT', maxHourlyPrice: '6' });
    expect(body['quote']).toMatchObject({ cap: '10.000000', price: '144.000000' });
  });

  it.each([
    ['SPOT', 1, '84.096000'],
    ['RESERVED', 7, '883.008000'],
    ['RESERVED', 30, '3784.320000'],
    ['RESERVED', 90, '11352.960000'],
  ])('quotes %s for %i days at its tier: %s', async (tier, durationDays, price) => {
    const { status, body } = await ask({ ...H100, tier, durationDays });
    expect([status, body['ready']]).toMatchObject([201, { inSeconds: 5, why: 'idle' }]);
    expect((body['quote'] as { price: string }).price).toContain(price);
  });

  it('takes a request that nobody can serve now where the buyer is content to queue, and promises it no time', async () => {
    const { status, body } = await ask({ ...H100, region: 'us-east', maxHourlyPrice: '6', allowQueue: true });
    expect([status, body['ready']]).toMatchObject([201, { inSeconds: null, why: 'queued' }]);
    expect(body['quote']).toMatchObject({ cap: '6.000000' });
  });

  it('never asks two open quotes for the same amount', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(H100)));
    const amounts = answers.map(({ body }) => (body['payment'] as { amount: string }).amount);
    expect(new Set(amounts).size).toBe(20);
  });

  it('says 409 no_capacity where no machine could serve, and appends nothing', async () => {
    const before = await gateway.facts();
    const changes: readonly [object, RegExp][] = [
      [{ gpuTier: 'B200' }, /on the market/],
      [{ gpuTier: 'B200', maxHourlyPrice: '5.83' }, /on the market/],
      [{ gpuCount: 2 }, /online and free/],
      [{ region: 'us-east' }, /online and free/],
      [{ region: 'us-east', maxHourlyPrice: '5.83' }, /online and free/],
      [{ maxHourlyPrice: '5.83' }, /maxHourlyPrice/],
      [{ minReputation: 99 }, /online and free/],
    ];
    for (const [change, detail] of changes) {
      const { status, body } = await ask({ ...H100, ...change });
      expect({ change, status, code: body['code'] }).toEqual({ change, status: 409, code: 'no_capacity' });
      expect(body['detail']).toMatch(detail);
    }
    expect(await gateway.facts()).toBe(before);
  });

  describe('refuses, with a code and a pointer, and appends nothing for', () => {
    const bad: readonly [string, unknown, number, string, string | null][] = [
      ['an unknown tier of GPUs', { ...H100, gpuTier: 'H1000' }, 422, 'unknown_gpu_tier', '/gpuTier'],
      ['no GPUs', { ...H100, gpuCount: 0 }, 422, 'bad_gpu_count', '/gpuCount'],
      ['absurdly many', { ...H100, gpuCount: 1_000_000 }, 422, 'bad_gpu_count', '/gpuCount'],
      ['half a GPU', { ...H100, gpuCount: 1.5 }, 400, 'invalid_request', '/gpuCount'],
      [
        'RESERVED for 8 days',
        { ...H100, tier: 'RESERVED', durationDays: 8 },
        422,
        'bad_reserved_term',
        '/durationDays',
      ],
      ['an unknown tier of prices', { ...H100, tier: 'CHEAP' }, 400, 'invalid_request', '/tier'],
      ['no duration', { gpuTier: 'H100' }, 400, 'invalid_request', '/durationDays'],
      ['two durations', { ...H100, durationMinutes: 5 }, 400, 'invalid_request', '/durationDays'],
      ['a century', { ...H100, durationDays: 36_500 }, 422, 'bad_duration', '/durationMinutes'],
      ['an unknown field', { ...H100, gpus: 1 }, 400, 'invalid_request', '/gpus'],
      ['a price as a float', { ...H100, maxHourlyPrice: 5.84 }, 400, 'invalid_request', '/maxHourlyPrice'],
      ['a price of nothing', { ...H100, maxHourlyPrice: '0' }, 422, 'cap_below_tier', '/maxHourlyPrice'],
      ['an absurd price', { ...H100, maxHourlyPrice: '999999999' }, 422, 'bad_rate', '/maxHourlyPrice'],
      ['an endless wait', { ...H100, maxWaitSeconds: 86_401 }, 422, 'bad_max_wait', '/maxWaitSeconds'],
      [
        'a key that is none',
        { ...H100, sshPublicKeys: ['ssh-ed25519 AAAA'] },
        400,
        'invalid_request',
        '/sshPublicKeys/0',
      ],
      [
        'a key with options',
        { ...H100, sshPublicKeys: ['command="id" ssh-ed25519 AAAA'] },
        400,
        'invalid_request',
        '/sshPublicKeys/0',
      ],
      ['a list instead of an object', [H100], 400, 'invalid_request', ''],
    ];

    it.each(bad)('%s', async (_what, json, status, code, pointer) => {
      const before = await gateway.facts();
      const answer = await ask(json);
      expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
      expect((answer.body['errors'] as { pointer: string }[])[0]?.pointer).toBe(pointer);
      expect(await gateway.facts()).toBe(before);
    });

    it.each([
      ['malformed JSON', { raw: '{"gpuTier":' }, 400, 'malformed_json'],
      ['a poisoned prototype', { raw: '{"__proto__":{"x":1},"gpuTier":"H100"}' }, 400, 'malformed_json'],
      ['an empty body', { raw: '' }, 400, 'malformed_json'],
      ['another media type', { raw: '<x/>', headers: { 'content-type': 'text/xml' } }, 415, 'unsupported_media_type'],
      ['too much', { raw: JSON.stringify({ label: 'x'.repeat(70_000) }) }, 413, 'payload_too_large'],
      ['a key of control characters', { json: H100, headers: { 'idempotency-key': 'a b' } }, 400, 'invalid_request'],
    ] as [string, CallOptions, number, string][])('%s', async (_what, options, status, code) => {
      const before = await gateway.facts();
      const answer = await gateway.call('POST', REQUESTS, { token, ...options });
      expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
      expect(await gateway.facts()).toBe(before);
    });
  });

  describe('with an Idempotency-Key', () => {
    const keyed = (key: string, json: unknown = H100) => ask(json, { headers: { 'idempotency-key': key } });

    it('gives the same answer again, and appends once', async () => {
      const first = await keyed('again');
      const before = await gateway.facts();
      const second = await keyed('again');
      expect([second.status, second.text]).toEqual([201, first.text]);
      expect(second.headers.get('idempotency-replayed')).toBe('true');
      expect(await gateway.facts()).toBe(before);
    });

    it('makes one rental of ten requests at once', async () => {
      const before = await gateway.facts();
      const answers = await Promise.all(Array.from({ length: 10 }, () => keyed('at-once')));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await gateway.facts()).toBe(before + 1);
    });

    it('refuses another request under the same key', async () => {
      await keyed('taken');
      const answer = await keyed('taken', { ...H100, durationDays: 2 });
      expect([answer.status, answer.body['code']]).toEqual([409, 'idempotency_key_reused']);
    });

    it('lets a refused request be corrected under the same key', async () => {
      expect((await keyed('corrected', { ...H100, gpuCount: 0 })).status).toBe(422);
      expect((await keyed('corrected')).status).toBe(201);
    });

    it('keeps the keys of two buyers apart', async () => {
      const mine = await keyed('shared');
      const other = await gateway.token('buyer-2', ['buyer']);
      const theirs = await ask(H100, { token: other, headers: { 'idempotency-key': 'shared' } });
      expect(theirs.status).toBe(201);
      expect(theirs.body['rentalId']).not.toBe(mine.body['rentalId']);
    });

    it('goes on with the reserved id where an earlier try died before it answered', async () => {
      const first = await keyed('died');
      const { db } = gateway.service.resources;
      await db
        .updateTable('idempotency_keys' as never)
        .set({ answer: null } as never)
        .where('key' as never, '=', 'died' as never)
        .execute();
      const before = await gateway.facts();
      const second = await keyed('died');
      expect(second.body['rentalId']).toBe(first.body['rentalId']);
      expect(second.body['payment']).toEqual(first.body['payment']);
      expect(await gateway.facts()).toBe(before);
    });
  });
});
