/** Preemption's tables: a fold of node, rental and operator facts, and beside it what no fact says (the whole plan). */

import type { Migrations } from '@tokenos/runtime/database/migrate';
import { type ColumnType, type JSONColumnType, sql } from 'kysely';
import type { LeasePhase } from '../ports/fleet.js';

export interface PreemptionTables {
  /** Fold of `node-<id>`. */
  nodes: {
    node_id: string;
    operator_id: string;
    node_key: string;
    gpu_tier: string;
    region: string;
    gpu_uuids: JSONColumnType<string[]>;
    verified: boolean;
    draining: boolean;
    retired: boolean;
    rate: ColumnType<bigint | null, bigint | null>;
  };
  /** Fold of `rental-<id>`: what it pays for, and whether it may still want a machine. */
  rentals: { rental_id: string; tier: string; closed: boolean };
  /** Fold of `rental-<id>`: each attempt and its GPUs. */
  leases: {
    rental_id: string;
    attempt: number;
    node_id: string;
    gpu_uuids: JSONColumnType<string[]>;
    phase: LeasePhase;
    started_at: ColumnType<bigint | null, number | null, number | null>;
    awaits_delivery: boolean;
  };
  /** Fold of `operator-<id>`. */
  operators: { operator_id: string; score_bps: number };
  /** Who yields to whom: recorded whole before the first notice goes out. */
  plans: {
    beneficiary_id: string;
    attempt: number;
    node_id: string;
    gpu_uuids: JSONColumnType<string[]>;
    planned_at: ColumnType<bigint, number>;
  };
  /** Each rental stands here once, for ever: nobody is asked twice. `place`: its place in its plan. */
  victims: {
    rental_id: string;
    beneficiary_id: string;
    attempt: number;
    place: number;
    notice: JSONColumnType<object>;
  };
}

export const migrations: Migrations = {
  '001-preemption': {
    async up(db) {
      await sql`create table nodes (
        node_id text primary key, operator_id text not null, node_key text not null, gpu_tier text not null,
        region text not null, gpu_uuids jsonb not null, verified boolean not null, draining boolean not null,
        retired boolean not null, rate bigint)`.execute(db);
      await sql`create table rentals (rental_id text primary key, tier text not null, closed boolean not null)`.execute(
        db,
      );
      await sql`create table leases (
        rental_id text not null, attempt integer not null, node_id text not null, gpu_uuids jsonb not null,
        phase text not null, started_at bigint, awaits_delivery boolean not null,
        primary key (rental_id, attempt))`.execute(db);
      await sql`create index leases_open on leases (rental_id) where phase <> 'over'`.execute(db);
      await sql`create table operators (operator_id text primary key, score_bps integer not null)`.execute(db);
      await sql`create table plans (
        beneficiary_id text not null, attempt integer not null, node_id text not null, gpu_uuids jsonb not null,
        planned_at bigint not null, primary key (beneficiary_id, attempt))`.execute(db);
      await sql`create table victims (
        rental_id text primary key, beneficiary_id text not null, attempt integer not null, place integer not null,
        notice jsonb not null, foreign key (beneficiary_id, attempt) references plans)`.execute(db);
      await sql`create index victims_of_plan on victims (beneficiary_id, attempt)`.execute(db);
    },
  },
};
