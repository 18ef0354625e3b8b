/** Where the database of the platform is that `npm start` keeps up on a data directory: read from what Postgres itself wrote there. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The line of postmaster.pid that holds the port. */
const PORT_LINE = 3;

/** Null where none is running on it, or none ever was. */
export async function localDatabaseUrl(dataDir: string): Promise<string | null> {
  const home = join(dataDir, 'postgres');
  const read = (name: string): Promise<string | null> => readFile(join(home, name), 'utf8').catch(() => null);
  const [pidFile, password] = await Promise.all([read('cluster/postmaster.pid'), read('password')]);
  const port = pidFile?.split('\n')[PORT_LINE];
  if (port === undefined || password === null) return null;
  return `postgresql://tokenos:${password}@127.0.0.1:${port}/postgres`;
}
