/** Reads the fleet from Postgres. */

import { usdc } from '@tokenos/domain/money';
import type { Kysely, Selectable } from 'kysely';
import type { Fleet, NodeRecord } from '../ports/fleet.js';
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
      return rows.map(({ rental_id, attempt, phase }) => ({ rentalId: rental_id, attempt, nodeId, phase }));
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
