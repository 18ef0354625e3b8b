import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRpcFront, turnstile, type RpcFront } from './rpc-front.js';

/** A node that counts how many calls it has at once. */
const load = { now: 0, most: 0 };
let upstream: Server;
let front: RpcFront;

beforeAll(async () => {
  upstream = createServer((_request, response) => {
    load.most = Math.max(load.most, (load.now += 1));
    void sleep(20).then(() => {
      load.now -= 1;
      response.end('{"result":"ok"}');
    });
  });
  await new Promise<void>((ready) => upstream.listen(0, '127.0.0.1', ready));
  front = await startRpcFront(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`, 0);
});

afterAll(async () => {
  await front.close();
  upstream.closeAllConnections();
  upstream.close();
});

const ask = (body: string): Promise<Response> => fetch(front.url, { method: 'POST', body });

describe('the public RPC port', () => {
  it('passes calls on, few at a time, however many come', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask('{"method":"getSlot"}')));
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(Array(100).fill('{"result":"ok"}'));
    expect(load.most).toBeGreaterThan(1);
    expect(load.most).toBeLessThanOrEqual(8);
  });

  it('refuses cheat codes, alone and in a batch, and anything that is no call', async () => {
    expect((await ask('{"method":"surfnet_setAccount"}')).status).toBe(403);
    expect((await ask('[{"method":"getSlot"},{"method":"surfnet_timeTravel"}]')).status).toBe(403);
    expect((await ask('{"method":"\\u0073urfnet_setAccount"}')).status).toBe(403);
    for (const body of ['', 'null', '7', '{}', '[{}]']) expect((await ask(body)).status).toBe(400);
    expect((await fetch(front.url)).status).toBe(405);
    expect((await ask('x'.repeat(1_000_001))).status).toBe(413);
  });

  it('answers 502 where the chain behind it is gone', async () => {
    const orphan = await startRpcFront('http://127.0.0.1:1', 0);
    const answer = await fetch(orphan.url, { method: 'POST', body: '{"method":"getSlot"}' });
    await orphan.close();
    expect(answer.status).toBe(502);
  });

  it('says so when its port is taken', async () => {
    await expect(startRpcFront('http://127.0.0.1:1', Number(new URL(front.url).port))).rejects.toThrow('EADDRINUSE');
  });
});

describe('a turnstile', () => {
  it('lets the next one in when a job fails', async () => {
    const gate = turnstile(1);
    const jobs = [
      gate(() => Promise.reject(new Error('no'))),
      gate(() => Promise.resolve(2)),
      gate(() => Promise.resolve(3)),
    ];
    const results = await Promise.allSettled(jobs);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });
});
