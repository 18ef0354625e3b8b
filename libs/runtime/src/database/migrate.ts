/** Brings a service's schema up to date at its start; every process of the service may call it at once. */

import { type Kysely, type Migration, Migrator } from 'kysely';
import pg from 'pg';
import { assertSchemaName } from './database.js';

/** Applied in the order of their names (`001-rental-view`); a released one is never edited. */
export type Migrations = Readonly<Record<string, Migration>>;

const MAX_ATTEMPTS = 10;

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
  for (let attempts = 1; ; attempts++) {
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) return;
    if (!hasVanished(error) || attempts === MAX_ATTEMPTS)
      throw new Error(`cannot migrate the schema ${schema}`, { cause: error });
  }
}

/**
 * Kysely looks at every table of the database, and one of another service's may go while it looks: when a rebuilt view takes
 * the old one's place (views/rebuild). invalid_schema_name, undefined_table.
 */
const hasVanished = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && ['3F000', '42P01'].includes(error.code ?? '');
