import { openDatabase } from '@tokenos/runtime/database/database';
import { migrate } from '@tokenos/runtime/database/migrate';
import { runtimeMigrations } from '@tokenos/runtime/views/tables';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Kysely } from 'kysely';
import { repositoriesContract } from '../testing/repositories-contract.js';
import { migrations, type MeteringTables } from '../view/tables.js';
import { postgresRepositories } from './postgres.js';

const postgres = withPostgres();
let db: Kysely<MeteringTables>;
afterEach(() => db.destroy());

repositoriesContract('Postgres', async () => {
  const url = await postgres.freshDatabase();
  db = openDatabase<MeteringTables>(url, 'metering');
  await migrate(db, 'metering', { ...runtimeMigrations, ...migrations });
  return postgresRepositories(db);
});
