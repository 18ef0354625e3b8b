/** A view that writes down each fact it is told, its follower, and all that a rebuild of it stands on: on a real Postgres, without a service. */

import { systemClock } from '@tokenos/runtime/clock';
import { openDatabase } from '@tokenos/runtime/database/database';
import { migrate } from '@tokenos/runtime/database/migrate';
import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import { memoryEventStore } from '@tokenos/runtime/event-store/memory';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import { FactFollower } from '@tokenos/runtime/views/follow';
import type { RebuildParts } from '@tokenos/runtime/views/rebuild/rebuild';
import { runtimeMigrations, type RuntimeTables } from '@tokenos/runtime/views/tables';
import type { Reactions, View } from '@tokenos/runtime/views/view';
import { type Kysely, sql } from 'kysely';
import { recordedSignals } from '../bus/signals.js';
import { envelopes } from '../event-store/envelopes.js';

/** A type, not an interface: Kysely wants to see that there is nothing else in it. */
export type LogTables = { told: { stream: string; revision: number; word: string } };

/** Each fact of `rental-...` is a word; of the word `remind` comes a duty. */
export interface RebuildBench {
  readonly db: Kysely<RuntimeTables>;
  readonly store: EventStore;
  readonly follower: FactFollower<LogTables>;
  readonly parts: RebuildParts<LogTables>;
  /** Called before each fact that is folded, with the schema that it is folded into. */
  onApply: (into: string, word: string) => void | Promise<void>;
  /** Appends as the next facts of a stream; nobody has heard of them yet. */
  append(stream: string, ...words: string[]): Promise<readonly Envelope[]>;
  /** The words of the view, stream by stream. */
  told(): Promise<readonly string[]>;
  /** Puts a word into the view that no fact says. */
  plantBug(): Promise<unknown>;
  /** The keys of what is due. */
  duties(): Promise<readonly string[]>;
  /** Holds up the first fold into the shadow until it is opened. */
  gate(): { readonly reached: Promise<void>; readonly open: () => void };
}

export async function openRebuildBench(url: string, schema: string): Promise<RebuildBench> {
  const db = openDatabase<RuntimeTables>(url, schema);
  const view = logView(async (into, word) => bench.onApply(into, word));
  await migrate(db, schema, { ...runtimeMigrations, ...view.migrations });
  const store = memoryEventStore();
  const queue = new DutyQueue(db);
  const known = { store, view, reactions, categories: ['rental'], queue, clock: systemClock() };
  const signals = recordedSignals();
  const follower = new FactFollower<LogTables>({ ...known, db, signals });
  const bench: RebuildBench = {
    ...{ db, store, follower },
    parts: { ...known, url, schema, signals, follower },
    onApply: () => undefined,
    async append(stream, ...words) {
      const made = envelopes(stream, (await store.read(stream)).length - 1, ...words);
      await store.append(stream, (made[0]?.revision ?? 0) - 1, made);
      return made;
    },
    async told() {
      const rows = db.withTables<LogTables>().selectFrom('told').select('word').orderBy('stream').orderBy('revision');
      return (await rows.execute()).map(({ word }) => word);
    },
    plantBug: () => sql`insert into told values ('rental-1', 99, 'a bug')`.execute(db),
    async duties() {
      return (await db.selectFrom('duties').select('key').orderBy('key').execute()).map(({ key }) => key);
    },
    gate() {
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const reached = new Promise<void>((resolve) => {
        bench.onApply = async (into) => {
          if (into === schema) return;
          resolve();
          await opened;
        };
      });
      return { reached, open };
    },
  };
  return bench;
}

const reactions: Reactions = ({ stream, data }) =>
  data === 'remind' ? [{ do: 'schedule', kind: 'remind', key: stream, dueAt: 1 }] : [];

function logView(onApply: RebuildBench['onApply']): View<LogTables> {
  return {
    migrations: {
      '001-told': {
        up: async (db) => {
          await sql`create table told (stream text, revision int, word text, primary key (stream, revision))`.execute(
            db,
          );
        },
      },
    },
    tables: ['told'],
    async apply(tx, { stream, revision, data }) {
      const { rows } = await sql<{ into: string }>`select current_schema() as into`.execute(tx);
      await onApply(rows[0]?.into ?? '', data as string);
      await tx
        .insertInto('told')
        .values({ stream, revision, word: data as string })
        .execute();
    },
  };
}
