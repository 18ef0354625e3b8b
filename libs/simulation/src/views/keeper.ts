/** One service's view on a real database, followed as its process would: but with nothing else of the service around it. */

import { systemClock } from '@tokenos/runtime/clock';
import { openDatabase } from '@tokenos/runtime/database/database';
import { migrate } from '@tokenos/runtime/database/migrate';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import type { Following } from '@tokenos/runtime/service/options';
import { createSignals } from '@tokenos/runtime/service/signals';
import { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import { FactFollower } from '@tokenos/runtime/views/follow';
import { rebuildView } from '@tokenos/runtime/views/rebuild/rebuild';
import { runtimeMigrations, type RuntimeTables } from '@tokenos/runtime/views/tables';
import type { View } from '@tokenos/runtime/views/view';
import { type Kysely, sql } from 'kysely';

export interface Keeper {
  readonly follower: FactFollower;
  readonly db: Kysely<RuntimeTables>;
  /** Answers how many facts it folded. */
  rebuild(): Promise<number>;
  /** Every table of the view, each row as Postgres writes it, sorted, in one hash; and how many rows that was. */
  dump(): Promise<readonly Dump[]>;
  close(): Promise<void>;
}

export interface Dump {
  readonly table: string;
  readonly rows: number;
  readonly md5: string | null;
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export async function openKeeper(
  url: string,
  schema: string,
  store: EventStore,
  { view, categories, reactions }: Following<unknown>,
): Promise<Keeper> {
  const db = openDatabase<RuntimeTables>(url, schema, { poolSize: 4, statementTimeoutMs: 120_000 });
  await migrate(db, schema, { ...runtimeMigrations, ...view.migrations });
  const queue = new DutyQueue(db);
  const parts = { store, view, categories, reactions, queue, clock: systemClock(), signals: createSignals(silent) };
  const follower = new FactFollower({ ...parts, db });
  return {
    follower,
    db,
    async rebuild() {
      let folded = 0;
      await rebuildView(
        { ...parts, url, schema, follower },
        {
          duties: false,
          onBegin: async () => undefined,
          onProgress: async (_read, done) => void (folded = done),
          onSwapped: async () => undefined,
          signal: new AbortController().signal,
        },
      );
      return folded;
    },
    dump: () => Promise.all(['followed', ...tablesOf(view)].map((table) => dumpOf(db, table))),
    close: () => db.destroy(),
  };
}

const tablesOf = ({ tables }: View<unknown>): readonly string[] => tables;

async function dumpOf(db: Kysely<RuntimeTables>, table: string): Promise<Dump> {
  const { rows } = await sql<{ rows: number; md5: string | null }>`
    select count(*)::integer as rows, md5(string_agg(line, E'\n' order by line collate "C")) as md5
    from (select one::text as line from ${sql.table(table)} as one) as lines`.execute(db);
  return { table, rows: rows[0]?.rows ?? 0, md5: rows[0]?.md5 ?? null };
}
