/** The gateway's tables: indexes folded from facts, and beside them what no fact says (keys, amounts, enrolment tokens). */

import type { AnchorsAnswer } from '@tokenos/contracts/api/anchors';
import type { ReputationTier } from '@tokenos/domain/reputation/formula';
import type { ReputationInputs } from '@tokenos/domain/reputation/reputation';
import type { Migrations } from '@tokenos/runtime/database/migrate';
import { type ColumnType, type JSONColumnType, type Kysely, sql } from 'kysely';

type Big = ColumnType<bigint, bigint | number, bigint | number>;

export interface GatewayTables {
  /** Fold of `rental-<id>`: whose it is and whether it is open. What it says in full, its stream says. */
  rentals: {
    rental_id: string;
    buyer_id: string;
    tier: string;
    open: boolean;
    changed_at: Big;
    /** It makes way for somebody: its GPUs are promised. */
    noticed: boolean;
    /** From here on it runs; null before. */
    started_at: ColumnType<bigint | null, number | null, number | null>;
    /** Null while it is not over. */
    ended_at: ColumnType<bigint | null, number | null, number | null>;
  };
  /** Fold of `rental-<id>`: which operators it was placed with. */
  served: { rental_id: string; operator_id: string };
  /** Fold of `rental-<id>`: GPUs each of its attempts holds, from placement until access is revoked. */
  held_gpus: { rental_id: string; attempt: number; node_id: string; gpu_uuid: string; until: Big };
  /** Fold of `anchor-<day>`: what was published, as it stands in the fact. */
  anchors: { day: string; published: JSONColumnType<AnchorsAnswer['items'][number]> };
  /** Fold of `node-<id>`. */
  nodes: {
    node_id: string;
    operator_id: string;
    node_key: string;
    gpu_tier: string;
    gpus: JSONColumnType<{ uuid: string; model: string }[]>;
    simulated: boolean;
    region: string;
    country: string;
    verification: 'pending' | 'verified' | 'rejected';
    draining: boolean;
    retired: boolean;
    rate: ColumnType<bigint | null, bigint | null>;
    pue_percent: number | null;
  };
  /** Fold of `operator-<id>`: who is one, and the day of its latest score; null before the first. */
  operators: { operator_id: string; score_day: string | null };
  /** Fold of `operator-<id>`: one score per day. */
  scores: {
    operator_id: string;
    day: string;
    score_bps: number;
    tier: ReputationTier;
    provisional: boolean;
    inputs: JSONColumnType<ReputationInputs>;
  };
  /** `answer` null: under way, or died half-way; the reserved id makes both come to the same end. */
  idempotency_keys: {
    caller_id: string;
    key: string;
    fingerprint: string;
    reserved_id: string;
    answer: ColumnType<unknown, string | null | undefined, string>;
  };
  /** Amounts asked for by quotes that may still be paid: one quote each, so that an exact amount names its rental. */
  quote_amounts: { amount: Big; rental_id: string; free_at: Big; buyer_id: string };
  /** The token's hash, never the token. */
  enrolment_tokens: {
    token_sha256: string;
    operator_id: string;
    rate: Big;
    uses_left: number;
    expires_at: Big;
  };
  /** Which machine used which token: the same machine again uses it up no further. */
  enrolments: { token_sha256: string; node_id: string };
}

export const migrations: Migrations = {
  '001-gateway': {
    async up(db) {
      await sql`create table rentals (
        rental_id text primary key, buyer_id text not null, open boolean not null, changed_at bigint not null)`.execute(
        db,
      );
      await sql`create index rentals_by_buyer on rentals (buyer_id, rental_id desc)`.execute(db);
      await sql`create table served (
        rental_id text not null, operator_id text not null, primary key (operator_id, rental_id))`.execute(db);
      await sql`create table held_gpus (
        rental_id text not null, node_id text not null, gpu_uuid text not null, until bigint not null,
        primary key (rental_id, gpu_uuid))`.execute(db);
      await sql`create index held_gpus_by_node on held_gpus (node_id)`.execute(db);
      await sql`create table nodes (
        node_id text primary key, operator_id text not null, node_key text not null, gpu_tier text not null,
        gpus jsonb not null, simulated boolean not null, region text not null, country text not null,
        verification text not null, draining boolean not null, retired boolean not null, rate bigint)`.execute(db);
      await sql`create index nodes_by_operator on nodes (operator_id, node_id)`.execute(db);
      await sql`create table idempotency_keys (
        caller_id text not null, key text not null, fingerprint text not null, reserved_id text not null, answer json,
        primary key (caller_id, key))`.execute(db);
      await sql`create table quote_amounts (
        amount bigint primary key, rental_id text not null, free_at bigint not null)`.execute(db);
      await sql`create index quote_amounts_by_time on quote_amounts (free_at)`.execute(db);
      await sql`create table enrolment_tokens (
        token_sha256 text primary key, operator_id text not null, rate bigint not null,
        uses_left integer not null check (uses_left >= 0), expires_at bigint not null)`.execute(db);
      await sql`create table enrolments (
        token_sha256 text not null references enrolment_tokens, node_id text not null,
        primary key (token_sha256, node_id))`.execute(db);
    },
  },
  '002-quotes-per-buyer': {
    async up(db) {
      await sql`alter table quote_amounts add column buyer_id text not null default ''`.execute(db);
      await sql`create index quote_amounts_by_buyer on quote_amounts (buyer_id, free_at)`.execute(db);
      await sql`create index served_by_rental on served (rental_id)`.execute(db);
    },
  },
  '003-tiers-and-months': {
    async up(db) {
      await sql`alter table rentals add column tier text not null default '',
        add column noticed boolean not null default false, add column started_at bigint, add column ended_at bigint`.execute(
        db,
      );
      await sql`create index rentals_by_month on rentals (buyer_id, ended_at)`.execute(db);
      await sql`alter table held_gpus add column attempt integer not null default 0`.execute(db);
      await sql`alter table held_gpus drop constraint held_gpus_pkey`.execute(db);
      await sql`alter table held_gpus add primary key (rental_id, attempt, gpu_uuid)`.execute(db);
      await foldAnew(db);
    },
  },
  '004-reputation': {
    async up(db) {
      await sql`create table operators (operator_id text primary key, score_day text)`.execute(db);
      await sql`create table scores (
        operator_id text not null, day text not null, score_bps integer not null, tier text not null,
        provisional boolean not null, inputs jsonb not null, primary key (operator_id, day))`.execute(db);
      // Operators were not followed so far: from the store's first fact on, and what is known of the rest is skipped.
      await sql`update checkpoint set position = null`.execute(db);
    },
  },
  '005-pue': {
    async up(db) {
      await sql`alter table nodes add column pue_percent integer`.execute(db);
      await sql`truncate nodes`.execute(db);
      await sql`delete from followed where stream like 'node-%'`.execute(db);
      await sql`update checkpoint set position = null`.execute(db);
    },
  },
  '006-anchors': {
    async up(db) {
      await sql`create table anchors (day text primary key, published json not null)`.execute(db);
      // Anchors were not followed so far.
      await sql`update checkpoint set position = null`.execute(db);
    },
  },
};

/** Rows made before a column was there lack it: every fact is folded again, from the store's first on. */
async function foldAnew(db: Kysely<unknown>): Promise<void> {
  await sql`truncate followed, rentals, served, held_gpus, nodes`.execute(db);
  await sql`update checkpoint set position = null`.execute(db);
}
