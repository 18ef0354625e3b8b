import { z } from 'zod';
import { ChainUnavailable } from './port.js';
import { rpcClient } from './rpc.js';

const URL_WITH_KEY = 'https://rpc.example/?api-key=secret';

const answering = (response: () => Promise<Response>) =>
  rpcClient({ url: URL_WITH_KEY, timeoutMs: 50, fetch: response });

const json = (body: unknown, status = 200) => answering(() => Promise.resolve(Response.json(body, { status })));

/** As the real fetch: never answers, and fails when its signal is aborted. */
const silent = rpcClient({
  url: URL_WITH_KEY,
  timeoutMs: 50,
  fetch: (_url, init) =>
    new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
    }),
});

describe('an RPC call', () => {
  it('gives the checked result', async () => {
    await expect(json({ result: 7 })(z.int(), 'getSlot')).resolves.toBe(7);
  });

  it.each([
    ['never answers', silent],
    ['breaks', answering(() => Promise.reject(new Error('reset')))],
    ['answers with an HTTP error', json({}, 429)],
    ['answers with an RPC error', json({ error: { code: -32_005, message: 'node is behind' } })],
    ['answers with something else', json({ result: 'seven' })],
    ['answers with no JSON at all', answering(() => Promise.resolve(new Response('<html>')))],
  ])('says that the chain is unavailable when the node %s', async (_name, rpc) => {
    await expect(rpc(z.int(), 'getSlot')).rejects.toThrow(ChainUnavailable);
  });

  it('keeps the key in the URL out of its errors', async () => {
    const error: unknown = await json({}, 500)(z.int(), 'getSlot').catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('getSlot: HTTP 500');
    expect(String(error)).not.toContain('secret');
  });
});
