/**
 * The chain's public RPC port: a fixed address in front of Surfpool's random one. It lets few calls in at a time, because
 * 300 at once hung Surfpool, and refuses its cheat codes, so that money moves by transactions only.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const AT_ONCE = 8;
const UPSTREAM_TIMEOUT_MS = 10_000;
const MAX_BODY_BYTES = 1_000_000;

export interface RpcFront {
  readonly url: string;
  close(): Promise<void>;
}

/** `port` 0 takes a free one. Listens on loopback only. */
export async function startRpcFront(upstreamUrl: string, port: number): Promise<RpcFront> {
  const gate = turnstile(AT_ONCE);
  const server = createServer((request, response) => {
    answer(request, response, (body) => gate(() => forward(upstreamUrl, body))).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  ask: (body: string) => Promise<string>,
): Promise<void> {
  if (request.method !== 'POST') return void response.writeHead(405).end();
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return void response.writeHead(413).end();
  const body = await text(request);
  const calls = parse(body);
  if (calls === null) return void response.writeHead(400).end();
  if (calls.some(({ method }) => String(method).startsWith('surfnet_'))) {
    return void response.writeHead(403).end('cheat codes are not for sale here');
  }
  const result = await ask(body).catch(() => null);
  if (result === null) return void response.writeHead(502).end();
  response.writeHead(200, { 'content-type': 'application/json' }).end(result);
}

/** One call or a batch; null for what is no JSON-RPC. */
function parse(body: string): { method: unknown }[] | null {
  try {
    const calls = [JSON.parse(body) as unknown].flat();
    const isCall = (call: unknown): call is { method: unknown } =>
      typeof call === 'object' && call !== null && 'method' in call;
    return calls.every(isCall) ? calls : null;
  } catch {
    return null;
  }
}

async function forward(url: string, body: string): Promise<string> {
  const signal = AbortSignal.timeout(UPSTREAM_TIMEOUT_MS);
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body, signal })).text();
}

/** Runs at most `places` jobs at a time; the rest wait in order. */
export function turnstile(places: number): <T>(job: () => Promise<T>) => Promise<T> {
  let free = places;
  const waiting: (() => void)[] = [];
  return async (job) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
