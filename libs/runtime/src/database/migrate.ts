/** Brings a service's schema up to date at its start; every process of the service may call it at once. */

import { type Kysely, type Migration, Migrator } from 'kysely';
import { assertSchemaName } from './database.js';

/** Applied in the order of their names (`001-rental-view`); a released one is never edited. */
export type Migrations = Readonly<Record<string, Migration>>;

export async function migrate<Tables>(db: Kysely<Tables>, schema: string, migrations: Migrations): Promise<void> {
  assertSchemaName(schema);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
    migrationTableSchema: schema,
    // The runtime's come before a service's own by name, and some of them later by date.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error(`cannot migrate the schema ${schema}`, { cause: error });
}
