import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { childrenOf, isAlive } from './power-cut.js';
import { startPostgres } from './postgres.js';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-local-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function query<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(text);
    return rows as Row[];
  } finally {
    await client.end();
  }
}

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a local Postgres', () => {
  it('is reachable with its password only, kept where nobody else reads it, and waits for the disk', async () => {
    const server = await startPostgres({ dataDir });
    try {
      expect(await query(server.url, 'show fsync')).toStrictEqual([{ fsync: 'on' }]);
      const wrong = new URL(server.url);
      wrong.password = 'wrong';
      await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
      const password = join(dataDir, 'password');
      expect((await stat(password)).mode & 0o777).toBe(0o600);
      expect(await readFile(password, 'utf8')).toBe(new URL(server.url).password);
    } finally {
      await server.stop();
    }
  });

  it('listens on the loopback interface alone', async () => {
    const server = await startPostgres({ dataDir });
    try {
      expect(await query(server.url, 'show listen_addresses')).toStrictEqual([{ listen_addresses: '127.0.0.1' }]);
      expect(await query(server.url, 'show unix_socket_directories')).toStrictEqual([{ unix_socket_directories: '' }]);
    } finally {
      await server.stop();
    }
  });

  it.each(['the same', 'another'])('carries on with its data after a power cut, on %s port', async (which) => {
    const first = await startPostgres({ dataDir });
    await query(first.url, 'create table kept as select 42 as answer');
    const children = await childrenOf(first.pid);
    expect(children.length).toBeGreaterThan(3);
    await first.kill();
    expect(await Promise.all(children.map(isAlive))).not.toContain(true);
    const port = Number(new URL(first.url).port);
    const second = await startPostgres({ dataDir, ...(which === 'the same' ? { port } : {}) });
    try {
      expect(await query(second.url, 'select * from kept')).toStrictEqual([{ answer: 42 }]);
    } finally {
      await second.stop();
    }
  });

  it('starts although its stale lock file names a process that lives', async () => {
    await (await startPostgres({ dataDir })).stop();
    await writeFile(join(dataDir, 'cluster/postmaster.pid'), `${process.pid}\n${dataDir}/cluster\n`);
    await (await startPostgres({ dataDir })).stop();
  });

  it('takes no stop for an answer twice, and is gone afterwards', async () => {
    const server = await startPostgres({ dataDir });
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(alive(server.pid)).toBe(false);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await expect(new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject))).rejects.toThrow(
      'ECONNREFUSED',
    );
  });

  it('starts again after an initialisation that was cut short', async () => {
    await mkdir(join(dataDir, 'cluster.new/base'), { recursive: true });
    await writeFile(join(dataDir, 'password'), 'of a cluster that never was');
    const server = await startPostgres({ dataDir });
    expect(await query(server.url, 'select 1 as one')).toStrictEqual([{ one: 1 }]);
    await server.stop();
  });

  it('works below a directory that only its owner may enter', async () => {
    await chmod(dataDir, 0o700);
    const server = await startPostgres({ dataDir: join(dataDir, 'inner') });
    expect(await query(server.url, 'select 1 as one')).toStrictEqual([{ one: 1 }]);
    await server.stop();
  });

  it('says in its own words why it cannot start', async () => {
    await expect(startPostgres({ dataDir, settings: { max_connections: 'many' } })).rejects.toThrow(
      /did not start on .*max_connections/s,
    );
  });
});
