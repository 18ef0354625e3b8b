/** The facts' table: the database itself keeps it append-only, gapless per stream, and ordered by commit. */

import { type Generated, type Kysely, sql } from 'kysely';
import type { Migrations } from '../database/migrate.js';
import type { Json } from './envelope.js';

export const SCHEMA = 'facts';
export const CHANNEL = 'fact';

export interface FactTable {
  position: Generated<bigint>;
  stream: string;
  revision: number;
  id: string;
  type: string;
  at: string;
  by: string;
  correlation_id: string;
  causation_id: string;
  data: Json;
  prev_hash: string;
  hash: string;
}

export interface FactTables {
  fact: FactTable;
}

/**
 * `json`, not `jsonb`: it keeps the text as it came, and takes \u0000 too. The advisory lock is held from before a position
 * is drawn until the commit is visible, so positions become visible in their order and no reader can skip one. NOTIFY
 * serialises commits anyway, so this costs little, and no other transaction of this server can hold a reader back.
 */
const statements = [
  sql`create table fact (
    position bigint generated always as identity unique,
    stream text collate "C" not null,
    revision integer not null check (revision >= 0),
    id text not null,
    type text not null,
    at text not null,
    by text not null,
    correlation_id text not null,
    causation_id text not null,
    data json not null,
    prev_hash text not null,
    hash text not null,
    primary key (stream, revision)
  )`,
  sql`create function append_in_order() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(tg_relid::bigint);
      perform pg_notify(${sql.lit(CHANNEL)}, '');
      return null;
    end
  $$`,
  sql`create trigger append_in_order before insert on fact for each statement execute function append_in_order()`,
  sql`create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'facts are append-only' using errcode = 'insufficient_privilege';
    end
  $$`,
  sql`create trigger refuse_change before update or delete or truncate on fact
    for each statement execute function refuse_change()`,
];

export const migrations: Migrations = {
  '001-fact': {
    async up(db: Kysely<FactTables>) {
      for (const statement of statements) await statement.execute(db);
    },
  },
};
