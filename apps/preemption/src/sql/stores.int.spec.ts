/** The stores that production runs on. */

import { withPostgres } from '@tokenos/testing/servers/postgres';
import { openDatabase } from '@tokenos/runtime/database/database';
import { migrate } from '@tokenos/runtime/database/migrate';
import { storesContract } from '../testing/stores-contract.js';
import { sqlStores } from './stores.js';
import { migrations, type PreemptionTables } from './tables.js';
import { preemptionView } from './view.js';

const postgres = withPostgres();

storesContract('Postgres', async () => {
  const db = openDatabase<PreemptionTables>(await postgres.freshDatabase(), 'preemption');
  await migrate(db, 'preemption', migrations);
  return {
    stores: sqlStores(db),
    apply: (envelope) => db.transaction().execute((tx) => preemptionView.apply(tx, envelope, { last: true })),
    close: () => db.destroy(),
  };
});
