/** An auditor at the door: takes everything home, at its own pace, and nobody else does. */

import { audit } from '@tokenos/audit/audit';
import { sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { evidenceAsk, PIECE_CHARACTERS } from '@tokenos/contracts/export/evidence-door';
import { exportLine } from '@tokenos/contracts/export/export-line';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { ASK_EVIDENCE } from '@tokenos/contracts/subjects';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { MAX_FACT_BYTES } from '@tokenos/runtime/event-store/port';
import { envelopes } from '@tokenos/testing/event-store/envelopes';
import { uuid } from '@tokenos/testing/generators/names';
import { requestedWith } from '@tokenos/testing/generators/sample-facts';
import { appendFacts } from '@tokenos/testing/service/append-facts';
import { randomBytes } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { machineOnline } from '../testing/actors.js';
import { withGateway } from '../testing/with-gateway.js';
import { Downloads } from './downloads.js';
import { BATCH } from './export-lines.js';

const FACTS = '/v1/audit/facts';
const LIMITS = { MAX_DOWNLOADS: '3', MAX_DOWNLOADS_PER_CALLER: '2', DOWNLOAD_STALLED_SECONDS: '6' };
/** Several times what the sockets between us hold. */
const TOO_MUCH_FOR_BUFFERS = { stream: 'payment-large', facts: 6 * BATCH, bytes: 20_000 };

describe('an auditor', () => {
  const gateway = withGateway(() => ({ postgres: withPostgres(), nats: withNats() }), LIMITS);
  let token: string;
  let machine: { nodeId: string };
  beforeAll(async () => {
    token = await gateway.token('auditor-1', ['auditor']);
    machine = await machineOnline(gateway);
  });

  const download = async (path: string) => {
    const answer = await gateway.call('GET', path, { token });
    const lines = answer.text.split('\n').slice(0, -1);
    return { ...answer, lines: lines.map((line) => exportLine.parse(JSON.parse(line))) };
  };
  const factsIn = ({ lines }: Awaited<ReturnType<typeof download>>) =>
    lines.flatMap((line) => ('fact' in line ? [line.fact] : []));

  it('takes every fact home, in the order of the store, and finds nothing wrong with it', async () => {
    const answer = await download(FACTS);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const stored = await gateway.service.resources.store.readAll(null, 1_000);
    expect(answer.lines.slice(1, -1)).toEqual(stored.map(({ envelope, position }) => ({ position, fact: envelope })));
    expect(answer.lines.at(-1)).toEqual({
      end: { position: stored.at(-1)?.position, facts: stored.length, evidence: 0 },
    });
    // Whoever verified the machine here is called `others`.
    const { findings } = audit(factsIn(answer));
    expect(findings.filter(({ code }) => code !== 'author')).toEqual([]);
  });

  it('goes on where it stopped', async () => {
    const whole = factsIn(await download(FACTS));
    const first = await download(`${FACTS}?limit=2`);
    const end = first.lines.at(-1);
    if (end === undefined || !('end' in end)) throw new Error('no end');
    const rest = await download(`${FACTS}?after=${end.end.position}`);
    expect([...factsIn(first), ...factsIn(rest)]).toEqual(whole);
  });

  it('takes one stream home, after a revision', async () => {
    const stream = `node-${machine.nodeId}`;
    const whole = factsIn(await download(`/v1/audit/streams/${stream}`));
    expect(whole.map(({ type }) => type)).toEqual(['NodeEnrolled.v1', 'NodePriced.v1', 'NodeVerified.v1']);
    expect(factsIn(await download(`/v1/audit/streams/${stream}?after=0`))).toEqual(whole.slice(1));
  });

  const refused: readonly (readonly [string, string, number, string])[] = [
    ['a position that is none', `${FACTS}?after=yesterday`, 400, 'invalid_request'],
    ['a limit that is none', `${FACTS}?limit=0`, 400, 'invalid_request'],
    ['a field that nobody knows', `${FACTS}?follow=true`, 400, 'invalid_request'],
    ['a revision that is none', '/v1/audit/streams/operator-operator-1?after=x', 400, 'invalid_request'],
    ['a stream that is not there', '/v1/audit/streams/rental-1', 404, 'not_found'],
    ['what cannot be a stream', '/v1/audit/streams/%2e%2e', 404, 'not_found'],
  ];
  it.each(refused)('is told of %s', async (_, path, status, code) => {
    const { status: got, body } = await gateway.call('GET', path, { token });
    expect([got, body['code']]).toEqual([status, code]);
  });

  it('is the only one who may', async () => {
    for (const path of [FACTS, `/v1/audit/streams/node-${machine.nodeId}`]) {
      expect((await gateway.call('GET', path)).status).toBe(401);
      for (const role of ['buyer', 'operator', 'admin'] as const) {
        const other = await gateway.token('someone', [role]);
        expect((await gateway.call('GET', path, { token: other })).status).toBe(403);
      }
    }
  });

  it('may only look, without a download', async () => {
    const answer = await fetch(`${gateway.url}${FACTS}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${token}` },
    });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  describe('of evidence', () => {
    const EVIDENCE = '/v1/audit/evidence';
    const body = JSON.stringify({ heartbeats: '😀'.repeat(PIECE_CHARACTERS) });
    const usage = { firstMinute: 0, bitmap: '1', attempt: 1, evidenceSha256: sha256Hex(body) };
    const rentalId = uuid('a', 1);
    /** As metering does; it keeps this one body. */
    const metering = () =>
      gateway.service.resources.bus.connection.subscribe(ASK_EVIDENCE, {
        callback: (_, message) => {
          const { sha256, from } = evidenceAsk.parse(message.json());
          const all = [...body];
          const to = from + PIECE_CHARACTERS;
          const found = { text: all.slice(from, to).join(''), next: to < all.length ? to : null };
          message.respond(JSON.stringify(sha256 === usage.evidenceSha256 ? found : { text: null, next: null }));
        },
      });

    it('is told that nobody keeps it, before anything is sent, where metering is down', async () => {
      const { status, headers, body: problem } = await gateway.call('GET', EVIDENCE, { token });
      expect([status, problem['code']]).toEqual([503, 'unavailable']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    });

    it('takes home what the facts name, however long, and passes over what is kept no more', async () => {
      const { store } = gateway.service.resources;
      const told = [usage, { ...usage, firstMinute: 1, evidenceSha256: 'f'.repeat(64) }];
      const requested = requestedWith({ minutes: 60 });
      const facts = [requested, ...told.map((data) => ({ type: 'UsageMetered', data }) as const)];
      await appendFacts(store, rentalStream, rentalId, facts, Date.now());
      const answering = metering();
      const all = await download(EVIDENCE);
      const one = await download(`${EVIDENCE}/${rentalId}`);
      const position = (await store.readAll(null, 1_000)).find(({ envelope }) => envelope.type === 'UsageMetered.v1');
      const kept = { sha256: usage.evidenceSha256, rentalId, firstMinute: 0, body };
      expect(all.lines.slice(1, -1)).toEqual([{ position: position?.position, evidence: kept }]);
      expect(one.lines.slice(1)).toEqual([
        { position: '1', evidence: kept },
        { end: { position: '2', facts: 0, evidence: 1 } },
      ]);
      expect((await download(`${EVIDENCE}?after=${position?.position}`)).lines).toHaveLength(2);
      expect((await gateway.call('GET', `${EVIDENCE}/${uuid('a', 9)}`, { token })).status).toBe(404);
      expect((await gateway.call('GET', `${EVIDENCE}?after=x`, { token })).status).toBe(400);
      answering.unsubscribe();
    });

    it('is for nobody else', async () => {
      const other = await gateway.token('someone', ['buyer', 'operator', 'admin']);
      for (const path of [EVIDENCE, `${EVIDENCE}/${rentalId}`]) {
        expect((await gateway.call('GET', path)).status).toBe(401);
        expect((await gateway.call('GET', path, { token: other })).status).toBe(403);
      }
    });
  });

  describe('with more to take than any buffer holds', () => {
    const large = TOO_MUCH_FOR_BUFFERS;
    const batches = large.facts / BATCH;
    beforeAll(async () => {
      const { store } = gateway.service.resources;
      // Packed it must not fit into buffers either.
      const text = () => randomBytes((large.bytes * 3) / 4).toString('base64');
      const atOnce = Math.floor(MAX_FACT_BYTES / (large.bytes + 1_000));
      for (let head = -1; head < large.facts - 1;) {
        const data = Array.from({ length: Math.min(atOnce, large.facts - 1 - head) }, text);
        await store.append(large.stream, head, envelopes(large.stream, head, ...data));
        head += data.length;
      }
    });
    const openDownload = async (headers: Record<string, string> = {}, path = FACTS): Promise<IncomingMessage> => {
      const request = get(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      return answer.on('error', () => undefined);
    };
    const spied = () => jest.spyOn(gateway.service.resources.store, 'readAll');
    afterEach(() => jest.restoreAllMocks());

    it('is read for no faster than it takes, and no more once it is gone', async () => {
      const reads = spied();
      const answer = await openDownload();
      await sleep(1_000);
      expect(reads.mock.calls.length).toBeLessThan(batches);
      answer.destroy();
      await sleep(500);
      expect(reads.mock.calls.length).toBeLessThan(batches);
    });

    it('gets it packed where it says so', async () => {
      const answer = await openDownload({ 'accept-encoding': 'gzip' });
      expect(answer.headers['content-encoding']).toBe('gzip');
      const packed = Buffer.concat(await answer.toArray());
      const lines = gunzipSync(packed).toString().split('\n');
      expect(lines.at(-2)).toMatch(/^\{"end":/);
      expect(lines.length).toBeGreaterThan(large.facts);
    });

    it.each(['identity', 'gzip'])('is never given a part for the whole (%s)', async (encoding) => {
      const { store } = gateway.service.resources;
      const readAll = store.readAll.bind(store);
      spied().mockImplementation((after, limit) =>
        after === null ? readAll(after, limit) : Promise.reject(new Error('the database is gone')),
      );
      const answer = await openDownload({ 'accept-encoding': encoding });
      const ended = await answer.toArray().then(Buffer.concat, () => null);
      // Where it fails before anything was sent, that can still be said.
      if (ended !== null) expect([answer.statusCode, JSON.parse(ended.toString())['code']]).toEqual([500, 'internal']);
    });

    it('has so many at once, and whoever has ended one, in whatever way, may begin another', async () => {
      const other = await gateway.token('auditor-2', ['auditor']);
      const third = await gateway.token('auditor-3', ['auditor']);
      const tried = async (by: string) => gateway.call('GET', `${FACTS}?limit=1`, { token: by });
      const untilFree = async (): Promise<void> => {
        for (let status = 429; status === 429; await sleep(10)) ({ status } = await tried(token));
      };
      const unread = await openDownload();
      const left = await openDownload({ 'accept-encoding': 'gzip' });
      const { status, headers, body } = await tried(token);
      expect([status, body['code'], body['detail']]).toEqual([
        429,
        'too_many_downloads',
        expect.stringContaining('as you may have at once'),
      ]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      const look = await fetch(`${gateway.url}${FACTS}`, {
        method: 'HEAD',
        headers: { authorization: `Bearer ${token}` },
      });
      expect(look.status).toBe(200);
      expect((await tried(other)).status).toBe(200);
      const others = await openDownload({ authorization: `Bearer ${other}` });
      expect((await tried(third)).body['detail']).toContain('as this gateway gives at once');

      left.destroy();
      await untilFree();
      for (let refusals = 0; refusals < 3; refusals++)
        expect((await openDownload({}, `${FACTS}?after=x`)).resume().statusCode).toBe(400);
      await untilFree();
      others.destroy();
      unread.destroy();
    });

    it('that was given up before its first line leaves its place to others', async () => {
      const { store } = gateway.service.resources;
      const readAll = store.readAll.bind(store);
      spied().mockImplementation((after, limit) => sleep(300).then(() => readAll(after, limit)));
      for (let given = 0; given < 2; given++) {
        const request = get(`${gateway.url}${FACTS}`, { headers: { authorization: `Bearer ${token}` } });
        request.on('error', () => undefined);
        await sleep(100);
        request.destroy();
      }
      await sleep(500);
      expect((await gateway.call('GET', `${FACTS}?limit=1`, { token })).status).toBe(200);
      expect(gateway.service.app.get(Downloads).underWay).toBe(0);
    });

    it('is cut off where it takes nothing more', async () => {
      const answer = await openDownload();
      const downloads = gateway.service.app.get(Downloads);
      expect(downloads.underWay).toBe(1);
      while (downloads.underWay > 0) await sleep(50);
      await expect(answer.toArray()).rejects.toThrow('aborted');
    });

    it('is cut off, and does not hold the service up, when that goes down', async () => {
      const answer = await openDownload();
      gateway.service.app.get(Downloads).onModuleDestroy();
      await expect(answer.toArray()).rejects.toThrow('aborted');
      const { status, body } = await gateway.call('GET', FACTS, { token });
      expect([status, body['code']]).toEqual([503, 'unavailable']);
    });
  });
});
