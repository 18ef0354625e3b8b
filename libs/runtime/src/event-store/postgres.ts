/** The event store in Postgres: one append-only table. Every connection error surfaces; appending again is always safe. */

import { type Kysely, type Selectable, sql } from 'kysely';
import { connection, openDatabase } from '../database/database.js';
import { migrate } from '../database/migrate.js';
import { checkEnvelopes } from './check-envelopes.js';
import type { Envelope } from './envelope.js';
import { follow } from './follow.js';
import { numberedPosition } from './numbered-position.js';
import { type EventStore, RevisionConflict } from './port.js';
import { postgresAppender } from './postgres-append.js';
import { type PostgresBell, postgresBell } from './postgres-bell.js';
import { CHANNEL, type FactTable, type FactTables, migrations, SCHEMA } from './postgres-schema.js';

export interface PostgresEventStoreOptions {
  readonly applicationName?: string;
  /** How often a subscription looks even if no notice came. */
  readonly pollMs?: number;
}

/** Opens the store on a database, making its tables first if they are missing. */
export async function openPostgresEventStore(
  url: string,
  { applicationName = SCHEMA, pollMs = 2_000 }: PostgresEventStoreOptions = {},
): Promise<EventStore> {
  const db = openDatabase<FactTables>(url, SCHEMA, { applicationName });
  await migrate(db, SCHEMA, migrations).catch(async (error: unknown) => {
    await db.destroy();
    throw error;
  });
  const config = connection(url, SCHEMA, { applicationName });
  const appender = postgresAppender(config);
  /** Only who follows listens: each listener costs every append, and most services never follow. */
  let listening: PostgresBell | null = null;

  const readAll: EventStore['readAll'] = async (after, limit) => {
    const query = db.selectFrom('fact').selectAll().where('position', '>', numberedPosition(after));
    const rows = await query.orderBy('position').limit(limit).execute();
    return rows.map((row) => ({ envelope: toEnvelope(row), position: String(row.position) }));
  };

  return {
    readAll,
    async append(stream, expected, envelopes) {
      const bytes = checkEnvelopes(stream, expected, envelopes);
      if (await appender.append({ stream, expected, envelopes, bytes })) return;
      const { head, kept } = await whatIsThere(db, stream, envelopes);
      if (kept < envelopes.length) throw new RevisionConflict(stream, expected, head);
    },
    async read(stream, fromRevision = 0) {
      const query = db
        .selectFrom('fact')
        .selectAll()
        .where('stream', '=', stream)
        .where('revision', '>=', fromRevision);
      return (await query.orderBy('revision').execute()).map(toEnvelope);
    },
    subscribe(after, signal) {
      listening ??= postgresBell(config, CHANNEL);
      return follow({ readAll, bell: listening.bell, pollMs }, after, signal);
    },
    close: async () => {
      await listening?.close();
      await appender.close();
      await db.destroy();
    },
  };
}

/** The stream's head, and how many of these very envelopes are stored already. */
async function whatIsThere(db: Kysely<FactTables>, stream: string, envelopes: readonly Envelope[]) {
  const revisions = envelopes.map(({ revision }) => revision);
  const ids = envelopes.map(({ id }) => id);
  const { rows } = await sql<{ head: number; kept: number }>`
    select coalesce(max(revision), -1) as head,
      count(*) filter (where (revision, id) in (select * from unnest(${revisions}::integer[], ${ids}::text[])))::integer as kept
    from fact where stream = ${stream}`.execute(db);
  return rows[0] ?? { head: -1, kept: 0 };
}

const toEnvelope = (row: Selectable<FactTable>): Envelope => ({
  id: row.id,
  stream: row.stream,
  revision: row.revision,
  type: row.type,
  at: row.at,
  by: row.by,
  correlationId: row.correlation_id,
  causationId: row.causation_id,
  data: row.data,
  prevHash: row.prev_hash,
  hash: row.hash,
});
