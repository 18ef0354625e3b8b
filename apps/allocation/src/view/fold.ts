/** Folds `node-<id>`, `rental-<id>` and `operator-<id>` into the fleet: machines, what runs on them, and what is held for whom. */

import { nodeStream, operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { FleetRows } from '../ports/fleet-rows.js';
import type { NodeRecord } from '../ports/fleet.js';
import { foldRentalFact } from './rentals.js';

export async function foldFact(rows: FleetRows, envelope: Envelope): Promise<void> {
  const id = idOf(envelope.stream);
  switch (categoryOf(envelope.stream)) {
    case 'node':
      return foldNodeFact(rows, id, nodeStream.decode(envelope));
    case 'operator': {
      const fact = operatorStream.decode(envelope);
      if (fact.type === 'ReputationRecomputed') await rows.score(id, fact.data.scoreBps);
      return;
    }
    default:
      return foldRentalFact(rows, id, rentalStream.decode(envelope));
  }
}

async function foldNodeFact(rows: FleetRows, nodeId: string, fact: NodeFact): Promise<void> {
  if (fact.type !== 'NodeEnrolled') {
    const change = changeBy(fact);
    if (change !== null) await rows.change(nodeId, change);
    return;
  }
  const { operatorId, nodeKey, gpuTier, region, sshHost, sshPort, hostKey, gpus } = fact.data;
  await rows.enrol({
    ...{ nodeId, operatorId, nodeKey, gpuTier, region, sshHost, sshPort, hostKey },
    gpuUuids: gpus.map((gpu) => gpu.uuid),
    verification: 'pending',
    draining: false,
    retired: false,
    rateMicroUsdcPerHour: null,
  });
}

function changeBy(fact: Exclude<NodeFact, { type: 'NodeEnrolled' }>): Partial<NodeRecord> | null {
  switch (fact.type) {
    case 'NodePriced':
      return { rateMicroUsdcPerHour: fact.data.rateMicroUsdcPerHour };
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
    default:
      return null;
  }
}
