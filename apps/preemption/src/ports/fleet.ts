/** What preemption knows of machines, of the leases on them and of their operators' names: a fold of facts, read through this port. */

import type { MicroUsdc } from '@tokenos/domain/money';
import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { Millis } from '@tokenos/domain/time';

export interface NodeRecord {
  readonly nodeId: string;
  readonly operatorId: string;
  readonly nodeKey: string;
  readonly gpuTier: string;
  readonly region: string;
  readonly gpuUuids: readonly string[];
  readonly verified: boolean;
  readonly draining: boolean;
  readonly retired: boolean;
  /** Null: its operator has set no price yet. */
  readonly rateMicroUsdcPerHour: MicroUsdc | null;
}

export type LeasePhase = 'starting' | 'running' | 'ending' | 'over';

/** One attempt of a rental: its GPUs are taken until it is over. */
export interface Lease {
  readonly rentalId: string;
  readonly attempt: number;
  readonly nodeId: string;
  readonly gpuUuids: readonly string[];
  readonly phase: LeasePhase;
  /** When it began to run on this machine; null before. */
  readonly startedAt: Millis | null;
  /** Its buyer is to be told to make room, and has not been as far as the facts say. */
  readonly awaitsDelivery: boolean;
}

/** With what its rental pays for. */
export interface TieredLease extends Lease {
  readonly tier: Tier;
}

export interface Fleet {
  /** Retired ones too; null where its enrolment has not arrived. */
  node(nodeId: string): Promise<NodeRecord | null>;
  /** Not retired, by id. */
  nodes(): Promise<readonly NodeRecord[]>;
  /** Leases that are not over, by rental and attempt. */
  openLeases(): Promise<readonly TieredLease[]>;
  /** Latest score by operator id, in bps; nobody who has none. */
  reputations(): Promise<ReadonlyMap<string, number>>;
}

/** The writing side of the fleet: what a fold does to it. */
export interface FleetRows {
  enrol(node: NodeRecord): Promise<void>;
  change(nodeId: string, change: Partial<NodeRecord>): Promise<void>;
  request(rentalId: string, tier: Tier): Promise<void>;
  /** It will never want a machine again. */
  close(rentalId: string): Promise<void>;
  open(lease: Lease): Promise<void>;
  /** Of one attempt, or of all; of a lease that is over nothing changes any more. */
  changeLease(
    rentalId: string,
    attempt: number | null,
    change: Partial<Pick<Lease, 'phase' | 'startedAt' | 'awaitsDelivery'>>,
  ): Promise<void>;
  rate(operatorId: string, scoreBps: number): Promise<void>;
}
