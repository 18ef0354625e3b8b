/** Writes the fleet into Postgres, within the transaction that folds the fact. */

import type { Kysely, Updateable } from 'kysely';
import type { NodeRecord } from '../ports/fleet.js';
import type { FleetRows } from '../ports/fleet-rows.js';
import { sqlRentalRows } from './rental-rows.js';
import type { AllocationTables } from './tables.js';

export function sqlFleetRows(tx: Kysely<AllocationTables>): FleetRows {
  return {
    ...sqlRentalRows(tx),
    async enrol(node) {
      await tx.insertInto('nodes').values(rowOf(node)).execute();
    },
    async change(nodeId, change) {
      await tx.updateTable('nodes').set(changeOf(change)).where('node_id', '=', nodeId).execute();
    },
    async score(operatorId, bps) {
      await tx
        .insertInto('reputations')
        .values({ operator_id: operatorId, bps })
        .onConflict((conflict) => conflict.column('operator_id').doUpdateSet({ bps }))
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
  ssh_host: node.sshHost,
  ssh_port: node.sshPort,
  host_key: node.hostKey,
  gpu_uuids: JSON.stringify(node.gpuUuids),
  verification: node.verification,
  draining: node.draining,
  retired: node.retired,
  rate: node.rateMicroUsdcPerHour,
});

/** What can change of a node once it is enrolled; what is not said stays. */
function changeOf({
  verification,
  draining,
  retired,
  rateMicroUsdcPerHour: rate,
}: Partial<NodeRecord>): Updateable<AllocationTables['nodes']> {
  return { verification, draining, retired, rate };
}
