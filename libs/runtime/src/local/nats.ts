/** A real nats-server with JetStream on this machine: loopback only, streams kept between starts. */

import { once } from 'node:events';
import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cutPower } from './power-cut.js';
import { type LocalServer, type ServerProcess, startProcess } from './server-process.js';
import { awaitSurvivor } from './survivor.js';

export interface NatsOptions {
  /** Made if missing; holds `nats.conf`, `jetstream/` and `server.log`. */
  readonly dataDir: string;
  /** The server picks a free one unless said. */
  readonly port?: number;
  /** More of nats-server's configuration, for instance accounts and permissions. */
  readonly config?: string;
}

const START_TIMEOUT_MS = 30_000;
const OLDEST_VERSION = [2, 9] as const;

export async function startNats(options: NatsOptions): Promise<LocalServer> {
  await mkdir(join(options.dataDir, 'jetstream'), { recursive: true });
  const home = await realpath(options.dataDir);
  await awaitSurvivor(join(home, 'nats.pid'), home);
  await writeFile(join(home, 'nats.conf'), configuration(home, options), { mode: 0o600 });
  const server = await startProcess({
    program: 'nats-server',
    args: ['-c', join(home, 'nats.conf')],
    cwd: home,
    logFile: join(home, 'server.log'),
    stopSignal: 'SIGTERM',
  });
  try {
    const url = await listeningUrl(server, home);
    await refuseOldVersion(url);
    return { ...server, url, kill: () => cutPower(server) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const configuration = (home: string, { port = -1, config = '' }: NatsOptions): string => `listen: "127.0.0.1:${port}"
pid_file: "${join(home, 'nats.pid')}"
ports_file_dir: "${home}"
jetstream { store_dir: "${join(home, 'jetstream')}" }
${config}
`;

/** The server writes its ports file once it listens. */
async function listeningUrl(server: ServerProcess, home: string): Promise<string> {
  const portsFile = join(home, `nats-server_${server.pid}.ports`);
  for (const deadline = performance.now() + START_TIMEOUT_MS; performance.now() < deadline; await sleep(10)) {
    if (server.hasExited()) break;
    const ports = await readFile(portsFile, 'utf8').catch(() => '');
    const url = /nats:\/\/127\.0\.0\.1:\d+/.exec(ports)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`nats-server did not start on ${home}:\n${server.lastWords()}`);
}

/** The INFO line, which the server sends to whoever connects, names its version. */
async function refuseOldVersion(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  try {
    const [info] = (await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })) as [Buffer];
    const version = /"version":"([^"]+)"/.exec(info.toString('utf8'))?.[1] ?? 'unknown';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major > OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor >= OLDEST_VERSION[1])) return;
    throw new Error(
      `nats-server ${version} is too old: ${OLDEST_VERSION.join('.')} brings what JetStream consumers need`,
    );
  } finally {
    socket.destroy();
  }
}
