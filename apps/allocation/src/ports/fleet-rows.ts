/** The writing side of the fleet: what a fold does to it. */

import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { Millis } from '@tokenos/domain/time';
import type { Hold, Lease, NodeRecord } from './fleet.js';

export interface FleetRows {
  enrol(node: NodeRecord): Promise<void>;
  change(nodeId: string, change: Partial<NodeRecord>): Promise<void>;
  request(rentalId: string, tier: Tier): Promise<void>;
  /** Whether a rental wants a machine and has none: what is held for it stays held. */
  waits(rentalId: string, waiting: boolean): Promise<void>;
  open(lease: Lease): Promise<void>;
  /** Of one attempt, or of all that a rental has left (null). Of a lease that is over nothing changes any more. */
  changeLease(
    rentalId: string,
    attempt: number | null,
    change: Partial<Pick<Lease, 'phase' | 'awaitsBuyer' | 'checkpointAt'>>,
  ): Promise<void>;
  /** On the node where the victim runs; nothing where it runs nowhere. */
  hold(hold: Omit<Hold, 'nodeId' | 'deadlineAt'>): Promise<void>;
  setDeadline(victimId: string, deadlineAt: Millis): Promise<void>;
  score(operatorId: string, reputationBps: number): Promise<void>;
}
