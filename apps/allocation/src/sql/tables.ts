/** Allocation's tables: a fold of node and rental facts, and beside it what no fact says (claims, drafts, probe keys). */

import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { ColumnType, JSONColumnType } from 'kysely';
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
  /** Fold of `rental-<id>`: what each rental asked for, and whether it wants a machine and has none. */
  rentals: { rental_id: string; tier: Tier; waiting: boolean };
  /** Fold of `rental-<id>`: where each attempt stands. */
  leases: {
    rental_id: string;
    attempt: number;
    node_id: string;
    phase: LeasePhase;
    awaits_buyer: boolean;
    checkpoint_at: bigint | null;
  };
  /** Fold of the victim's `rental-<id>`: GPUs it was told to give up, and for whom. */
  holds: {
    victim_id: string;
    beneficiary_id: string;
    node_id: string;
    gpu_uuids: JSONColumnType<string[]>;
    noticed_at: bigint;
    deadline_at: bigint | null;
  };
  /** Fold of `operator-<id>`. */
  reputations: { operator_id: string; bps: number };
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
