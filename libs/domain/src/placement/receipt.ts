/** placement@1's receipt: enough, with the public facts, to choose the same node again. */

import type { MicroUsdc } from '../money.js';

export interface ScoredCandidate {
  readonly nodeId: string;
  readonly operatorId: string;
  readonly rateMicroUsdcPerHour: MicroUsdc;
  readonly reputationBps: number;
  readonly idleGpus: number;
  readonly priceAdvantageBps: number;
  readonly score: number;
  /** SHA-256 of rental id and node id, hex. */
  readonly tieBreak: string;
}

export const UNFIT_REASONS = [
  'offline',
  'unverified',
  'draining',
  'gpu_tier',
  'region',
  'reputation',
  'rate_above_cap',
  'not_enough_idle_gpus',
  'failed_before',
] as const;
export type UnfitReason = (typeof UNFIT_REASONS)[number];

/** Nodes that could serve, passed over for the sake of others: see admission. `held`: their GPUs are kept for another rental. */
export const REFUSED_REASONS = ['held', 'spot_reserve', 'reserved_spare'] as const;
export type RefusedReason = (typeof REFUSED_REASONS)[number];

export type Refused = { readonly [Reason in RefusedReason]?: number | undefined };

export interface PlacementReceipt {
  readonly rules: string;
  readonly capMicroUsdcPerHour: MicroUsdc;
  /** The best 20, best first: the first was chosen. */
  readonly best: readonly ScoredCandidate[];
  /** How many nodes were unfit, by the first reason found. */
  readonly unfit: Readonly<Record<UnfitReason, number>>;
  /** How many nodes were passed over, by reason; absent where none was. */
  readonly refused?: Refused | undefined;
  /** SHA-256 over the canonical JSON of all scored candidates, in order. */
  readonly fullListSha256: string;
}
