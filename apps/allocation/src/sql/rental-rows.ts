/** Writes into Postgres where rentals stand: who waits, what runs on which machine, and what is held for whom. */

import { sql, type Kysely } from 'kysely';
import type { FleetRows } from '../ports/fleet-rows.js';
import type { AllocationTables } from './tables.js';

export const sqlRentalRows = (tx: Kysely<AllocationTables>): Omit<FleetRows, 'enrol' | 'change' | 'score'> => ({
  async request(rentalId, tier) {
    await tx.insertInto('rentals').values({ rental_id: rentalId, tier, waiting: true }).execute();
  },
  async waits(rentalId, waiting) {
    await tx.updateTable('rentals').set({ waiting }).where('rental_id', '=', rentalId).execute();
  },
  async open({ rentalId, attempt, nodeId, phase, awaitsBuyer, checkpointAt }) {
    await tx
      .insertInto('leases')
      .values({
        ...{ rental_id: rentalId, attempt, node_id: nodeId, phase, awaits_buyer: awaitsBuyer },
        checkpoint_at: bigOrNull(checkpointAt),
      })
      .execute();
  },
  async changeLease(rentalId, attempt, { phase, awaitsBuyer, checkpointAt }) {
    const change = {
      ...{ phase, awaits_buyer: awaitsBuyer },
      ...(checkpointAt === undefined ? {} : { checkpoint_at: bigOrNull(checkpointAt) }),
    };
    const leases = tx.updateTable('leases').set(change).where('rental_id', '=', rentalId).where('phase', '<>', 'over');
    await (attempt === null ? leases : leases.where('attempt', '=', attempt)).execute();
  },
  async hold({ victimId, beneficiaryId, gpuUuids, noticedAt }) {
    await tx
      .insertInto('holds')
      .columns(['victim_id', 'beneficiary_id', 'node_id', 'gpu_uuids', 'noticed_at'])
      .expression((from) =>
        from
          .selectFrom('leases')
          .select([
            'rental_id',
            sql<string>`${beneficiaryId}`.as('beneficiary_id'),
            'node_id',
            sql<string>`${JSON.stringify(gpuUuids)}::jsonb`.as('gpu_uuids'),
            sql<bigint>`${noticedAt}::bigint`.as('noticed_at'),
          ])
          .where('rental_id', '=', victimId)
          .where('phase', '=', 'running'),
      )
      // Told again, on another machine, after an interruption took the first telling away.
      .onConflict((conflict) =>
        conflict.column('victim_id').doUpdateSet((row) => ({
          beneficiary_id: row.ref('excluded.beneficiary_id'),
          node_id: row.ref('excluded.node_id'),
          gpu_uuids: row.ref('excluded.gpu_uuids'),
          noticed_at: row.ref('excluded.noticed_at'),
          deadline_at: null,
        })),
      )
      .execute();
  },
  async setDeadline(victimId, deadlineAt) {
    await tx
      .updateTable('holds')
      .set({ deadline_at: BigInt(deadlineAt) })
      .where('victim_id', '=', victimId)
      .execute();
  },
});

const bigOrNull = (at: number | null): bigint | null => (at === null ? null : BigInt(at));
