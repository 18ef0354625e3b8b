/** The tables that every service has beside its own: where each stream stands, where the store stands, what is due, and a wish to rebuild. */

import { type ColumnType, type Generated, sql } from 'kysely';
import type { Migrations } from '../database/migrate.js';
import type { Json } from '../event-store/envelope.js';

export interface RuntimeTables {
  followed: {
    stream: string;
    /** Last revision folded into the view; -1: none yet. */
    revision: number;
    /** Why the next fact could not be applied, or null. Such a stream is tried again on each pass; the others go on. */
    stuck: string | null;
  };
  checkpoint: {
    name: string;
    /** The store's own position, opaque; null: before the first fact. */
    position: string | null;
  };
  duties: {
    kind: string;
    key: string;
    /** Epoch ms, platform's time; null: cancelled while it ran. */
    due_at: ColumnType<bigint | null, number | null, number | null>;
    /** From a sequence, so that a version never comes back, not even after a cancel. */
    version: Generated<bigint>;
    attempts: Generated<number>;
    /** The database's wall time until which a worker holds it. */
    claimed_until: Date | null;
    last_error: string | null;
    payload: ColumnType<Json, string | null, string | null>;
    /** What led to it, handed on to the facts that come of it. */
    correlation_id: string | null;
    causation_id: string | null;
  };
  /** One row at most: the last rebuild that was asked for (views/rebuild/request.ts). */
  rebuild: {
    one: Generated<true>;
    state: 'asked' | 'folding' | 'done' | 'failed';
    /** Whether lost duties are to be made again. */
    duties: boolean;
    /** Processes that began it. */
    attempts: Generated<number>;
    /** Facts looked at, and of those the service's own, folded. */
    read: ColumnType<bigint, number | undefined, number>;
    folded: ColumnType<bigint, number | undefined, number>;
    /** Facts that the view held when it began: what `folded` comes to, and more while new ones arrive. */
    expected: ColumnType<bigint, number | undefined, number>;
    asked_at: Generated<Date>;
    began_at: Date | null;
    ended_at: Date | null;
    error: string | null;
  };
}

/** Sorts before a view's own `001-...`. */
export const runtimeMigrations: Migrations = {
  '000-runtime': {
    async up(db) {
      await sql`create table followed (stream text primary key, revision integer not null, stuck text)`.execute(db);
      await sql`create index followed_stuck on followed (stream) where stuck is not null`.execute(db);
      await sql`create table checkpoint (name text primary key, position text)`.execute(db);
      await sql`create sequence duty_version`.execute(db);
      await sql`create table duties (
        kind text not null,
        key text not null,
        due_at bigint,
        version bigint not null default nextval('duty_version'),
        attempts integer not null default 0,
        claimed_until timestamptz,
        last_error text,
        payload jsonb,
        correlation_id text,
        causation_id text,
        primary key (kind, key))`.execute(db);
      await sql`create index duties_due on duties (due_at)`.execute(db);
    },
  },
  '000-runtime-rebuild': {
    async up(db) {
      await sql`create table rebuild (
        one boolean primary key default true check (one),
        state text not null,
        duties boolean not null,
        attempts integer not null default 0,
        read bigint not null default 0,
        folded bigint not null default 0,
        expected bigint not null default 0,
        asked_at timestamptz not null default clock_timestamp(),
        began_at timestamptz,
        ended_at timestamptz,
        error text)`.execute(db);
    },
  },
};
