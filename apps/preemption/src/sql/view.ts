/** Preemption's view on Postgres, folded from the facts it hears. */

import type { View } from '@tokenos/runtime/views/view';
import { foldFact } from '../view/fold.js';
import { sqlFleetRows } from './fleet-rows.js';
import { migrations, type PreemptionTables } from './tables.js';

export const preemptionView: View<PreemptionTables> = {
  migrations,
  tables: ['nodes', 'rentals', 'leases', 'operators'],
  apply: (tx, envelope) => foldFact(sqlFleetRows(tx), envelope),
};
