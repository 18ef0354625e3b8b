/** What a service stands on, without its process: real Postgres, its own view and duties, and a clock that the spec moves. */

import { seal } from '@tokenos/contracts/envelope/seal';
import type { StreamKind } from '@tokenos/contracts/facts/streams';
import type { Clock } from '@tokenos/runtime/clock';
import { openDatabase } from '@tokenos/runtime/database/database';
import { migrate } from '@tokenos/runtime/database/migrate';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import { createHandler, type Handler } from '@tokenos/runtime/handle';
import { randomIds } from '@tokenos/runtime/ids';
import type { Following } from '@tokenos/runtime/service/options';
import { withOwnWrites } from '@tokenos/runtime/service/own-writes';
import { createSignals } from '@tokenos/runtime/service/signals';
import { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import { FactFollower } from '@tokenos/runtime/views/follow';
import { runtimeMigrations, type RuntimeTables } from '@tokenos/runtime/views/tables';
import type { Kysely } from 'kysely';
import { silentLog } from '../bus/signals.js';
import { appendFacts } from './append-facts.js';

export interface MovableClock extends Clock {
  time: number;
}

export const movableClock = (time: number): MovableClock => ({
  time,
  now() {
    return this.time;
  },
  fromWall: (ms) => ms,
  toWallDuration: (ms) => ms,
});

export interface Workbench<Tables> {
  readonly db: Kysely<Tables>;
  readonly store: EventStore;
  readonly queue: DutyQueue;
  readonly act: Handler;
  readonly clock: MovableClock;
  /** Other services' facts at the clock's time, folded into this service's view. */
  tell<State, Command, Fact>(kind: StreamKind<State, Command, Fact>, id: string, ...facts: Fact[]): Promise<void>;
  factsOf<State, Command, Fact>(kind: StreamKind<State, Command, Fact>, id: string): Promise<readonly Fact[]>;
  /** When a duty is due: epoch ms, or null where there is none. */
  dueAt(kind: string, key: string): Promise<number | null>;
  close(): Promise<void>;
}

interface Bench<Tables> {
  readonly name: string;
  readonly follows: Following<Tables>;
  readonly clock: MovableClock;
}

/** Several on one database are several processes of the service. */
export async function openWorkbench<Tables>(
  url: string,
  { name, follows, clock }: Bench<Tables>,
): Promise<Workbench<Tables>> {
  const db = openDatabase<Tables>(url, name);
  const ground = openDatabase<RuntimeTables>(url, name);
  await migrate(ground, name, { ...runtimeMigrations, ...follows.view.migrations });
  const store = await openPostgresEventStore(url, { applicationName: name });
  const queue = new DutyQueue(ground);
  const signals = createSignals(silentLog);
  const follower = new FactFollower<Tables>({ ...follows, db: ground, store, queue, clock, signals });
  const act = withOwnWrites(createHandler({ store, clock, ids: randomIds, by: name, seal }), follower, signals);
  return {
    ...{ db, store, queue, act, clock },
    async tell(kind, id, ...facts) {
      const envelopes = await appendFacts(store, kind, id, facts, clock.now());
      for (const envelope of envelopes) await follower.take(envelope, 'bus');
    },
    async factsOf(kind, id) {
      return (await store.read(`${kind.category}-${id}`)).map(kind.decode);
    },
    async dueAt(kind, key) {
      const row = await ground
        .selectFrom('duties')
        .select('due_at')
        .where('kind', '=', kind)
        .where('key', '=', key)
        .executeTakeFirst();
      return row?.due_at == null ? null : Number(row.due_at);
    },
    async close() {
      await Promise.all([db.destroy(), ground.destroy(), store.close()]);
    },
  };
}
