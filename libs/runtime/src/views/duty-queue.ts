/** Writes duties down: within the transaction that makes them due, or on their own. */

import { type Kysely, sql } from 'kysely';
import type { Cause } from '../handle.js';
import { currentCause } from '../service/cause.js';
import type { DutyChange } from './duty.js';
import type { RuntimeTables } from './tables.js';

export interface CausedChange {
  readonly change: DutyChange;
  readonly cause: Cause | undefined;
}

export class DutyQueue {
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly db: Kysely<RuntimeTables>) {}

  /** Within a caller's transaction; `wake()` once it has committed, else the worker finds it within a second. */
  async apply(tx: Kysely<RuntimeTables>, changes: readonly DutyChange[], cause = currentCause()): Promise<void> {
    await this.applyCaused(
      tx,
      changes.map((change) => ({ change, cause })),
    );
  }

  /** The same for changes that came of different facts. Two statements at most, however many there are. */
  async applyCaused(tx: Kysely<RuntimeTables>, changes: readonly CausedChange[]): Promise<void> {
    // Of several to one duty only the last remains, as it would if they were made one by one.
    const last = new Map(changes.map((one) => [`${one.change.kind} ${one.change.key}`, one]));
    // Always in one order: two transactions that change the same duties cannot lock each other out.
    const sorted = [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    await cancel(tx, sorted);
    await schedule(tx, sorted);
  }

  /** Outside of any fact: written, then the worker is woken. */
  async enqueue(...changes: readonly DutyChange[]): Promise<void> {
    await this.db.transaction().execute((tx) => this.apply(tx, changes));
    this.wake();
  }

  wake(): void {
    for (const listener of this.listeners) listener();
  }

  onWake(listener: () => void): void {
    this.listeners.push(listener);
  }
}

type Schedule = Extract<DutyChange, { do: 'schedule' }>;

/** Leaves a claim in place: who runs it now finishes first, sees the new version, and lets it run again. */
async function schedule(tx: Kysely<RuntimeTables>, changes: readonly CausedChange[]): Promise<void> {
  const rows = changes.flatMap(({ change, cause }) => (change.do === 'schedule' ? [rowOf(change, cause)] : []));
  if (rows.length === 0) return;
  await tx
    .insertInto('duties')
    .columns(['kind', 'key', 'due_at', 'payload', 'correlation_id', 'causation_id'])
    .expression(
      sql`select * from unnest(
        ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.key)}::text[],
        ${rows.map((row) => row.dueAt)}::bigint[], ${rows.map((row) => row.payload)}::jsonb[],
        ${rows.map((row) => row.correlationId)}::text[], ${rows.map((row) => row.causationId)}::text[])`,
    )
    .onConflict((conflict) =>
      conflict.columns(['kind', 'key']).doUpdateSet((row) => ({
        due_at: row.ref('excluded.due_at'),
        payload: row.ref('excluded.payload'),
        correlation_id: row.ref('excluded.correlation_id'),
        causation_id: row.ref('excluded.causation_id'),
        version: sql<bigint>`nextval('duty_version')`,
        attempts: 0,
        last_error: null,
      })),
    )
    .execute();
}

const rowOf = ({ kind, key, dueAt, payload }: Schedule, cause: Cause | undefined) => ({
  ...{ kind, key, dueAt },
  payload: payload === undefined ? null : JSON.stringify(payload),
  correlationId: cause?.correlationId ?? null,
  causationId: cause?.causationId ?? null,
});

/** A running duty's row stays until it ends, so that scheduling it anew meanwhile cannot run it twice at once. */
async function cancel(tx: Kysely<RuntimeTables>, changes: readonly CausedChange[]): Promise<void> {
  const off = changes.flatMap(({ change }) => (change.do === 'cancel' ? [change] : []));
  if (off.length === 0) return;
  await sql`
    with off as (
      select duties.kind, duties.key, claimed_until is null as idle from duties
      join unnest(${off.map(({ kind }) => kind)}::text[], ${off.map(({ key }) => key)}::text[]) as asked (kind, key)
        on duties.kind = asked.kind and duties.key = asked.key
      order by duties.kind, duties.key for update of duties
    ), gone as (
      delete from duties using off where duties.kind = off.kind and duties.key = off.key and off.idle
    )
    update duties set due_at = null, version = nextval('duty_version')
    from off where duties.kind = off.kind and duties.key = off.key and not off.idle`.execute(tx);
}
