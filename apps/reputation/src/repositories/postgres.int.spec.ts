import { openDatabase } from '@tokenos/runtime/database/database';
import { migrate } from '@tokenos/runtime/database/migrate';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Kysely } from 'kysely';
import { recordsContract } from '../testing/records-contract.js';
import { migrations, type ReputationTables } from '../view/tables.js';
import { postgresRecords } from './postgres.js';

const postgres = withPostgres();
let db: Kysely<ReputationTables>;
afterEach(() => db.destroy());

recordsContract('Postgres', async () => {
  const url = await postgres.freshDatabase();
  db = openDatabase<ReputationTables>(url, 'reputation');
  await migrate(db, 'reputation', migrations);
  return postgresRecords(db);
});
