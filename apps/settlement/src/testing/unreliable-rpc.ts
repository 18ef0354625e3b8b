/** Stands between settlement and the chain and fails as asked: before the chain hears a call, or after, when only the answer is lost. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** `refuse`: the chain never hears of it. `lose`: it does, and its answer is lost. */
export type Fault = 'refuse' | 'lose';

export interface UnreliableRpc {
  /** By RPC method; replaces what was asked before. */
  fail(faults: Readonly<Record<string, Fault>>): void;
  /** How often settlement has called a method. */
  calls(method: string): number;
  /** Gives the URL to ask instead of the chain's. */
  standBefore(chainUrl: string): Promise<string>;
  close(): void;
}

export function unreliableRpc(): UnreliableRpc {
  let faults: Readonly<Record<string, Fault>> = {};
  let chain = '';
  const calls: string[] = [];

  async function answer(body: string, response: ServerResponse): Promise<void> {
    const { method } = JSON.parse(body) as { method: string };
    calls.push(method);
    const fault = faults[method];
    if (fault === 'refuse') return void response.destroy();
    const headers = { 'content-type': 'application/json' };
    const answered = await (await fetch(chain, { method: 'POST', headers, body })).text();
    if (fault === 'lose') return void response.destroy();
    response.writeHead(200, headers).end(answered);
  }

  const server = createServer((request, response) => {
    void text(request)
      .then((body) => answer(body, response))
      .catch(() => response.destroy());
  });
  return {
    fail: (asked) => void (faults = asked),
    calls: (method) => calls.filter((called) => called === method).length,
    async standBefore(chainUrl) {
      chain = chainUrl;
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
