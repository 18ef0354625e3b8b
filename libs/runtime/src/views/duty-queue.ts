/** Writes duties down: within the transaction that makes them due, or on their own. */

import { type Kysely, sql } from 'kysely';
import type { Cause } from '../handle.js';
import { currentCause } from '../service/cause.js';
import type { DutyChange } from './duty.js';
import type { RuntimeTables } from './tables.js';

export class DutyQueue {
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly db: Kysely<RuntimeTables>) {}

  /** Within a caller's transaction; `wake()` once it has committed, else the worker finds it within a second. */
  async apply(tx: Kysely<RuntimeTables>, changes: readonly DutyChange[], cause = currentCause()): Promise<void> {
    for (const change of changes) await (change.do === 'schedule' ? schedule(tx, change, cause) : cancel(tx, change));
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

const newVersion = sql<bigint>`nextval('duty_version')`;

type Schedule = Extract<DutyChange, { do: 'schedule' }>;
type Cancel = Extract<DutyChange, { do: 'cancel' }>;

/** Leaves a claim in place: who runs it now finishes first, sees the new version, and lets it run again. */
async function schedule(tx: Kysely<RuntimeTables>, change: Schedule, cause: Cause | undefined): Promise<void> {
  const { kind, key, dueAt, payload } = change;
  const fresh = {
    due_at: dueAt,
    payload: payload === undefined ? null : JSON.stringify(payload),
    correlation_id: cause?.correlationId ?? null,
    causation_id: cause?.causationId ?? null,
  };
  await tx
    .insertInto('duties')
    .values({ kind, key, ...fresh })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'key']).doUpdateSet({ ...fresh, version: newVersion, attempts: 0, last_error: null }),
    )
    .execute();
}

/** A running duty's row stays until it ends, so that scheduling it anew meanwhile cannot run it twice at once. */
async function cancel(tx: Kysely<RuntimeTables>, { kind, key }: Cancel): Promise<void> {
  await tx
    .updateTable('duties')
    .set({ due_at: null, version: newVersion })
    .where('kind', '=', kind)
    .where('key', '=', key)
    .execute();
  await tx
    .deleteFrom('duties')
    .where('kind', '=', kind)
    .where('key', '=', key)
    .where('claimed_until', 'is', null)
    .execute();
}
