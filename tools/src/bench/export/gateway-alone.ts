/** A gateway as the process that it is, with a store full of facts behind it and nobody else on its bus. */

import { freePort } from '@tokenos/runtime/local/free-port';
import { STORE_CHECKPOINT } from '@tokenos/runtime/views/store-pass';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { bundledServices } from '../../platform/bundles.js';
import { newCanaryKeys } from '../../platform/canary-keys.js';
import { newBusPasswords } from '../../platform/nats-users.js';
import { startProgram } from '../../platform/program.js';
import { natsOf, postgresOf } from '../../platform/servers.js';
import { environmentOf } from '../../platform/services.js';
import { openIssuer } from '../../token/issuer.js';

export interface GatewayAlone {
  readonly url: string;
  readonly databaseUrl: string;
  /** Of the process that stands there now. */
  pid(): number;
  /** Of an auditor. */
  readonly token: string;
  /** Ends the process in good order, and starts its successor at the same address. Gives how long the end took, in ms. */
  succeed(): Promise<number>;
  stop(): Promise<void>;
}

/** No wallet of anyone's: nothing is paid here. */
const NOBODY = '11111111111111111111111111111111';
const FILLED_AT_ONCE = 100_000;

export async function startGatewayAlone(dataDir: string, facts: number): Promise<GatewayAlone> {
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    const busPasswords = newBusPasswords();
    const postgres = await postgresOf(dataDir)();
    closers.push(() => postgres.stop());
    const nats = await natsOf(dataDir, busPasswords)();
    closers.push(() => nats.stop());
    const issuer = await openIssuer(dataDir);
    const gatewayPort = await freePort();
    const env = environmentOf('gateway', {
      ...{ databaseUrl: postgres.url, eventStoreUrl: undefined, natsUrl: nats.url, busPasswords, gatewayPort },
      ...{ rpcUrl: '', mint: NOBODY, treasuryWallet: NOBODY, treasuryKeyFile: '', jwksFile: issuer.jwksFile },
      ...{ heliusAuthorization: 'nobody calls this gateway', canary: newCanaryKeys() },
      clock: { factor: 1, originMs: Date.now() },
    });
    const script = (await bundledServices(process.cwd()))('gateway');
    const start = () => startProgram({ name: 'gateway', script, env, logFile: join(dataDir, 'gateway.log') });
    // It makes its tables, and then finds that it has seen everything: its views are not what is measured.
    await (await start()).stop();
    await fill(postgres.url, facts);
    let gateway = await start();
    closers.push(() => gateway.stop());
    const succeed = async (): Promise<number> => {
      const from = performance.now();
      await gateway.stop();
      const ms = performance.now() - from;
      gateway = await start();
      return ms;
    };
    const token = await issuer.mint({ subject: 'auditor', roles: ['auditor'], hours: 1 });
    const url = `http://127.0.0.1:${gatewayPort}`;
    return { url, databaseUrl: postgres.url, pid: () => gateway.pid, token, succeed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** On payments' streams, which no view of the gateway's folds. */
async function fill(url: string, facts: number): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=facts' });
  await client.connect();
  try {
    for (let from = 0; from < facts; from += FILLED_AT_ONCE) {
      await client.query(FILL, [from, Math.min(from + FILLED_AT_ONCE, facts) - 1]);
    }
    await client.query('vacuum analyze fact');
    await client.query(SEEN, [STORE_CHECKPOINT]);
  } finally {
    await client.end();
  }
}

const SEEN = `
  insert into gateway.checkpoint (name, position) select $1, max(position)::text from fact
  on conflict (name) do update set position = excluded.position`;

/** About 900 bytes each. */
const FILL = `
  insert into fact (stream, revision, id, type, at, by, correlation_id, causation_id, data, prev_hash, hash)
  select 'payment-' || n / 20, n % 20, lpad(n::text, 36, '0'), 'PaymentSeen.v1', '2026-11-23T12:00:00.000Z',
    'bench', lpad(n::text, 36, 'c'), lpad(n::text, 36, 'd'),
    json_build_object('rentalId', n, 'minutes', repeat('f', 200), 'evidenceSha256', md5(n::text) || md5('b' || n::text)),
    md5('p' || n::text) || md5('q' || n::text), md5('h' || n::text) || md5('i' || n::text)
  from generate_series($1::integer, $2::integer) as n`;
