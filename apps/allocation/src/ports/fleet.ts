/** What allocation knows of machines and of the leases on them: a fold of node and rental facts, read through this port. */

import type { MicroUsdc } from '@tokenos/domain/money';

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

export interface Lease {
  readonly rentalId: string;
  readonly attempt: number;
  readonly nodeId: string;
  readonly phase: LeasePhase;
}

export interface Fleet {
  /** Retired ones too; null where its enrolment has not arrived. */
  node(nodeId: string): Promise<NodeRecord | null>;
  /** Not retired, by id. */
  nodes(): Promise<readonly NodeRecord[]>;
  /** Leases on this node that are not over. */
  openLeases(nodeId: string): Promise<readonly Lease[]>;
}

/** The writing side of the fleet: what a fold does to it. */
export interface FleetRows {
  enrol(node: NodeRecord): Promise<void>;
  change(nodeId: string, change: Partial<NodeRecord>): Promise<void>;
  /** In the place of the rental's earlier lease. */
  open(lease: Lease): Promise<void>;
  /** Of a lease that is over nothing changes any more. */
  enter(rentalId: string, phase: LeasePhase): Promise<void>;
}
