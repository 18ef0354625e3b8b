/** Reads the fleet from Postgres. */

import { usdc } from '@tokenos/domain/money';
import type { Kysely, Selectable } from 'kysely';
import type { Fleet, Hold, Lease, NodeRecord } from '../ports/fleet.js';
import type { AllocationTables } from './tables.js';

export function sqlFleet(db: Kysely<AllocationTables>): Fleet {
  return {
    async node(nodeId) {
      const row = await db.selectFrom('nodes').selectAll().where('node_id', '=', nodeId).executeTakeFirst();
      return row === undefined ? null : recordOf(row);
    },
    async nodes() {
      const rows = await db.selectFrom('nodes').selectAll().where('retired', '=', false).orderBy('node_id').execute();
      return rows.map(recordOf);
    },
    async openLeases(nodeId) {
      const rows = await db
        .selectFrom('leases')
        .selectAll()
        .where('node_id', '=', nodeId)
        .where('phase', '<>', 'over')
        .orderBy('rental_id')
        .execute();
      return rows.map(leaseOf);
    },
    async holds() {
      const rows = await db
        .selectFrom('holds')
        .leftJoin('rentals', 'rentals.rental_id', 'holds.beneficiary_id')
        .selectAll('holds')
        // Streams are folded in no promised order: of a beneficiary that is not known yet nothing says that it is served.
        .where((is) => is.or([is('rentals.waiting', 'is', null), is('rentals.waiting', '=', true)]))
        .orderBy('victim_id')
        .execute();
      return rows.map(holdOf);
    },
    async reputations() {
      const rows = await db.selectFrom('reputations').selectAll().execute();
      return new Map(rows.map(({ operator_id, bps }) => [operator_id, bps]));
    },
  };
}

const recordOf = (row: Selectable<AllocationTables['nodes']>): NodeRecord => ({
  nodeId: row.node_id,
  operatorId: row.operator_id,
  nodeKey: row.node_key,
  gpuTier: row.gpu_tier,
  region: row.region,
  sshHost: row.ssh_host,
  sshPort: row.ssh_port,
  hostKey: row.host_key,
  gpuUuids: row.gpu_uuids,
  verification: row.verification,
  draining: row.draining,
  retired: row.retired,
  rateMicroUsdcPerHour: row.rate === null ? null : usdc(row.rate),
});

const leaseOf = (row: Selectable<AllocationTables['leases']>): Lease => ({
  rentalId: row.rental_id,
  attempt: row.attempt,
  nodeId: row.node_id,
  phase: row.phase,
  awaitsBuyer: row.awaits_buyer,
  checkpointAt: row.checkpoint_at === null ? null : Number(row.checkpoint_at),
});

const holdOf = (row: Selectable<AllocationTables['holds']>): Hold => ({
  victimId: row.victim_id,
  beneficiaryId: row.beneficiary_id,
  nodeId: row.node_id,
  gpuUuids: row.gpu_uuids,
  noticedAt: Number(row.noticed_at),
  deadlineAt: row.deadline_at === null ? null : Number(row.deadline_at),
});
