/** One publisher at a time, by an advisory lock that Postgres takes back as soon as its holder's connection is gone. */

import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RuntimeTables } from '@tokenos/runtime/views/tables';

/** Arbitrary, and the same for every outbox on this database. */
const LOCK = 7_239_441;
const RETRY_MS = 500;

/** Waits for the lock, then works on the connection that holds it: a checkpoint written there proves that the lock was still ours. */
export async function asSolePublisher(
  db: Kysely<RuntimeTables>,
  signal: AbortSignal,
  work: (locked: Kysely<RuntimeTables>) => Promise<void>,
): Promise<void> {
  await db.connection().execute(async (locked) => {
    while (!(await tryLock(locked))) await sleep(RETRY_MS, undefined, { signal });
    try {
      await work(locked);
    } finally {
      // A connection that is broken has lost the lock already.
      await sql`select pg_advisory_unlock(${LOCK})`.execute(locked).catch(() => undefined);
    }
  });
}

async function tryLock(db: Kysely<RuntimeTables>): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_lock(${LOCK}) as locked`.execute(db);
  return rows[0]?.locked === true;
}
