/** One real Postgres per spec file, and a database of its own for whoever asks. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LocalServer } from '@tokenos/runtime/local/server-process';
import { startPostgres } from '@tokenos/runtime/local/postgres';
import pg from 'pg';

export interface TestPostgres {
  /** The URL of a new, empty database. */
  freshDatabase(): Promise<string>;
  readonly server: () => LocalServer;
}

/** Call at the top of a describe block. Nothing has to survive a power cut here, so it does not wait for the disk. */
export function withPostgres(): TestPostgres {
  let dataDir = '';
  let server: LocalServer | undefined;
  let databases = 0;
  const running = (): LocalServer => {
    if (server === undefined) throw new Error('Postgres runs only while tests do');
    return server;
  };

  beforeAll(async () => {
    dataDir = await newCluster();
    server = await startPostgres({ dataDir, settings: { fsync: 'off' } });
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 30_000);

  return {
    server: running,
    async freshDatabase() {
      const url = new URL(running().url);
      const name = `test_${++databases}`;
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      url.pathname = name;
      return url.href;
    },
  };
}

/** A copy of the first that was made: making one takes longer than many a spec. */
async function newCluster(): Promise<string> {
  const shared = process.env['TOKENOS_SHARED_BY_SPECS'];
  if (shared === undefined) throw new Error('withPostgres wants the folder that jest/shared-setup.js makes');
  const first = join(shared, 'postgres');
  if (!existsSync(first)) await makeFirst(first);
  const dataDir = await mkdtemp(join(tmpdir(), 'tokenos-postgres-'));
  // With owners and modes, which Postgres insists on.
  await promisify(execFile)('cp', ['--archive', `${first}/.`, dataDir]);
  return dataDir;
}

async function makeFirst(place: string): Promise<void> {
  const workshop = await mkdtemp(join(tmpdir(), 'tokenos-postgres-'));
  const server = await startPostgres({ dataDir: workshop, settings: { fsync: 'off' } });
  await server.stop();
  try {
    await rename(workshop, place);
  } catch (error) {
    await rm(workshop, { recursive: true, force: true });
    // Another worker was faster.
    if (!existsSync(place)) throw error;
  }
}
