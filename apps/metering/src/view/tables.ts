/** Metering's tables: the keys of nodes (a fold of facts), and the evidence that no fact holds in full. */

import type { Migrations } from '@tokenos/runtime/database/migrate';
import { type JSONColumnType, sql } from 'kysely';

export interface MeteringTables {
  /** Fold of `node-<id>`: who may sign for it. */
  nodes: { node_id: string; node_key: string };
  /** Heartbeats and probes that name a lease, as they came; pruned once their minutes are metered. */
  evidence: {
    rental_id: string;
    /** Place in the bus' telemetry stream, which starts again at 1 where the bus lost its disk: `at` tells those apart. */
    sequence: bigint;
    /** Heartbeats: when the bus stored it. Probes: when it began. Epoch ms, platform's time. */
    at: bigint;
    kind: 'heartbeat' | 'probe';
    message: JSONColumnType<object>;
  };
  /** What each UsageMetered stands on, to the byte: its SHA-256 is in the fact. Kept 90 days. */
  proofs: { sha256: string; rental_id: string; first_minute: number; body: string; kept_until: bigint };
  /** Who was heard in which minute of the platform's time; '' is anyone. */
  attendance: { who: string; minute: bigint };
}

export const migrations: Migrations = {
  '001-metering': {
    async up(db) {
      await sql`create table nodes (node_id text primary key, node_key text not null)`.execute(db);
      // json, not jsonb: what a machine says may hold a NUL, which jsonb refuses.
      await sql`create table evidence (
        rental_id text not null, sequence bigint not null, at bigint not null, kind text not null,
        message json not null, primary key (rental_id, at, sequence))`.execute(db);
      await sql`create index evidence_by_age on evidence (at)`.execute(db);
      await sql`create table proofs (
        sha256 text primary key, rental_id text not null, first_minute integer not null, body text not null,
        kept_until bigint not null)`.execute(db);
      await sql`create index proofs_by_rental on proofs (rental_id, first_minute)`.execute(db);
      await sql`create index proofs_by_age on proofs (kept_until)`.execute(db);
    },
  },
  '002-uptime': {
    async up(db) {
      await sql`create table attendance (who text not null, minute bigint not null, primary key (who, minute))`.execute(
        db,
      );
      await sql`create index attendance_by_age on attendance (minute)`.execute(db);
      // Machines that were verified before are answerable too: every fact is folded again, from the store's first on.
      await sql`truncate followed, nodes`.execute(db);
      await sql`update checkpoint set position = null`.execute(db);
    },
  },
};
