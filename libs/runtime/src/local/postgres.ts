/** A real Postgres on this machine: loopback only, password by SCRAM, data kept between starts. */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.js';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.js';
import { cutPower } from './power-cut.js';
import { type LocalServer, serverEnvironment, type ServerProcess, startProcess } from './server-process.js';
import { awaitSurvivor } from './survivor.js';
import { type Account, privilegesOf, unprivilegedAccount } from './unprivileged.js';

export interface PostgresOptions {
  /** Made if missing; holds `cluster/`, `password` and `server.log`. */
  readonly dataDir: string;
  readonly port?: number;
  /** Server settings on top of ours, for instance `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

const PORT_RACES = 5;
const START_TIMEOUT_MS = 60_000;

/** Postgres takes no port 0, so a free one is guessed, and guessed again if another process was faster. */
export async function startPostgres(options: PostgresOptions): Promise<LocalServer> {
  const binaries = await postgresBinaries();
  await mkdir(options.dataDir, { recursive: true });
  const home = await realpath(options.dataDir);
  const account = await unprivilegedAccount(join(home, 'cluster'));
  if (account !== null) await chmod(home, 0o711);
  const privileges = await privilegesOf(account, binaries.postgres, join(home, 'cluster'));
  const password = await initialise(home, binaries, account, privileges);
  await awaitSurvivor(join(home, 'cluster/postmaster.pid'), join(home, 'cluster'));

  for (let race = 1; ; race++) {
    const port = options.port ?? (await freePort());
    const url = `postgresql://tokenos:${password}@127.0.0.1:${port}/postgres`;
    const server = await startProcess({
      program: binaries.postgres,
      args: ['-D', join(home, 'cluster'), ...settings(port, options.settings)],
      cwd: join(home, 'cluster'),
      logFile: join(home, 'server.log'),
      stopSignal: 'SIGINT',
      privileges,
    });
    if (await answers(server, url)) return { ...server, url, kill: () => cutPower(server) };
    const words = server.lastWords();
    await server.stop();
    const raced = words.includes('Address already in use') && options.port === undefined && race < PORT_RACES;
    if (!raced) throw new Error(`Postgres did not start on ${home}:\n${words}`);
  }
}

const settings = (port: number, more: PostgresOptions['settings'] = {}): string[] =>
  Object.entries({
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    ...more,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** Makes the cluster once, whole or not at all, and returns its password. */
async function initialise(
  home: string,
  { initdb }: PostgresBinaries,
  account: Account | null,
  privileges: readonly string[],
) {
  const passwordFile = join(home, 'password');
  const cluster = join(home, 'cluster');
  if (await exists(cluster)) return readFile(passwordFile, 'utf8');

  const password = randomBytes(24).toString('hex');
  const unfinished = join(home, 'cluster.new');
  await rm(unfinished, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== null) for (const path of [unfinished, passwordFile]) await chown(path, account.uid, account.gid);
  const options = [
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--username=tokenos',
    '--encoding=UTF8',
    '--no-locale',
  ];
  const command = [...privileges, '--', initdb, '-D', unfinished, '--no-instructions', ...options];
  await promisify(execFile)('setpriv', command, { env: serverEnvironment(), cwd: unfinished });
  await rename(unfinished, cluster);
  return password;
}

async function answers(server: ServerProcess, url: string): Promise<boolean> {
  for (const deadline = performance.now() + START_TIMEOUT_MS; performance.now() < deadline; await sleep(20)) {
    if (server.hasExited()) return false;
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
    client.on('error', () => undefined);
    const connected = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    if (connected && !server.hasExited()) return true;
  }
  return false;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
