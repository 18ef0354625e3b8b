/** What allocation knows of machines and of the leases on them: a fold of node, rental and operator facts, read through this port. */

import type { MicroUsdc } from '@tokenos/domain/money';
import type { Millis } from '@tokenos/domain/time';

export type Verification = 'pending' | 'verified' | 'rejected';

export interface NodeRecord {
  readonly nodeId: string;
  readonly operatorId: string;
  readonly nodeKey: string;
  readonly gpuTier: string;
  readonly region: string;
  readonly sshHost: string;
  readonly sshPort: number;
  readonly hostKey: string;
  readonly gpuUuids: readonly string[];
  readonly verification: Verification;
  readonly draining: boolean;
  readonly retired: boolean;
  /** Null: its operator has set no price yet. */
  readonly rateMicroUsdcPerHour: MicroUsdc | null;
}

export type LeasePhase = 'starting' | 'running' | 'ending' | 'over';

/** One attempt of a rental on one machine. */
export interface Lease {
  readonly rentalId: string;
  readonly attempt: number;
  readonly nodeId: string;
  readonly phase: LeasePhase;
  /** It runs again after a failover, and its buyer has not been back. */
  readonly awaitsBuyer: boolean;
  /** When the checkpoint was asked for that it still owes; null: none. */
  readonly checkpointAt: Millis | null;
}

/** GPUs that a SPOT rental was told to give up, for the rental it yields to. */
export interface Hold {
  readonly victimId: string;
  readonly beneficiaryId: string;
  readonly nodeId: string;
  readonly gpuUuids: readonly string[];
  readonly noticedAt: Millis;
  /** Null: the victim has not been told yet. */
  readonly deadlineAt: Millis | null;
}

export interface Fleet {
  /** Retired ones too; null where its enrolment has not arrived. */
  node(nodeId: string): Promise<NodeRecord | null>;
  /** Not retired, by id. */
  nodes(): Promise<readonly NodeRecord[]>;
  /** Leases on this node that are not over. */
  openLeases(nodeId: string): Promise<readonly Lease[]>;
  /** In force: their beneficiaries still wait for a machine. By victim. */
  holds(): Promise<readonly Hold[]>;
  /** Latest score of each operator that has one, in bps. */
  reputations(): Promise<ReadonlyMap<string, number>>;
}
