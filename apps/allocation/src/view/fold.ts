/** Folds `node-<id>` and `rental-<id>` into the fleet: the machines that may serve, and where each rental's lease stands. */

import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { FleetRows, LeasePhase, NodeRecord } from '../ports/fleet.js';

export async function foldFact(rows: FleetRows, envelope: Envelope): Promise<void> {
  const id = idOf(envelope.stream);
  if (categoryOf(envelope.stream) === 'node') await foldNodeFact(rows, id, nodeStream.decode(envelope));
  else await foldRentalFact(rows, id, rentalStream.decode(envelope));
}

async function foldNodeFact(rows: FleetRows, nodeId: string, fact: NodeFact): Promise<void> {
  if (fact.type !== 'NodeEnrolled') {
    const change = changeBy(fact);
    return change === null ? undefined : rows.change(nodeId, change);
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

async function foldRentalFact(rows: FleetRows, rentalId: string, fact: RentalFact): Promise<void> {
  if (fact.type === 'RentalPlaced') {
    return rows.open({ rentalId, attempt: fact.data.attempt, nodeId: fact.data.nodeId, phase: 'starting' });
  }
  const phase = phaseAfter(fact);
  if (phase !== null) await rows.enter(rentalId, phase);
}

function phaseAfter(fact: RentalFact): LeasePhase | null {
  switch (fact.type) {
    case 'RentalStarted':
      return 'running';
    case 'RentalEnded':
      return 'ending';
    case 'PlacementFailed':
    case 'AccessRevoked':
      return 'over';
    default:
      return null;
  }
}
