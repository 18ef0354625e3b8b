/** How allocation's tables come to be, one step per release. */

import type { Migrations } from '@tokenos/runtime/database/migrate';
import { sql } from 'kysely';

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
  '002-failover': {
    async up(db) {
      await sql`drop table leases`.execute(db);
      await sql`create table leases (
        rental_id text not null, attempt integer not null, node_id text not null, phase text not null,
        awaits_buyer boolean not null, checkpoint_at bigint, primary key (rental_id, attempt))`.execute(db);
      await sql`create index leases_open on leases (node_id) where phase <> 'over'`.execute(db);
      await sql`create table rentals (
        rental_id text primary key, tier text not null, waiting boolean not null)`.execute(db);
      await sql`create table holds (
        victim_id text primary key, beneficiary_id text not null, node_id text not null, gpu_uuids jsonb not null,
        noticed_at bigint not null, deadline_at bigint)`.execute(db);
      await sql`create table reputations (operator_id text primary key, bps integer not null)`.execute(db);
      // A view of another shape is folded again from the first fact on, before the service is ready.
      await sql`truncate nodes, followed, checkpoint`.execute(db);
    },
  },
};
