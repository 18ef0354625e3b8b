/** The stores that production runs on. */

import { withPostgres } from '@tokenos/testing/servers/postgres';
import { openDatabase } from '@tokenos/runtime/database/database';
import { migrate } from '@tokenos/runtime/database/migrate';
import { storesContract } from '../testing/stores-contract.js';
import { sqlStores } from './stores.js';
import { runtimeMigrations } from '@tokenos/runtime/views/tables';
import { migrations } from './migrations.js';
import type { AllocationTables } from './tables.js';
import { allocationView } from './view.js';

const postgres = withPostgres();

storesContract('Postgres', async () => {
  const db = openDatabase<AllocationTables>(await postgres.freshDatabase(), 'allocation');
  await migrate(db, 'allocation', { ...runtimeMigrations, ...migrations });
  return {
    stores: sqlStores(db),
    apply: (envelope) => db.transaction().execute((tx) => allocationView.apply(tx, envelope, { last: true })),
    close: () => db.destroy(),
  };
});
