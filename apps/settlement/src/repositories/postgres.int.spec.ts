import { openDatabase } from '@tokenos/runtime/database/database';
import { migrate } from '@tokenos/runtime/database/migrate';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Kysely } from 'kysely';
import { repositoriesContract } from '../testing/repositories-contract.js';
import { migrations, type SettlementTables } from '../view/tables.js';
import { postgresRepositories } from './postgres.js';

const postgres = withPostgres();
let db: Kysely<SettlementTables>;
afterEach(() => db.destroy());

repositoriesContract('Postgres', async () => {
  const url = await postgres.freshDatabase();
  db = openDatabase<SettlementTables>(url, 'settlement');
  await migrate(db, 'settlement', migrations);
  return postgresRepositories(db);
});
