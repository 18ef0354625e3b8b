/** Writes the fleet into Postgres, within the transaction that folds the fact. */

import type { Kysely, Updateable } from 'kysely';
import type { FleetRows, Lease, NodeRecord } from '../ports/fleet.js';
import type { PreemptionTables } from './tables.js';

export function sqlFleetRows(tx: Kysely<PreemptionTables>): FleetRows {
  return {
    async enrol(node) {
      await tx.insertInto('nodes').values(rowOf(node)).execute();
    },
    async change(nodeId, change) {
      await tx.updateTable('nodes').set(changeOf(change)).where('node_id', '=', nodeId).execute();
    },
    async request(rentalId, tier) {
      await tx.insertInto('rentals').values({ rental_id: rentalId, tier, closed: false }).execute();
    },
    async close(rentalId) {
      await tx.updateTable('rentals').set({ closed: true }).where('rental_id', '=', rentalId).execute();
    },
    async open({ rentalId, attempt, nodeId, gpuUuids, phase, startedAt, awaitsDelivery }) {
      const state = { phase, started_at: startedAt, awaits_delivery: awaitsDelivery };
      await tx
        .insertInto('leases')
        .values({ rental_id: rentalId, attempt, node_id: nodeId, gpu_uuids: JSON.stringify(gpuUuids), ...state })
        .execute();
    },
    async changeLease(rentalId, attempt, change) {
      const leases = tx
        .updateTable('leases')
        .set(leaseChangeOf(change))
        .where('rental_id', '=', rentalId)
        .where('phase', '<>', 'over');
      await (attempt === null ? leases : leases.where('attempt', '=', attempt)).execute();
    },
    async rate(operatorId, scoreBps) {
      await tx
        .insertInto('operators')
        .values({ operator_id: operatorId, score_bps: scoreBps })
        .onConflict((conflict) => conflict.column('operator_id').doUpdateSet({ score_bps: scoreBps }))
        .execute();
    },
  };
}

const rowOf = (node: NodeRecord) => ({
  node_id: node.nodeId,
  operator_id: node.operatorId,
  node_key: node.nodeKey,
  gpu_tier: node.gpuTier,
  region: node.region,
  gpu_uuids: JSON.stringify(node.gpuUuids),
  verified: node.verified,
  draining: node.draining,
  retired: node.retired,
  rate: node.rateMicroUsdcPerHour,
});

/** What is not in the change stays as it is: kysely leaves out what is undefined. */
const changeOf = (node: Partial<NodeRecord>): Updateable<PreemptionTables['nodes']> => ({
  verified: node.verified,
  draining: node.draining,
  retired: node.retired,
  rate: node.rateMicroUsdcPerHour,
});

const leaseChangeOf = (lease: Partial<Lease>): Updateable<PreemptionTables['leases']> => ({
  phase: lease.phase,
  started_at: lease.startedAt,
  awaits_delivery: lease.awaitsDelivery,
});
