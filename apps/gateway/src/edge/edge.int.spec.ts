import { ISSUER } from '@tokenos/contracts/api/auth';
import { PAYMENT_HINT } from '@tokenos/contracts/subjects';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { generateKeyPair } from 'jose';
import { eventually } from '../testing/actors.js';
import type { ApiDocument } from '../testing/answer-checker.js';
import { openSocket } from '../testing/socket.js';
import { HELIUS, withGateway, type TokenOptions } from '../testing/with-gateway.js';

describe('the door', () => {
  const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }), { RATE_LIMIT_PER_MINUTE: '200' });

  describe('refuses', () => {
    const past = Math.floor(Date.now() / 1000) - 60;
    const tokens: readonly [string, () => Promise<TokenOptions>][] = [
      ['that has expired', async () => ({ claims: { exp: past } })],
      ['without an end', async () => ({ claims: { exp: undefined } })],
      ['that is not valid yet', async () => ({ claims: { nbf: past + 3600 } })],
      ['for somebody else', async () => ({ claims: { aud: 'elsewhere' } })],
      ['from somebody else', async () => ({ claims: { iss: 'elsewhere' } })],
      ['of another kind', async () => ({ header: { typ: 'JWT' } })],
      ['signed by an unknown key', async () => ({ key: (await generateKeyPair('EdDSA')).privateKey })],
      ['naming an unknown key', async () => ({ header: { kid: 'other' } })],
      ['naming no key', async () => ({ header: { kid: undefined } as never })],
      ['by another algorithm', async () => ({ header: { alg: 'HS256' }, key: new Uint8Array(32).fill(7) })],
      ['with a role that does not exist', async () => ({ claims: { roles: ['buyer', 'king'] } })],
      ['for an id that could name another stream', async () => ({ claims: { sub: 'a.b' } })],
    ];

    it.each(tokens)('a token %s', async (_what, options) => {
      const token = await gateway.token('buyer-1', ['buyer'], await options());
      const answer = await gateway.call('GET', '/v1/buyer/rentals', { token });
      expect([answer.status, answer.body['code']]).toEqual([401, 'unauthenticated']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    });

    it('a token signed by nobody', async () => {
      const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
      const [, claims] = (await gateway.token('buyer-1', ['buyer'])).split('.');
      const token = `${encode({ alg: 'none', typ: 'at+jwt', kid: 'test' })}.${claims}.AAAA`;
      expect((await gateway.call('GET', '/v1/buyer/rentals', { token })).status).toBe(401);
    });

    it('no token, and a token in the address', async () => {
      const token = await gateway.token('buyer-1', ['buyer']);
      expect((await gateway.call('GET', '/v1/buyer/rentals')).status).toBe(401);
      expect((await gateway.call('GET', `/v1/buyer/rentals?access_token=${token}`)).status).toBe(401);
    });

    it.each([
      ['operator', 'POST', '/v1/buyer/compute/requests'],
      ['auditor', 'GET', '/v1/buyer/rentals'],
      ['buyer', 'POST', '/v1/operator/nodes'],
      ['admin', 'GET', '/v1/operator/earnings'],
    ] as const)('an %s at %s %s', async (role, method, path) => {
      const token = await gateway.token('someone', [role]);
      const answer = await gateway.call(method, path, { token, ...(method === 'POST' ? { json: {} } : {}) });
      expect([answer.status, answer.body['code']]).toEqual([403, 'forbidden']);
    });

    it('what is not there', async () => {
      for (const [method, path] of [
        ['POST', '/'],
        ['GET', '/v2/buyer'],
        ['PUT', '/v1/buyer/rentals'],
        ['GET', '/docs/..%2f..%2fetc'],
      ] as const) {
        const answer = await gateway.call(method, path);
        expect([answer.status, answer.body['code']]).toEqual([404, 'not_found']);
      }
    });

    it('a form, which a browser sends without asking', async () => {
      const token = await gateway.token('operator-1', ['operator']);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await gateway.call('POST', '/v1/operator', { token, raw: 'payoutWallet=x', headers });
      expect([answer.status, answer.body['code']]).toEqual([415, 'unsupported_media_type']);
    });

    it('plain HTTP at the sockets', async () => {
      expect((await gateway.call('GET', '/v1/buyer/meter')).body['code']).toBe('upgrade_required');
      expect((await gateway.call('GET', '/v1/operator/agent')).body['code']).toBe('upgrade_required');
    });
  });

  it('takes a token of the platform itself', async () => {
    const token = await gateway.token('buyer-1', ['buyer'], { claims: { iss: ISSUER } });
    expect((await gateway.call('GET', '/v1/buyer/rentals', { token })).status).toBe(200);
  });

  it('says what every answer may do in a browser', async () => {
    for (const path of ['/v1/public/rates', '/healthz', '/nowhere']) {
      const { headers } = await gateway.call('GET', path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('shows the keys that sign tokens, and only their public part', async () => {
    const { body } = await gateway.call('GET', '/.well-known/jwks.json');
    expect(body['keys']).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: 'test', alg: 'EdDSA', use: 'sig' },
    ]);
  });

  it('shows the rate sheet', async () => {
    const { body } = await gateway.call('GET', '/v1/public/rates');
    expect(body['tiers']).toContainEqual({ tier: 'RESERVED', bps: 9000, days: [7, 30, 90] });
  });

  it('tells who knocks at the bare address where to read on, as a program or as a person', async () => {
    const { body } = await gateway.call('GET', '/');
    expect(body).toEqual({ name: 'TokenOS', docs: '/docs', openapi: '/openapi.json' });
    for (const path of [body['docs'], body['openapi']]) {
      expect((await gateway.call('GET', path as string)).status).toBe(200);
    }
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
    const page = await gateway.call('GET', '/', { headers: { accept } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain('href="/docs"');
  });

  it('serves its documentation from its own files', async () => {
    const page = await gateway.call('GET', '/docs');
    expect(page.text).not.toMatch(/https?:/);
    for (const [, file] of page.text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)) {
      expect((await gateway.call('GET', file!)).status).toBe(200);
    }
  });

  it('describes every route it has, and has every route it describes', async () => {
    const { body } = await gateway.call('GET', '/openapi.json');
    const described = Object.entries(body['paths'] as ApiDocument['paths']).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    const served = gateway.routes.filter((route) => !/^(HEAD|OPTIONS) /.test(route));
    expect(described.sort()).toEqual([...served, 'GET /healthz', 'GET /readyz'].sort());
  });

  it('says whether it is alive and ready', async () => {
    expect((await gateway.call('GET', '/healthz')).status).toBe(200);
    expect((await gateway.call('GET', '/readyz')).body).toMatchObject({ ready: true, checks: { bus: 'ok' } });
  });

  describe('the webhook', () => {
    const signature = '3'.repeat(88);
    const post = (options: object) =>
      gateway.call('POST', '/v1/webhooks/helius', { json: [{ signature }], ...options });

    it('passes on what may be payments, and believes nothing else', async () => {
      const hints: unknown[] = [];
      const { bus } = gateway.service.resources;
      bus.connection.subscribe(PAYMENT_HINT, { callback: (_, message) => void hints.push(message.json()) });
      await bus.connection.flush();
      const before = await gateway.facts();
      expect((await post({ headers: { authorization: HELIUS } })).body).toEqual({ signatures: 1 });
      expect((await post({ json: 'nonsense', headers: { authorization: HELIUS } })).status).toBe(200);
      const large = [{ signature, filler: 'x'.repeat(1_000_000) }];
      expect((await post({ json: large, headers: { authorization: HELIUS } })).status).toBe(200);
      await eventually(() => expect(hints).toEqual([{ signatures: [signature] }, { signatures: [signature] }]));
      expect(await gateway.facts()).toBe(before);
    });

    it('knows its caller', async () => {
      expect((await post({})).status).toBe(401);
      expect((await post({ headers: { authorization: `${HELIUS}x` } })).status).toBe(401);
      expect((await post({ token: await gateway.token('buyer-1', ['buyer']) })).status).toBe(401);
    });

    it('takes no more than a batch can be', async () => {
      const json = ['x'.repeat(4 * 1024 * 1024)];
      expect((await post({ json, headers: { authorization: HELIUS } })).body['code']).toBe('payload_too_large');
    });
  });

  it('counts upgrades of an address too, and tells it when to come back', async () => {
    const knock = async () => {
      const socket = await openSocket(`${gateway.url}/v1/operator/agent`, JSON.parse, {});
      socket.close();
    };
    const knocks = await Promise.allSettled(Array.from({ length: 250 }, knock));
    const refused = knocks.flatMap((knocked) => (knocked.status === 'rejected' ? [String(knocked.reason)] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(new Set(['Error: Unexpected server response: 429']));
    expect(knocks.length - refused.length).toBeGreaterThanOrEqual(200);
  });

  it('tells who asks too often when to come back', async () => {
    const answers = await Promise.all(Array.from({ length: 250 }, () => gateway.call('GET', '/.well-known/jwks.json')));
    const limited = answers.find(({ status }) => status === 429);
    expect(limited?.body['code']).toBe('rate_limited');
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('the door behind a proxy', () => {
  const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }), {
    RATE_LIMIT_PER_MINUTE: '20',
    TRUST_PROXY: '1',
  });

  it('keeps the limits of the clients behind it apart, and lets none name itself anew', async () => {
    const ask = (forwarded: string) =>
      gateway.call('GET', '/v1/public/rates', { headers: { 'x-forwarded-for': forwarded } });
    const many = await Promise.all(Array.from({ length: 30 }, (_, n) => ask(`10.9.8.${n}, 198.51.100.1`)));
    expect(many.filter(({ status }) => status === 429)).toHaveLength(10);
    expect((await ask('198.51.100.2')).status).toBe(200);
  });
});
