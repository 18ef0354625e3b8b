/** Folds `node-<id>`, `rental-<id>` and `operator-<id>` into the fleet: who could serve, and who is where. */

import { nodeStream, operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { FleetRows, NodeRecord } from '../ports/fleet.js';

export async function foldFact(rows: FleetRows, envelope: Envelope): Promise<void> {
  const id = idOf(envelope.stream);
  const category = categoryOf(envelope.stream);
  if (category === 'node') return foldNodeFact(rows, id, nodeStream.decode(envelope));
  if (category === 'rental') return foldRentalFact(rows, id, rentalStream.decode(envelope));
  const fact = operatorStream.decode(envelope);
  if (fact.type === 'ReputationRecomputed') await rows.rate(id, fact.data.scoreBps);
}

async function foldNodeFact(rows: FleetRows, nodeId: string, fact: NodeFact): Promise<void> {
  if (fact.type !== 'NodeEnrolled') {
    const change = changeBy(fact);
    if (change !== null) await rows.change(nodeId, change);
    return;
  }
  const { operatorId, nodeKey, gpuTier, region, gpus } = fact.data;
  const gpuUuids = gpus.map((gpu) => gpu.uuid);
  const state = { verified: false, draining: false, retired: false, rateMicroUsdcPerHour: null };
  await rows.enrol({ nodeId, operatorId, nodeKey, gpuTier, region, gpuUuids, ...state });
}

/** Null: says nothing of whether the machine may serve. */
function changeBy(fact: Exclude<NodeFact, { type: 'NodeEnrolled' }>): Partial<NodeRecord> | null {
  switch (fact.type) {
    case 'NodePriced':
      return { rateMicroUsdcPerHour: fact.data.rateMicroUsdcPerHour };
    case 'NodeVerified':
      return { verified: true };
    case 'NodeRejected':
      return { verified: false };
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

async function foldRentalFact(rows: FleetRows, rentalId: string, { type, data }: RentalFact): Promise<void> {
  const enter = rows.changeLease.bind(rows, rentalId);
  switch (type) {
    case 'RentalRequested':
      return rows.request(rentalId, data.terms.tier);
    case 'RentalPlaced': {
      const gpuUuids = data.gpus.map((gpu) => gpu.uuid);
      const fresh = { phase: 'starting', startedAt: null, awaitsDelivery: false } as const;
      return rows.open({ rentalId, attempt: data.attempt, nodeId: data.nodeId, gpuUuids, ...fresh });
    }
    case 'RentalStarted':
      return enter(data.attempt, { phase: 'running', startedAt: data.startedAt });
    case 'RentalResumed':
      return enter(data.attempt, { phase: 'running', startedAt: data.resumedAt });
    case 'PreemptionNoticed':
      return enter(null, { awaitsDelivery: true });
    case 'PreemptionDelivered':
      return enter(null, { awaitsDelivery: false });
    case 'RentalInterrupted':
      return enter(data.attempt, { phase: 'ending', awaitsDelivery: false });
    case 'PlacementFailed':
    case 'AccessRevoked':
      return enter(data.attempt, { phase: 'over' });
    case 'RentalEnded':
      await enter(null, { phase: 'ending', awaitsDelivery: false });
      return rows.close(rentalId);
    case 'RequestExpired':
      return rows.close(rentalId);
    default:
      return;
  }
}
