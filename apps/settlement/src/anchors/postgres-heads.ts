/** Heads in Postgres: all of its SQL. */

import { type Kysely, sql } from 'kysely';
import type { SettlementTables } from '../view/tables.js';
import { type Heads, PlaceMoved } from './port.js';

export const postgresHeads = (db: Kysely<SettlementTables>): Heads => ({
  async place() {
    const { position, facts, day } = await db.selectFrom('heads_place').selectAll().executeTakeFirstOrThrow();
    return { position, facts: Number(facts), day };
  },

  move: (from, to, heads, counted) =>
    db.transaction().execute(async (tx) => {
      const moved = await tx
        .updateTable('heads_place')
        .set({ position: to.position, facts: BigInt(to.facts), day: to.day })
        .where('facts', '=', BigInt(from.facts))
        .executeTakeFirst();
      if (moved.numUpdatedRows !== 1n) throw new PlaceMoved();
      await sql`
        insert into heads (stream, revision, hash)
        select * from unnest(
          ${heads.map(({ stream }) => stream)}::text[],
          ${heads.map(({ revision }) => revision)}::integer[],
          ${heads.map(({ hash }) => hash)}::text[])
        on conflict (stream) do update set revision = excluded.revision, hash = excluded.hash`.execute(tx);
      if (counted === undefined) return;
      const { facts, streams, previousDay, ...rest } = counted;
      await tx
        .insertInto('anchor_counts')
        .values({ ...rest, facts: BigInt(facts), streams: BigInt(streams), previous_day: previousDay })
        .execute();
    }),

  page: (after, limit) =>
    db
      .selectFrom('heads')
      .selectAll()
      .$if(after !== null, (query) => query.where('stream', '>', after))
      .orderBy('stream')
      .limit(limit)
      .execute(),

  async counted(day) {
    const row = await db.selectFrom('anchor_counts').selectAll().where('day', '=', day).executeTakeFirst();
    if (row === undefined) return null;
    const { facts, streams, previous_day: previousDay, ...rest } = row;
    return { ...rest, facts: Number(facts), streams: Number(streams), previousDay };
  },
});
