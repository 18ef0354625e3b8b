/** Reads an operator's past from Postgres: no more of it than a day's score can stand on. */

import { addDays, type Day, dayStart } from '@tokenos/domain/day';
import { REPUTATION_FORMULA } from '@tokenos/domain/reputation/formula';
import { type OperatorPast, UPTIME_ON_RECORD_BY } from '@tokenos/domain/reputation/past';
import type { Kysely } from 'kysely';
import type { ReputationTables } from '../view/tables.js';

type Db = Kysely<ReputationTables>;

export async function readPast(db: Db, operatorId: string, day: Day): Promise<OperatorPast> {
  const [uptime, jobs, ratings] = await Promise.all([
    readUptime(db, operatorId, day),
    readJobs(db, operatorId, day),
    readRatings(db, operatorId, day),
  ]);
  return { ...uptime, ...jobs, ratings };
}

async function readUptime(db: Db, operatorId: string, day: Day): Promise<Pick<OperatorPast, 'firstDay' | 'uptime'>> {
  const onRecord = db
    .selectFrom('uptime')
    .where('operator_id', '=', operatorId)
    .where('recorded_at', '<', BigInt(dayStart(day) + UPTIME_ON_RECORD_BY));
  const first = await onRecord
    .select('day')
    .where('expected_minutes', '>', 0)
    .orderBy('day')
    .limit(1)
    .executeTakeFirst();
  const rows = await onRecord
    .selectAll()
    .where('day', '>=', addDays(day, -REPUTATION_FORMULA.uptime.windowDays))
    .execute();
  const uptime = rows.map((row) => ({
    day: row.day,
    expectedMinutes: row.expected_minutes,
    servedMinutes: row.served_minutes,
    platformFaultMinutes: row.platform_fault_minutes,
    recordedAt: Number(row.recorded_at),
  }));
  return { firstDay: first?.day ?? null, uptime };
}

async function readJobs(db: Db, operatorId: string, day: Day): Promise<Pick<OperatorPast, 'completed' | 'failed'>> {
  const rows = await db
    .selectFrom('jobs')
    .select(['wallet', 'recorded_at'])
    .where('operator_id', '=', operatorId)
    .where('recorded_at', '>=', BigInt(dayStart(addDays(day, -REPUTATION_FORMULA.jobs.windowDays))))
    .execute();
  const jobs = rows.map((row) => ({ wallet: row.wallet, recordedAt: Number(row.recorded_at) }));
  return {
    completed: jobs.flatMap(({ wallet, recordedAt }) => (wallet === null ? [] : [{ wallet, recordedAt }])),
    failed: jobs.filter(({ wallet }) => wallet === null).map(({ recordedAt }) => recordedAt),
  };
}

async function readRatings(db: Db, operatorId: string, day: Day): Promise<OperatorPast['ratings']> {
  const rows = await db
    .selectFrom('ratings')
    .selectAll()
    .where('operator_id', '=', operatorId)
    .where('recorded_at', '<', BigInt(dayStart(day)))
    .execute();
  return rows.map((row) => ({
    rentalId: row.rental_id,
    buyerId: row.buyer_id,
    stars: row.stars,
    paidMinutes: row.paid_minutes,
    ratedAt: Number(row.rated_at),
    recordedAt: Number(row.recorded_at),
  }));
}
