/** The book of plans in Postgres: whoever plans holds one advisory lock, and a plan with all its victims is one transaction. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import { sql, type Kysely } from 'kysely';
import type { Desk, Plan, PlanBook, Victim } from '../ports/plan-book.js';
import { sqlFleet } from './fleet.js';
import type { PreemptionTables } from './tables.js';

/** Any constant that no other service takes. */
const PLANNING = 7_061_003;

type Db = Kysely<PreemptionTables>;

export const sqlPlanBook = (db: Db): PlanBook => ({
  planning: (work) =>
    db.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(${PLANNING})`.execute(tx);
      return work(deskOf(tx));
    }),
});

const deskOf = (tx: Db): Desk => ({
  fleet: sqlFleet(tx),
  async plan(beneficiaryId, attempt) {
    const row = await tx
      .selectFrom('plans')
      .selectAll()
      .where('beneficiary_id', '=', beneficiaryId)
      .where('attempt', '=', attempt)
      .executeTakeFirst();
    if (row === undefined) return null;
    const victims = await victimsOf(tx, beneficiaryId, attempt);
    const { node_id: nodeId, gpu_uuids: gpuUuids, planned_at } = row;
    return { beneficiaryId, attempt, nodeId, gpuUuids, victims, plannedAt: Number(planned_at) };
  },
  async spokenFor() {
    const rows = await tx
      .selectFrom('plans')
      .innerJoin('rentals', 'rentals.rental_id', 'plans.beneficiary_id')
      .select(['plans.node_id', 'plans.gpu_uuids'])
      .where('rentals.closed', '=', false)
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom('leases')
              .select('leases.attempt')
              .whereRef('leases.rental_id', '=', 'plans.beneficiary_id')
              .whereRef('leases.attempt', '>=', 'plans.attempt'),
          ),
        ),
      )
      .orderBy('plans.beneficiary_id')
      .orderBy('plans.attempt')
      .execute();
    return rows.flatMap(({ node_id: nodeId, gpu_uuids }) => gpu_uuids.map((gpuUuid) => ({ nodeId, gpuUuid })));
  },
  async victims() {
    const rows = await tx.selectFrom('victims').select('rental_id').execute();
    return new Set(rows.map((row) => row.rental_id));
  },
  async record(plan) {
    await tx.insertInto('plans').values(planRow(plan)).execute();
    await tx.insertInto('victims').values(victimRows(plan)).execute();
  },
});

async function victimsOf(tx: Db, beneficiaryId: string, attempt: number): Promise<readonly Victim[]> {
  const rows = await tx
    .selectFrom('victims')
    .select(['rental_id', 'notice'])
    .where('beneficiary_id', '=', beneficiaryId)
    .where('attempt', '=', attempt)
    .orderBy('place')
    .execute();
  return rows.map(({ rental_id, notice }) => {
    const fact = rentalStream.decode(notice as Parameters<typeof rentalStream.decode>[0]);
    if (fact.type !== 'PreemptionNoticed') throw new Error(`the notice of ${rental_id} is a ${fact.type}`);
    return { rentalId: rental_id, notice: fact.data };
  });
}

const planRow = ({ beneficiaryId, attempt, nodeId, gpuUuids, plannedAt }: Plan) => ({
  ...{ beneficiary_id: beneficiaryId, attempt, node_id: nodeId },
  gpu_uuids: JSON.stringify(gpuUuids),
  planned_at: plannedAt,
});

const victimRows = ({ beneficiaryId, attempt, victims }: Plan) =>
  victims.map(({ rentalId, notice }, place) => ({
    ...{ rental_id: rentalId, beneficiary_id: beneficiaryId, attempt, place },
    notice: JSON.stringify(rentalStream.encode({ type: 'PreemptionNoticed', data: notice })),
  }));
