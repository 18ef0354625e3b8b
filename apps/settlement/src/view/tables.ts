/** Settlement's tables: quotes that a transfer may mean and wallets to pay (folds of facts), and how far the chain was read. */

import type { Migrations } from '@tokenos/runtime/database/migrate';
import { type JSONColumnType, sql } from 'kysely';

export interface SettlementTables {
  /** Fold of `rental-<id>`. */
  quotes: { rental_id: string; reference: string; total: bigint; open: boolean };
  /** Fold of `operator-<id>`. */
  operators: { operator_id: string; wallet: string };
  /** Where the next scan goes on: one row for the account that plans pay from, one for all others. */
  scans: { name: string; cursor: JSONColumnType<object>; finalized_through: bigint | null };
}

export const migrations: Migrations = {
  '001-settlement': {
    async up(db) {
      await sql`create table quotes (
        rental_id text primary key, reference text not null, total bigint not null, open boolean not null)`.execute(db);
      await sql`create index quotes_reference on quotes (reference)`.execute(db);
      await sql`create index quotes_open on quotes (total) where open`.execute(db);
      await sql`create table operators (operator_id text primary key, wallet text not null)`.execute(db);
      await sql`create table scans (name text primary key, cursor jsonb not null, finalized_through bigint)`.execute(
        db,
      );
    },
  },
};
