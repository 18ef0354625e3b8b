/** Settlement's tables: quotes that a transfer may mean and wallets to pay (folds of facts), how far the chain was read, and the heads of all streams. */

import type { Migrations } from '@tokenos/runtime/database/migrate';
import { type Generated, type JSONColumnType, sql } from 'kysely';

export interface SettlementTables {
  /** Fold of `rental-<id>`: one row for the request, whose extension is '', and one per extension. */
  quotes: {
    rental_id: string;
    extension_id: string;
    reference: string;
    total: bigint;
    open: boolean;
    /** Of an extension, epoch ms; of a request null: a fact says when that has expired. */
    expires_at: bigint | null;
  };
  /** Fold of `operator-<id>`: `next_wallet` from `effective_at` on, epoch ms. */
  operators: {
    operator_id: string;
    wallet: string;
    next_wallet: Generated<string | null>;
    effective_at: Generated<bigint | null>;
  };
  /** Where the next scan goes on: one row for the account that plans pay from, one for all others. */
  scans: { name: string; cursor: JSONColumnType<object>; finalized_through: bigint | null };
  /** Of every stream, at the place below. No fold of a stream but of the store's order, so no rebuild empties it. */
  heads: { stream: string; revision: number; hash: string };
  /** One row: how far the store was read for the heads, and the last anchor met. */
  heads_place: { position: string | null; facts: bigint; day: string | null };
  /** What each anchor that was met on the way covers. */
  anchor_counts: {
    day: string;
    position: string;
    facts: bigint;
    streams: bigint;
    root: string;
    previous_day: string | null;
  };
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
  '002-extensions-and-changes': {
    async up(db) {
      await sql`alter table quotes
        add column extension_id text not null default '', add column expires_at bigint,
        drop constraint quotes_pkey, add primary key (rental_id, extension_id)`.execute(db);
      await sql`alter table operators add column next_wallet text, add column effective_at bigint`.execute(db);
    },
  },
  '003-anchors': {
    async up(db) {
      // "C": by bytes, as the tree has its leaves.
      await sql`create table heads (
        stream text collate "C" primary key, revision integer not null, hash text not null)`.execute(db);
      await sql`create table heads_place (
        one boolean primary key default true check (one), position text, facts bigint not null, day text)`.execute(db);
      await sql`insert into heads_place (facts) values (0)`.execute(db);
      await sql`create table anchor_counts (
        day text primary key, position text not null, facts bigint not null, streams bigint not null,
        root text not null, previous_day text)`.execute(db);
    },
  },
};
