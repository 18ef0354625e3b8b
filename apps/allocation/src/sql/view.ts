/** Allocation's view on Postgres: machines, leases and what is held for whom, folded from the facts it hears. */

import type { View } from '@tokenos/runtime/views/view';
import { foldFact } from '../view/fold.js';
import { sqlFleetRows } from './fleet-rows.js';
import { migrations } from './migrations.js';
import type { AllocationTables } from './tables.js';

export const allocationView: View<AllocationTables> = {
  migrations,
  tables: ['nodes', 'rentals', 'leases', 'holds', 'reputations'],
  apply: (tx, envelope) => foldFact(sqlFleetRows(tx), envelope),
};
