/** Reads the fleet from Postgres. */

import { usdc } from '@tokenos/domain/money';
import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { Kysely, Selectable } from 'kysely';
import type { Fleet, NodeRecord } from '../ports/fleet.js';
import type { PreemptionTables } from './tables.js';

export function sqlFleet(db: Kysely<PreemptionTables>): Fleet {
  return {
    async node(nodeId) {
      const row = await db.selectFrom('nodes').selectAll().where('node_id', '=', nodeId).executeTakeFirst();
      return row === undefined ? null : recordOf(row);
    },
    async nodes() {
      const rows = await db.selectFrom('nodes').selectAll().where('retired', '=', false).orderBy('node_id').execute();
      return rows.map(recordOf);
    },
    async openLeases() {
      const rows = await db
        .selectFrom('leases')
        .innerJoin('rentals', 'rentals.rental_id', 'leases.rental_id')
        .selectAll('leases')
        .select('rentals.tier')
        .where('phase', '<>', 'over')
        .orderBy('leases.rental_id')
        .orderBy('attempt')
        .execute();
      return rows.map((row) => ({
        rentalId: row.rental_id,
        attempt: row.attempt,
        nodeId: row.node_id,
        gpuUuids: row.gpu_uuids,
        phase: row.phase,
        startedAt: row.started_at === null ? null : Number(row.started_at),
        awaitsDelivery: row.awaits_delivery,
        tier: row.tier as Tier,
      }));
    },
    async reputations() {
      const rows = await db.selectFrom('operators').selectAll().execute();
      return new Map(rows.map((row) => [row.operator_id, row.score_bps]));
    },
  };
}

const recordOf = (row: Selectable<PreemptionTables['nodes']>): NodeRecord => ({
  nodeId: row.node_id,
  operatorId: row.operator_id,
  nodeKey: row.node_key,
  gpuTier: row.gpu_tier,
  region: row.region,
  gpuUuids: row.gpu_uuids,
  verified: row.verified,
  draining: row.draining,
  retired: row.retired,
  rateMicroUsdcPerHour: row.rate === null ? null : usdc(row.rate),
});
