/** Puts the shadow in the view's place: in one transaction, with the follower kept out, so that readers see the old view or the new one. */

import { type Kysely, sql, type Transaction } from 'kysely';
import type { Envelope } from '../../event-store/envelope.js';
import type { EventStore } from '../../event-store/port.js';
import type { CausedChange, DutyQueue } from '../duty-queue.js';
import { dutiesOf, foldRuns, of } from '../fold-runs.js';
import type { RuntimeTables } from '../tables.js';
import type { Reactions, View } from '../view.js';
import { shadowOf } from './shadow.js';

export interface SwapParts<Tables> {
  /** On the shadow's schema. */
  readonly db: Kysely<RuntimeTables>;
  readonly schema: string;
  readonly view: View<Tables>;
  readonly reactions: Reactions;
  readonly queue: Pick<DutyQueue, 'applyCaused'>;
  readonly store: Pick<EventStore, 'read'>;
  /** Whether duties that facts made in the shadow and that the service lacks become the service's. */
  readonly duties: boolean;
}

type Tx = Transaction<RuntimeTables>;

/** Less than what Postgres waits before it looks for a deadlock: whoever reads several tables is never its victim, we give way. */
const LOCK_TIMEOUT = '300ms';

/** `onSwapped` belongs to the transaction, on the service's own schema. Throws Postgres' `lock_not_available` where readers are in the way. */
export async function swap<Tables>(parts: SwapParts<Tables>, onSwapped: (tx: Tx) => Promise<void>): Promise<void> {
  const { db, schema, view, store, queue, duties } = parts;
  const shadow = shadowOf(schema);
  await db.transaction().execute(async (tx) => {
    await sql`set local lock_timeout = ${sql.lit(LOCK_TIMEOUT)}`.execute(tx);
    // Every fold locks a row here first: those under way end, and no other begins before we are through.
    await sql`lock table ${sql.id(schema, 'followed')} in access exclusive mode`.execute(tx);
    const owed = await level(tx, parts);
    await view.complete?.(of<Tables>(tx), (stream) => store.read(stream));
    for (const table of ['followed', ...view.tables]) {
      await sql`drop table ${sql.id(schema, table)}`.execute(tx);
      await sql`alter table ${sql.id(shadow, table)} set schema ${sql.id(schema)}`.execute(tx);
    }
    await sql`set local search_path = ${sql.id(schema)}`.execute(tx);
    await queue.applyCaused(tx, owed);
    if (duties) await adoptDuties(tx, shadow);
    await onSwapped(tx);
    await sql`drop schema ${sql.id(shadow)} cascade`.execute(tx);
  });
}

/**
 * The shadow takes what the view alone has folded. What the shadow alone has folded the follower will pass over: the duties
 * of those facts are owed, and given back.
 */
async function level<Tables>(tx: Tx, { schema, view, reactions, queue, store }: SwapParts<Tables>) {
  const { rows } = await sql<{ stream: string; live: number; shadow: number }>`
    select coalesce(live.stream, shadow.stream) as stream,
      coalesce(live.revision, -1) as live, coalesce(shadow.revision, -1) as shadow
    from ${sql.id(schema, 'followed')} as live full join followed as shadow on live.stream = shadow.stream
    where coalesce(live.revision, -1) <> coalesce(shadow.revision, -1)
    order by 1`.execute(tx);
  const owed: CausedChange[] = [];
  for (const { stream, live, shadow } of rows) {
    const [from, to] = [Math.min(live, shadow) + 1, Math.max(live, shadow)];
    const run = (await store.read(stream, from)).filter(({ revision }) => revision <= to);
    if (shadow > live) for (const envelope of run) owed.push(...(await dutiesOf(reactions, envelope)));
    else await catchUp(tx, { view, reactions: () => [], queue }, stream, run);
  }
  return owed;
}

async function catchUp<Tables>(
  tx: Tx,
  fold: { view: View<Tables>; reactions: Reactions; queue: Pick<DutyQueue, 'applyCaused'> },
  stream: string,
  run: readonly Envelope[],
): Promise<void> {
  const { applied } = await foldRuns(tx, fold, new Map([[stream, run]]));
  if (applied.length === 0) throw new Error(`the store no longer has what the view has folded of ${stream}`);
}

/** Those that are there already stay as they are: their time may have been moved, or somebody may be at them. */
async function adoptDuties(tx: Tx, shadow: string): Promise<void> {
  const columns = sql.raw('kind, key, due_at, payload, correlation_id, causation_id');
  await sql`
    insert into duties (${columns}) select ${columns} from ${sql.id(shadow, 'duties')} where due_at is not null
    on conflict do nothing`.execute(tx);
}
