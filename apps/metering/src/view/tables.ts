/** Metering's tables: the keys of nodes (a fold of facts), and the evidence that no fact holds in full. */

import type { Migrations } from '@tokenos/runtime/database/migrate';
import { type JSONColumnType, sql } from 'kysely';

export interface MeteringTables {
  /** Fold of `node-<id>`: who may sign for it. */
  nodes: { node_id: string; node_key: string };
  /** Heartbeats and probes that name a lease, as they came; pruned once their minutes are metered. */
  evidence: {
    rental_id: string;
    /** Place in the bus' telemetry stream: the same message twice is one row. */
    sequence: bigint;
    attempt: number;
    kind: 'heartbeat' | 'probe';
    /** Heartbeats: when the bus stored it. Probes: when it began. Epoch ms, platform's time. */
    at: bigint;
    message: JSONColumnType<object>;
  };
  /** What each UsageMetered stands on, to the byte: its SHA-256 is in the fact. Kept 90 days. */
  metered_evidence: { rental_id: string; first_minute: number; sha256: string; body: string; kept_until: bigint };
}

export const migrations: Migrations = {
  '001-metering': {
    async up(db) {
      await sql`create table nodes (node_id text primary key, node_key text not null)`.execute(db);
      await sql`create table evidence (
        rental_id text not null, sequence bigint not null, attempt integer not null, kind text not null,
        at bigint not null, message jsonb not null, primary key (rental_id, sequence))`.execute(db);
      await sql`create index evidence_by_time on evidence (rental_id, kind, at)`.execute(db);
      await sql`create table metered_evidence (
        rental_id text not null, first_minute integer not null, sha256 text not null, body text not null,
        kept_until bigint not null, primary key (rental_id, first_minute))`.execute(db);
      await sql`create index metered_evidence_old on metered_evidence (kept_until)`.execute(db);
    },
  },
};
