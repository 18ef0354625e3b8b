/** Allocation's tables: a fold of node and rental facts, and beside it what no fact says (claims, drafts, probe keys). */

import type { Migrations } from '@tokenos/runtime/database/migrate';
import { type ColumnType, type JSONColumnType, sql } from 'kysely';
import type { LeasePhase, Verification } from '../ports/fleet.js';

export interface AllocationTables {
  /** Fold of `node-<id>`. */
  nodes: {
    node_id: string;
    operator_id: string;
    node_key: string;
    gpu_tier: string;
    region: string;
    ssh_host: string;
    ssh_port: number;
    host_key: string;
    gpu_uuids: JSONColumnType<string[]>;
    verification: Verification;
    draining: boolean;
    retired: boolean;
    rate: ColumnType<bigint | null, bigint | null>;
  };
  /** Fold of `rental-<id>`: where each rental now is. */
  leases: {
    rental_id: string;
    attempt: number;
    node_id: string;
    phase: LeasePhase;
  };
  /** The lock on each GPU of each node, no view: one holder at a time. A node names its GPUs itself, and so locks only its own. */
  gpu_claims: {
    node_id: string;
    gpu_uuid: string;
    rental_id: string | null;
    attempt: number;
    lease_epoch: number;
  };
  /** What was chosen, recorded with the claims and before the fact, so that a crash in between appends the same choice. */
  drafts: { rental_id: string; attempt: number; placed: JSONColumnType<object> };
  /** The platform's own key into each attempt, good for one fixed answer only. */
  probe_keys: { rental_id: string; attempt: number; public_key: string; private_key: string };
}

export const migrations: Migrations = {
  '001-allocation': {
    async up(db) {
      await sql`create table nodes (
        node_id text primary key, operator_id text not null, node_key text not null, gpu_tier text not null,
        region text not null, ssh_host text not null, ssh_port integer not null, host_key text not null,
        gpu_uuids jsonb not null, verification text not null, draining boolean not null, retired boolean not null,
        rate bigint)`.execute(db);
      await sql`create table leases (
        rental_id text primary key, attempt integer not null, node_id text not null, phase text not null)`.execute(db);
      await sql`create index leases_open on leases (node_id) where phase <> 'over'`.execute(db);
      await sql`create table gpu_claims (
        node_id text not null, gpu_uuid text not null, rental_id text, attempt integer not null,
        lease_epoch integer not null, primary key (gpu_uuid, node_id))`.execute(db);
      await sql`create index gpu_claims_held on gpu_claims (rental_id) where rental_id is not null`.execute(db);
      await sql`create table drafts (
        rental_id text not null, attempt integer not null, placed jsonb not null,
        primary key (rental_id, attempt))`.execute(db);
      await sql`create table probe_keys (
        rental_id text not null, attempt integer not null, public_key text not null, private_key text not null,
        primary key (rental_id, attempt))`.execute(db);
    },
  },
};
