/** Reputation's tables: what its rule takes from facts, one row each, with the time each was put on record. */

import type { Migrations } from '@tokenos/runtime/database/migrate';
import { sql } from 'kysely';

export interface ReputationTables {
  /** Fold of `operator-<id>`: from when on it has scores, and the last one. */
  operators: { operator_id: string; registered_on: string; last_day: string | null };
  /** Fold of `node-<id>`: whose it is. */
  nodes: { node_id: string; operator_id: string };
  /** Fold of `node-<id>`: one row per day. */
  uptime: {
    node_id: string;
    day: string;
    operator_id: string;
    expected_minutes: number;
    served_minutes: number;
    platform_fault_minutes: number;
    recorded_at: bigint;
  };
  /** Fold of `rental-<id>`: something happened in it that counts and is not written down below yet. */
  touched: { rental_id: string; revision: number };
  /** What became of attempts: the one that completed the rental, and each that failed it. */
  jobs: {
    rental_id: string;
    attempt: number;
    operator_id: string;
    outcome: 'completed' | 'failed';
    /** Of a completed one. */
    wallet: string | null;
    recorded_at: bigint;
  };
  ratings: {
    rental_id: string;
    operator_id: string;
    buyer_id: string;
    stars: number;
    paid_minutes: number;
    rated_at: bigint;
    recorded_at: bigint;
  };
}

export const migrations: Migrations = {
  '001-reputation': {
    async up(db) {
      await sql`create table operators (
        operator_id text primary key, registered_on text not null, last_day text)`.execute(db);
      await sql`create table nodes (node_id text primary key, operator_id text not null)`.execute(db);
      await sql`create table uptime (
        node_id text not null, day text not null, operator_id text not null, expected_minutes integer not null,
        served_minutes integer not null, platform_fault_minutes integer not null, recorded_at bigint not null,
        primary key (node_id, day))`.execute(db);
      await sql`create index uptime_by_operator on uptime (operator_id, day)`.execute(db);
      await sql`create table touched (rental_id text primary key, revision integer not null)`.execute(db);
      await sql`create table jobs (
        rental_id text not null, attempt integer not null, operator_id text not null, outcome text not null,
        wallet text, recorded_at bigint not null, primary key (rental_id, attempt))`.execute(db);
      await sql`create index jobs_by_operator on jobs (operator_id, recorded_at)`.execute(db);
      await sql`create table ratings (
        rental_id text not null, operator_id text not null, buyer_id text not null, stars integer not null,
        paid_minutes integer not null, rated_at bigint not null, recorded_at bigint not null,
        primary key (rental_id, operator_id))`.execute(db);
      await sql`create index ratings_by_operator on ratings (operator_id, recorded_at)`.execute(db);
    },
  },
};
