/** Allocation's view on Postgres: nodes and leases, folded from the facts it hears. */

import type { View } from '@tokenos/runtime/views/view';
import { foldFact } from '../view/fold.js';
import { sqlFleetRows } from './fleet-rows.js';
import { migrations, type AllocationTables } from './tables.js';

export const allocationView: View<AllocationTables> = {
  migrations,
  tables: ['nodes', 'leases'],
  apply: (tx, envelope) => foldFact(sqlFleetRows(tx), envelope),
};
