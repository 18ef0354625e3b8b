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
 * is drawn until the commit is visible, so positions become visible in their order and no reader can skip one. No other
 * transaction of this server can hold a reader back.
 */
const tables = [
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

/**
 * Many appends in one transaction, each whole or not at all; gives the streams of those stored, null for none. No stream has
 * two, and `expecteds` says for every row which head its append wants. The lock is taken before any head is looked at, and a
 * function that may write sees with each of its statements what was committed before it.
 */
const appendGroup = sql`create function append_group(
    expecteds integer[], streams text[], revisions integer[], ids text[], types text[], ats text[], bys text[],
    correlation_ids text[], causation_ids text[], datas json[], prev_hashes text[], hashes text[]
  ) returns text[] language plpgsql as $$
    declare stored text[];
    begin
      perform pg_advisory_xact_lock('fact'::regclass::oid::bigint);
      with inserted as (
        insert into fact (stream, revision, id, type, at, by, correlation_id, causation_id, data, prev_hash, hash)
          select a.stream, a.revision, a.id, a.type, a.at, a.by, a.correlation_id, a.causation_id, a.data, a.prev_hash, a.hash
          from unnest(expecteds, streams, revisions, ids, types, ats, bys, correlation_ids, causation_ids, datas,
              prev_hashes, hashes)
            as a (expected, stream, revision, id, type, at, by, correlation_id, causation_id, data, prev_hash, hash)
          where a.expected = coalesce(
            (select revision from fact where stream = a.stream order by revision desc limit 1), -1)
        returning stream)
      select array_agg(distinct stream) into stored from inserted;
      return stored;
    end
  $$`;

export const migrations: Migrations = {
  '001-fact': {
    async up(db: Kysely<FactTables>) {
      for (const statement of tables) await statement.execute(db);
    },
  },
  '002-append-group': {
    async up(db: Kysely<FactTables>) {
      await appendGroup.execute(db);
    },
  },
};
