/** The port a person expects, where it is free. */

import { freePort } from '@tokenos/runtime/local/free-port';
import { once } from 'node:events';
import { createServer } from 'node:net';

export async function portOr(wanted: number): Promise<number> {
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
