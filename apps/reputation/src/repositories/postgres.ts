/** What reputation keeps, in Postgres. With postgres-past.ts: all of its SQL. */

import { addDays } from '@tokenos/domain/day';
import type { Kysely } from 'kysely';
import type { ReputationTables } from '../view/tables.js';
import type { Records } from './port.js';
import { readPast } from './postgres-past.js';

/** `db` may be a transaction. */
export const postgresRecords = (db: Kysely<ReputationTables>): Records => ({
  async register(operator_id, registered_on) {
    await db.insertInto('operators').values({ operator_id, registered_on, last_day: null }).execute();
  },
  async scored(operatorId, last_day) {
    await db.updateTable('operators').set({ last_day }).where('operator_id', '=', operatorId).execute();
  },
  async nextDay(operatorId) {
    const row = await db.selectFrom('operators').selectAll().where('operator_id', '=', operatorId).executeTakeFirst();
    return row === undefined ? null : addDays(row.last_day ?? row.registered_on, 1);
  },

  async enrol(node_id, operator_id) {
    await db.insertInto('nodes').values({ node_id, operator_id }).execute();
  },
  async recordUptime(nodeId, { day, expectedMinutes, servedMinutes, platformFaultMinutes, recordedAt }) {
    const node = await db.selectFrom('nodes').select('operator_id').where('node_id', '=', nodeId).executeTakeFirst();
    if (node === undefined) return;
    await db
      .insertInto('uptime')
      .values({
        node_id: nodeId,
        day,
        operator_id: node.operator_id,
        expected_minutes: expectedMinutes,
        served_minutes: servedMinutes,
        platform_fault_minutes: platformFaultMinutes,
        recorded_at: BigInt(recordedAt),
      })
      .execute();
  },

  async touch(rental_id, revision) {
    await db
      .insertInto('touched')
      .values({ rental_id, revision })
      .onConflict((conflict) => conflict.column('rental_id').doUpdateSet({ revision }))
      .execute();
  },
  async touched() {
    const rows = await db.selectFrom('touched').select('rental_id').orderBy('rental_id').execute();
    return rows.map((row) => row.rental_id);
  },
  async settle(rentalId, revision) {
    await db.deleteFrom('touched').where('rental_id', '=', rentalId).where('revision', '<=', revision).execute();
  },
  async keep(rental_id, { completed, failed, ratings }) {
    const jobs = [
      ...failed.map((one) => ({ ...one, wallet: null, outcome: 'failed' as const })),
      ...(completed === null ? [] : [{ ...completed, outcome: 'completed' as const }]),
    ].map(({ operatorId: operator_id, attempt, wallet, outcome, recordedAt }) => ({
      ...{ rental_id, attempt, operator_id, outcome, wallet },
      recorded_at: BigInt(recordedAt),
    }));
    if (jobs.length > 0) {
      await db
        .insertInto('jobs')
        .values(jobs)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    const rated = ratings.map(({ operatorId: operator_id, buyerId: buyer_id, stars, ...rating }) => ({
      ...{ rental_id, operator_id, buyer_id, stars },
      paid_minutes: rating.paidMinutes,
      rated_at: BigInt(rating.ratedAt),
      recorded_at: BigInt(rating.recordedAt),
    }));
    if (rated.length > 0) {
      await db
        .insertInto('ratings')
        .values(rated)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  },

  past: (operatorId, day) => readPast(db, operatorId, day),
});
