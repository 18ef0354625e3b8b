/** Folds `node-<id>` into the table of machines. */

import type { NodeFact } from '@tokenos/domain/node/node';
import type { Transaction } from 'kysely';
import type { GatewayTables } from './tables.js';

export async function applyNodeFact(tx: Transaction<GatewayTables>, nodeId: string, fact: NodeFact): Promise<void> {
  if (fact.type === 'NodeEnrolled') {
    const { operatorId, nodeKey, gpuTier, gpus, simulated, region, country } = fact.data;
    await tx
      .insertInto('nodes')
      .values({
        node_id: nodeId,
        operator_id: operatorId,
        node_key: nodeKey,
        gpu_tier: gpuTier,
        gpus: JSON.stringify(gpus),
        simulated,
        region,
        country,
        verification: 'pending',
        draining: false,
        retired: false,
        rate: null,
        pue_percent: null,
      })
      .execute();
    return;
  }
  const news = change(fact);
  if (news !== null) await tx.updateTable('nodes').set(news).where('node_id', '=', nodeId).execute();
}

function change(fact: Exclude<NodeFact, { type: 'NodeEnrolled' }>) {
  switch (fact.type) {
    case 'NodePriced':
      return { rate: fact.data.rateMicroUsdcPerHour };
    case 'NodeVerified':
      return { verification: 'verified' as const };
    case 'NodeRejected':
      return { verification: 'rejected' as const };
    case 'NodeDrained':
      return { draining: true };
    case 'NodeResumed':
      return { draining: false };
    case 'NodeRetired':
      return { retired: true };
    case 'NodePueDeclared':
      return { pue_percent: fact.data.puePercent };
    default:
      return null;
  }
}
