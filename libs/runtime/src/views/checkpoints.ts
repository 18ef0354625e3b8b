/** How far into the store's global order a follower has come, durably. */

import type { Kysely } from 'kysely';
import type { RuntimeTables } from './tables.js';

/** null: before the first fact. */
export async function readCheckpoint(db: Kysely<RuntimeTables>, name: string): Promise<string | null> {
  const row = await db.selectFrom('checkpoint').select('position').where('name', '=', name).executeTakeFirst();
  return row?.position ?? null;
}

export async function saveCheckpoint(db: Kysely<RuntimeTables>, name: string, position: string | null): Promise<void> {
  await db
    .insertInto('checkpoint')
    .values({ name, position })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ position }))
    .execute();
}
