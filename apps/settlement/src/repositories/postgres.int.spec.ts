import { openDatabase } from '@tokenos/runtime/database/database';
import { migrate } from '@tokenos/runtime/database/migrate';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Kysely } from 'kysely';
import { headsContract } from '../testing/heads-contract.js';
import { repositoriesContract } from '../testing/repositories-contract.js';
import { migrations, type SettlementTables } from '../view/tables.js';
import type { Repositories } from './port.js';
import { postgresRepositories } from './postgres.js';

const postgres = withPostgres();
let db: Kysely<SettlementTables>;
afterEach(() => db.destroy());

async function open(): Promise<Repositories> {
  const url = await postgres.freshDatabase();
  db = openDatabase<SettlementTables>(url, 'settlement');
  await migrate(db, 'settlement', migrations);
  return postgresRepositories(db);
}

repositoriesContract('Postgres', open);
headsContract('Postgres', async () => (await open()).heads);
