/** Keeps a service whose clock is wrong from writing: what it appends would carry times that others cannot trust. */

import { sql, type QueryExecutorProvider } from 'kysely';
import type { Clock } from './clock.js';

export class ClockDisagrees extends Error {
  constructor(readonly aheadMs: number) {
    super(
      `this machine's clock is ${Math.abs(Math.round(aheadMs))} ms ${aheadMs > 0 ? 'ahead of' : 'behind'} its database's`,
    );
    this.name = 'ClockDisagrees';
  }
}

const TOLERANCE_MS = 1_000;

/** Throws ClockDisagrees when the clock differs from the database's by more than a wall-clock second. */
export async function assertClockAgrees(db: QueryExecutorProvider, clock: Clock): Promise<void> {
  const before = clock.now();
  const { rows } = await sql<{ now: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::double precision as now`.execute(db);
  const after = clock.now();
  const database = clock.fromWall(rows[0]?.now ?? Number.NaN);
  // The database looked at its clock at some moment between before and after.
  const ahead = before > database ? before - database : Math.min(0, after - database);
  const aheadMs = clock.toWallDuration(ahead);
  if (!(Math.abs(aheadMs) <= TOLERANCE_MS)) throw new ClockDisagrees(aheadMs);
}

export interface ClockGuardOptions {
  /** How long one answer is trusted, so that an append costs no round trip. */
  readonly trustMs?: number;
  readonly monotonicMs?: () => number;
}

/** A `checkClock` for createHandler: asks the database at most once per `trustMs`, for all appends together. */
export function clockGuard(
  db: QueryExecutorProvider,
  clock: Clock,
  { trustMs = 5_000, monotonicMs = () => performance.now() }: ClockGuardOptions = {},
): () => Promise<void> {
  let verdict: Promise<void> | undefined;
  let askedMs = 0;
  return () => {
    if (verdict === undefined || monotonicMs() - askedMs >= trustMs) {
      askedMs = monotonicMs();
      verdict = assertClockAgrees(db, clock);
      // A database that did not answer says nothing about the clock: ask again next time.
      verdict.catch(() => (verdict = undefined));
    }
    return verdict;
  };
}
