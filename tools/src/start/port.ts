/** The port a person expects, where it is free; any other where it is not, or where 0 asks for one. */

import { freePort } from '@tokenos/runtime/local/free-port';
import { once } from 'node:events';
import { createServer } from 'node:net';

export async function portOr(wanted: number): Promise<number> {
  if (wanted === 0) return freePort();
  const server = createServer();
  server.listen(wanted, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return freePort();
  }
  server.close();
  await once(server, 'close');
  return wanted;
}
