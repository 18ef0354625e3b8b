/** Folds `rental-<id>`: whether it waits for a machine, where each attempt stands, and which GPUs it was told to give up. */

import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { FleetRows } from '../ports/fleet-rows.js';

export async function foldRentalFact(rows: FleetRows, rentalId: string, fact: RentalFact): Promise<void> {
  switch (fact.type) {
    case 'RentalRequested':
      return rows.request(rentalId, fact.data.terms.tier);
    case 'RentalPlaced': {
      const { attempt, nodeId } = fact.data;
      await rows.open({ rentalId, attempt, nodeId, phase: 'starting', awaitsBuyer: false, checkpointAt: null });
      return rows.waits(rentalId, false);
    }
    case 'PlacementFailed':
      // Over, whatever becomes of its rental.
      await rows.changeLease(rentalId, fact.data.attempt, { phase: 'over' });
      return rows.waits(rentalId, true);
    case 'RentalStarted':
      return rows.changeLease(rentalId, fact.data.attempt, { phase: 'running' });
    case 'RentalInterrupted':
      await rows.changeLease(rentalId, fact.data.attempt, { phase: 'ending' });
      return rows.waits(rentalId, true);
    case 'RentalResumed':
      return rows.changeLease(rentalId, fact.data.attempt, { phase: 'running', awaitsBuyer: true });
    case 'BuyerReturned':
      return rows.changeLease(rentalId, fact.data.attempt, { awaitsBuyer: false });
    case 'CheckpointRequested':
      return rows.changeLease(rentalId, null, { checkpointAt: fact.data.requestedAt });
    case 'CheckpointSaved':
      return rows.changeLease(rentalId, null, { checkpointAt: null });
    case 'PreemptionNoticed':
      return rows.hold({ victimId: rentalId, ...fact.data });
    case 'PreemptionDelivered':
      return rows.setDeadline(rentalId, fact.data.deadlineAt);
    case 'RequestExpired':
      return rows.waits(rentalId, false);
    case 'RentalEnded':
      await rows.changeLease(rentalId, null, { phase: 'ending' });
      return rows.waits(rentalId, false);
    case 'AccessRevoked':
      return rows.changeLease(rentalId, fact.data.attempt, { phase: 'over' });
    default:
      return;
  }
}
