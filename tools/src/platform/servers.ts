/** Postgres and NATS as parts that may die: each comes back on its data and on its port, so that nobody must be told. */

import { DESIRED_BUCKET } from '@tokenos/contracts/subjects';
import { provisionBus } from '@tokenos/runtime/bus/provision';
import { startNats } from '@tokenos/runtime/local/nats';
import { startPostgres } from '@tokenos/runtime/local/postgres';
import type { LocalServer } from '@tokenos/runtime/local/server-process';
import { join } from 'node:path';
import { natsAuthorization, PROVISIONER, type BusPasswords } from './nats-users.js';

type Start = () => Promise<LocalServer>;

export const postgresOf = (dataDir: string): Start =>
  onOnePort((port) => startPostgres({ dataDir: join(dataDir, 'postgres'), ...port }));

/** With its streams, also where it lost its disk: no service may make them. */
export const natsOf = (dataDir: string, passwords: BusPasswords): Start =>
  onOnePort(async (port) => {
    const options = { dataDir: join(dataDir, 'nats'), config: natsAuthorization(passwords) };
    const server = await startNats({ ...options, ...port });
    try {
      await provisionBus(server.url, PROVISIONER, passwords[PROVISIONER], [DESIRED_BUCKET]);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  });

/** Any free one at first, that same one ever after. */
function onOnePort(start: (port: { readonly port?: number }) => Promise<LocalServer>): Start {
  let known: { readonly port?: number } = {};
  return async () => {
    const server = await start(known);
    known = { port: Number(new URL(server.url).port) };
    return server;
  };
}
