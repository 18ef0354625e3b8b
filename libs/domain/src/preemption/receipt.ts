/** preemption@1's receipt: the request, the machines whose SPOT rentals could yield to it, and enough to choose the same again. */

import type { MicroUsdc } from '../money.js';
import type { UnfitReason } from '../placement/receipt.js';
import type { Millis } from '../time.js';

/** Who asks others to yield: a paid request, as it was placed against. */
export interface PreemptionRequest {
  readonly rentalId: string;
  readonly tier: 'ON_DEMAND' | 'RESERVED';
  readonly gpuTier: string;
  readonly gpuCount: number;
  readonly region: string | null;
  readonly minReputationBps: number | null;
  readonly capMicroUsdcPerHour: MicroUsdc;
  /** Nodes that failed an earlier attempt of this request. */
  readonly excludedNodeIds: readonly string[];
}

/** A SPOT rental that runs on a node and has not been asked to yield before. */
export interface SpotRental {
  readonly rentalId: string;
  readonly gpuUuids: readonly string[];
  readonly startedAt: Millis;
  /** SHA-256 of the request's rental id and this one's, hex. */
  readonly tieBreak: string;
}

/** A node that could serve the request once some of its SPOT rentals are gone. */
export interface YieldingNode {
  readonly nodeId: string;
  readonly operatorId: string;
  readonly rateMicroUsdcPerHour: MicroUsdc;
  readonly reputationBps: number;
  /** Idle already: together with what the victims free, they serve the request. */
  readonly idleGpus: number;
  /** SHA-256 of the request's rental id and the node id, hex. */
  readonly tieBreak: string;
  /** Whoever may yield here, in the order in which they are asked. */
  readonly spot: readonly SpotRental[];
  /** Rental ids of those who would: a part of `spot`, in its order. */
  readonly victims: readonly string[];
}

export interface PreemptionReceipt {
  readonly rules: string;
  readonly request: PreemptionRequest;
  /** The best 20, best first: the victims of the first were chosen. */
  readonly best: readonly YieldingNode[];
  /** How many nodes were unfit, by the first reason found; not_enough_idle_gpus: not even with all its SPOT rentals gone. */
  readonly unfit: Readonly<Record<UnfitReason, number>>;
  /** SHA-256 over the canonical JSON of all yielding nodes, in order. */
  readonly fullListSha256: string;
}
