/** Folds `rental-<id>` into where each rental's lease stands. */

import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { Transaction } from 'kysely';
import type { AllocationTables, LeasePhase } from './tables.js';

export async function applyRentalFact(
  tx: Transaction<AllocationTables>,
  rentalId: string,
  fact: RentalFact,
): Promise<void> {
  if (fact.type === 'RentalPlaced') {
    const lease = { attempt: fact.data.attempt, node_id: fact.data.nodeId, phase: 'starting' as const };
    await tx
      .insertInto('leases')
      .values({ rental_id: rentalId, ...lease })
      .onConflict((conflict) => conflict.column('rental_id').doUpdateSet(lease))
      .execute();
    return;
  }
  const phase = phaseAfter(fact);
  if (phase === null) return;
  // An attempt that failed is over, whatever becomes of its rental.
  await tx
    .updateTable('leases')
    .set({ phase })
    .where('rental_id', '=', rentalId)
    .where('phase', '<>', 'over')
    .execute();
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
