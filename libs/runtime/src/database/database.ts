/** A service's own database: Kysely over pg, confined to the service's schema by its search path. */

import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

export interface DatabaseOptions {
  /** Shown in pg_stat_activity; the schema's name unless said. */
  readonly applicationName?: string;
  /** Connections at most. */
  readonly poolSize?: number;
  readonly statementTimeoutMs?: number;
}

/** int8 as bigint: a number would silently lose what lies beyond 2^53. */
const exactIntegers = new pg.TypeOverrides();
exactIntegers.setTypeParser(pg.types.builtins.INT8, BigInt);

/** Settings every connection of ours starts with. */
export function connection(url: string, schema: string, options: DatabaseOptions = {}): pg.ClientConfig {
  assertSchemaName(schema);
  return {
    connectionString: url,
    application_name: options.applicationName ?? schema,
    statement_timeout: options.statementTimeoutMs ?? 10_000,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    options: `-c search_path=${schema} -c timezone=UTC`,
    types: exactIntegers,
  };
}

export function openDatabase<Tables>(url: string, schema: string, options: DatabaseOptions = {}): Kysely<Tables> {
  // Statements that are asked for together go out together, and the server is not waited for between them.
  const pool = new pg.Pool({ ...connection(url, schema, options), max: options.poolSize ?? 8, pipeline: true });
  // An idle connection that breaks is replaced by the pool; the next query reports what matters.
  pool.on('error', () => undefined);
  // One that breaks while it is held between two queries says so to nobody else, and would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** Schema names go into SQL unquoted. */
export function assertSchemaName(schema: string): void {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(schema)) throw new RangeError(`not a schema name: ${JSON.stringify(schema)}`);
}
