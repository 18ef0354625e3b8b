import { openDatabase } from '@tokenos/runtime/database/database';
import { migrate } from '@tokenos/runtime/database/migrate';
import { runtimeMigrations } from '@tokenos/runtime/views/tables';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Kysely } from 'kysely';
import { attendanceContract } from '../testing/attendance-contract.js';
import { migrations, type MeteringTables } from '../view/tables.js';
import { postgresAttendance } from './postgres.js';

const postgres = withPostgres();
let db: Kysely<MeteringTables>;
afterEach(() => db.destroy());

attendanceContract('Postgres', async () => {
  const url = await postgres.freshDatabase();
  db = openDatabase<MeteringTables>(url, 'metering');
  await migrate(db, 'metering', { ...runtimeMigrations, ...migrations });
  return postgresAttendance(db);
});
