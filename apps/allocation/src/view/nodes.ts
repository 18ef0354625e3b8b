/** Folds `node-<id>` into the table of machines that may serve. */

import type { NodeFact } from '@tokenos/domain/node/node';
import type { Transaction } from 'kysely';
import type { AllocationTables } from './tables.js';

export async function applyNodeFact(tx: Transaction<AllocationTables>, nodeId: string, fact: NodeFact): Promise<void> {
  if (fact.type === 'NodeEnrolled') {
    const node = fact.data;
    await tx
      .insertInto('nodes')
      .values({
        node_id: node.nodeId,
        operator_id: node.operatorId,
        node_key: node.nodeKey,
        gpu_tier: node.gpuTier,
        region: node.region,
        ssh_host: node.sshHost,
        ssh_port: node.sshPort,
        host_key: node.hostKey,
        gpu_uuids: JSON.stringify(node.gpus.map((gpu) => gpu.uuid)),
        verification: 'pending',
        draining: false,
        retired: false,
        rate: null,
      })
      .execute();
    return;
  }
  await tx.updateTable('nodes').set(change(fact)).where('node_id', '=', nodeId).execute();
}

function change(fact: Exclude<NodeFact, { type: 'NodeEnrolled' }>) {
  switch (fact.type) {
    case 'NodePriced':
      return { rate: fact.data.rateMicroUsdcPerHour };
    case 'NodeVerified':
      return { verification: 'verified' };
    case 'NodeRejected':
      return { verification: 'rejected' };
    case 'NodeDrained':
      return { draining: true };
    case 'NodeResumed':
      return { draining: false };
    case 'NodeRetired':
      return { retired: true };
  }
}
