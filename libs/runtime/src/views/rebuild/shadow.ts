/** A second schema in which a view is folded from zero, while the first one goes on answering. */

import { type Kysely, sql } from 'kysely';
import { openDatabase } from '../../database/database.js';
import type { Migrations } from '../../database/migrate.js';
import type { RuntimeTables } from '../tables.js';

export interface ShadowPlace {
  /** The service's database, and its schema there. */
  readonly url: string;
  readonly schema: string;
  readonly migrations: Migrations;
}

export const shadowOf = (schema: string): string => `${schema}_rebuild`;

/** Copying much in one statement takes longer than a service's own statements may. */
const STATEMENT_TIMEOUT_MS = 120_000;

/**
 * Runs `work` on the one connection to an empty shadow of the schema; null where another process has that lock. The lock is
 * the connection's: whoever dies or loses the connection can write nothing more, and has left the lock to the next.
 */
export async function withShadow<T>(
  { url, schema, migrations }: ShadowPlace,
  work: (db: Kysely<RuntimeTables>) => Promise<T>,
): Promise<T | null> {
  const shadow = shadowOf(schema);
  const options = { applicationName: shadow, poolSize: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
  const pool = openDatabase<RuntimeTables>(url, shadow, options);
  const drop = (db: Kysely<RuntimeTables>) => sql`drop schema if exists ${sql.id(shadow)} cascade`.execute(db);
  try {
    return await pool.connection().execute(async (db) => {
      if (!(await lock(db, shadow))) return null;
      // What a dead process left behind.
      await drop(db);
      await sql`create schema ${sql.id(shadow)}`.execute(db);
      await make(db, migrations);
      try {
        return await work(db);
      } finally {
        await drop(db).catch(() => undefined);
      }
    });
  } finally {
    await pool.destroy();
  }
}

/** Not by Kysely's migrator: it looks at every table of the database, also at those of other services' shadows that go at this moment. */
async function make(db: Kysely<RuntimeTables>, migrations: Migrations): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const [, { up }] of Object.entries(migrations).sort(([a], [b]) => (a < b ? -1 : 1))) await up(tx);
  });
}

async function lock(db: Kysely<RuntimeTables>, name: string): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_lock(hashtext('rebuild'), hashtext(${name})) as mine`.execute(db);
  return rows[0]?.mine ?? false;
}
