/** The worker's side of the duties table: take what is due on a lease, keep the lease, and give it back with what came of it. */

import { type Kysely, type Selectable, sql } from 'kysely';
import type { Cause } from '../handle.js';
import type { Duty } from './duty.js';
import type { RuntimeTables } from './tables.js';

/** A duty this process holds until `until` (the database's wall time). */
export interface Claim {
  readonly duty: Duty;
  readonly version: bigint;
  /** What led to it; null where nobody said. */
  readonly cause: Cause | null;
  readonly until: Date;
}

/** What came of a run: forget it, or try again at `dueAt` (epoch ms, platform's time) with this many failures behind it. */
export type Release =
  | { readonly do: 'forget' }
  | { readonly do: 'retry'; readonly dueAt: number; readonly attempts: number; readonly error: string | null };

type Db = Kysely<RuntimeTables>;

/** To the millisecond, because a JavaScript Date carries no more and the claim is recognised by it. */
const leaseEnd = (leaseMs: number) =>
  sql<Date>`date_trunc('milliseconds', clock_timestamp() + ${leaseMs} * interval '1 millisecond')`;

/** The most overdue first; passes over what others hold. A lease that ran out is free: its holder died. */
export async function claimDue(db: Db, kinds: readonly string[], now: number, limit: number, leaseMs: number) {
  const due = db
    .selectFrom('duties')
    .select(['kind', 'key'])
    .where('kind', 'in', kinds)
    .where('due_at', '<=', sql<bigint>`${now}`)
    .where((is) => is.or([is('claimed_until', 'is', null), is('claimed_until', '<', sql<Date>`clock_timestamp()`)]))
    .orderBy('due_at')
    .limit(limit)
    .forUpdate()
    .skipLocked();
  const rows = await db
    .with('due', () => due)
    .updateTable('duties')
    .from('due')
    .set({ claimed_until: leaseEnd(leaseMs) })
    .whereRef('duties.kind', '=', 'due.kind')
    .whereRef('duties.key', '=', 'due.key')
    .returningAll('duties')
    .execute();
  return rows.map(claimOf);
}

function claimOf(row: Selectable<RuntimeTables['duties']>): Claim {
  const { kind, key, due_at, version, attempts, claimed_until, payload, correlation_id, causation_id } = row;
  if (due_at === null || claimed_until === null) throw new Error(`duty ${kind} ${key} was claimed without being due`);
  const cause =
    correlation_id === null || causation_id === null
      ? null
      : { correlationId: correlation_id, causationId: causation_id };
  return { duty: { kind, key, dueAt: Number(due_at), attempts, payload }, version, cause, until: claimed_until };
}

/** Epoch ms (platform's time) of the next unclaimed duty, or null. */
export async function nextDue(db: Db, kinds: readonly string[]): Promise<number | null> {
  const row = await db
    .selectFrom('duties')
    .select('due_at')
    .where('kind', 'in', kinds)
    .where('due_at', 'is not', null)
    .where('claimed_until', 'is', null)
    .orderBy('due_at')
    .limit(1)
    .executeTakeFirst();
  return row?.due_at == null ? null : Number(row.due_at);
}

/** The claim with its new end, or null: the lease ran out and someone else has it. */
export async function extend(db: Db, claim: Claim, leaseMs: number): Promise<Claim | null> {
  const row = await db
    .updateTable('duties')
    .set({ claimed_until: leaseEnd(leaseMs) })
    .where('kind', '=', claim.duty.kind)
    .where('key', '=', claim.duty.key)
    .where('claimed_until', '=', claim.until)
    .returning('claimed_until')
    .executeTakeFirst();
  return row?.claimed_until == null ? null : { ...claim, until: row.claimed_until };
}

/** What was scheduled or cancelled meanwhile (another version) wins over what came of this run. */
export async function release(db: Db, { duty, version, until }: Claim, outcome: Release): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('duties')
      .select(['version', 'due_at'])
      .where('kind', '=', duty.kind)
      .where('key', '=', duty.key)
      .where('claimed_until', '=', until)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return;
    const own = row.version === version;
    if (own ? outcome.do === 'forget' : row.due_at === null) {
      await tx.deleteFrom('duties').where('kind', '=', duty.kind).where('key', '=', duty.key).execute();
      return;
    }
    const { dueAt, attempts, error } = outcome.do === 'retry' ? outcome : { dueAt: 0, attempts: 0, error: null };
    await tx
      .updateTable('duties')
      .set({ claimed_until: null, ...(own ? { due_at: dueAt, attempts, last_error: error } : {}) })
      .where('kind', '=', duty.kind)
      .where('key', '=', duty.key)
      .execute();
  });
}

/** Duties cancelled while they ran, whose runner died: nothing is left to wait for. */
export async function sweepCancelled(db: Db): Promise<void> {
  await db
    .deleteFrom('duties')
    .where('due_at', 'is', null)
    .where('claimed_until', '<', sql<Date>`clock_timestamp()`)
    .execute();
}

/** Kinds that lie in the table and that nobody here can do. */
export async function kindsWithout(db: Db, kinds: readonly string[]): Promise<string[]> {
  const rows = await db.selectFrom('duties').select('kind').distinct().where('kind', 'not in', kinds).execute();
  return rows.map(({ kind }) => kind);
}
