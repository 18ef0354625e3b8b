/** The wish to rebuild a service's view, as a row in its schema: whoever may write there asks, the service does it and says how far it is. */

import { type Kysely, type Selectable, sql } from 'kysely';
import type { RuntimeTables } from '../tables.js';

type Db = Kysely<RuntimeTables>;

export type Rebuild = Selectable<RuntimeTables['rebuild']>;

/** False where one is asked for or under way already: that one goes on. */
export async function askForRebuild(db: Db, { duties }: { readonly duties: boolean }): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('rebuild')
    .values({ state: 'asked', duties, began_at: null, ended_at: null, error: null })
    .onConflict((conflict) =>
      conflict
        .column('one')
        .doUpdateSet({
          ...{ state: 'asked', duties, attempts: 0, read: 0, folded: 0, expected: 0 },
          ...{ asked_at: sql<Date>`clock_timestamp()`, began_at: null, ended_at: null, error: null },
        })
        .where('rebuild.state', 'in', ['done', 'failed']),
    )
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Takes the wish back, unless somebody has begun. */
export async function withdrawRebuild(db: Db): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('rebuild').where('state', '=', 'asked').executeTakeFirst();
  return numDeletedRows > 0n;
}

/** The last one that was asked for. */
export const readRebuild = (db: Db): Promise<Rebuild | undefined> =>
  db.selectFrom('rebuild').selectAll().executeTakeFirst();

/** One that is to be begun, or whose process may have died. */
export const openRebuild = (db: Db): Promise<Rebuild | undefined> =>
  db.selectFrom('rebuild').selectAll().where('state', 'in', ['asked', 'folding']).executeTakeFirst();

/** How many processes have begun it, this one included. */
export async function beginRebuild(db: Db): Promise<number> {
  const { attempts } = await db
    .updateTable('rebuild')
    .set((row) => ({
      ...{ state: 'folding' as const, read: 0, folded: 0 },
      attempts: sql<number>`${row.ref('attempts')} + 1`,
      began_at: sql<Date>`clock_timestamp()`,
      expected: sql<number>`(select coalesce(sum(revision + 1), 0) from followed)`,
    }))
    .returning('attempts')
    .executeTakeFirstOrThrow();
  return attempts;
}

export async function noteProgress(db: Db, read: number, folded: number): Promise<void> {
  await db.updateTable('rebuild').set({ read, folded }).execute();
}

/** `error`: null when it is done. */
export async function endRebuild(db: Db, error: string | null): Promise<void> {
  const state = error === null ? ('done' as const) : ('failed' as const);
  await db
    .updateTable('rebuild')
    .set({ state, error, ended_at: sql<Date>`clock_timestamp()` })
    .execute();
}
