/** placement@1: which node serves a paid request. Pure; hashes arrive with the candidates because the domain computes none. */

import { minus, mulDiv, type MicroUsdc } from '../money.js';
import { BPS } from '../pricing/rate-sheet.js';
import { NO_RECORD, reputation } from '../reputation/reputation.js';
import { UNFIT_REASONS, type ScoredCandidate, type UnfitReason } from './receipt.js';

export const PLACEMENT = 'placement@1';
export const RECEIPT_BEST = 20;
export const MAX_ATTEMPTS = 3;

/** reputation@1 of an operator nobody has met: U = 0, R = the prior of 4.0 stars (7500 bps), J = 9/10 (9000 bps): 3225. */
export const NEWCOMER_REPUTATION_BPS = reputation(NO_RECORD).scoreBps;

export interface Candidate {
  readonly nodeId: string;
  readonly operatorId: string;
  readonly online: boolean;
  readonly verified: boolean;
  readonly draining: boolean;
  readonly gpuTier: string;
  readonly region: string;
  readonly rateMicroUsdcPerHour: MicroUsdc;
  readonly reputationBps: number;
  readonly idleGpus: number;
  readonly tieBreak: string;
}

export interface Wanted {
  readonly gpuTier: string;
  readonly gpuCount: number;
  readonly region: string | null;
  readonly minReputationBps: number | null;
  readonly capMicroUsdcPerHour: MicroUsdc;
  /** Nodes that failed an earlier attempt of this rental. */
  readonly excludedNodeIds: readonly string[];
}

export interface Ranking {
  /** Every fit node, best first. */
  readonly ranked: readonly ScoredCandidate[];
  readonly unfit: Readonly<Record<UnfitReason, number>>;
}

/** The first reason a node cannot serve, in a fixed order; null where it can. */
export function unfit(candidate: Candidate, wanted: Wanted): UnfitReason | null {
  if (candidate.gpuTier !== wanted.gpuTier) return 'gpu_tier';
  if (!candidate.verified) return 'unverified';
  if (!candidate.online) return 'offline';
  if (candidate.draining) return 'draining';
  if (wanted.region !== null && candidate.region !== wanted.region) return 'region';
  if (candidate.reputationBps < (wanted.minReputationBps ?? 0)) return 'reputation';
  if (candidate.rateMicroUsdcPerHour > wanted.capMicroUsdcPerHour) return 'rate_above_cap';
  if (wanted.excludedNodeIds.includes(candidate.nodeId)) return 'failed_before';
  if (candidate.idleGpus < wanted.gpuCount) return 'not_enough_idle_gpus';
  return null;
}

/** 7 x reputation + 3 x price advantage, both in bps: at most 100,000. */
export function score(candidate: Candidate, capMicroUsdcPerHour: MicroUsdc): ScoredCandidate {
  const { nodeId, operatorId, rateMicroUsdcPerHour, reputationBps, idleGpus, tieBreak } = candidate;
  const below = minus(capMicroUsdcPerHour, rateMicroUsdcPerHour);
  const priceAdvantageBps = Number(mulDiv(BigInt(BPS), below, capMicroUsdcPerHour, 'floor'));
  return {
    nodeId,
    operatorId,
    rateMicroUsdcPerHour,
    reputationBps,
    idleGpus,
    priceAdvantageBps,
    score: 7 * reputationBps + 3 * priceAdvantageBps,
    tieBreak,
  };
}

/** Higher score first, then lower rate, then smaller hash: the same nodes rank the same in any order of arrival. */
export function compare(a: ScoredCandidate, b: ScoredCandidate): number {
  if (a.score !== b.score) return b.score - a.score;
  if (a.rateMicroUsdcPerHour !== b.rateMicroUsdcPerHour)
    return a.rateMicroUsdcPerHour < b.rateMicroUsdcPerHour ? -1 : 1;
  return a.tieBreak < b.tieBreak ? -1 : a.tieBreak > b.tieBreak ? 1 : 0;
}

export function rank(candidates: readonly Candidate[], wanted: Wanted): Ranking {
  const counts = Object.fromEntries(UNFIT_REASONS.map((reason) => [reason, 0])) as Record<UnfitReason, number>;
  const ranked: ScoredCandidate[] = [];
  for (const candidate of candidates) {
    const reason = unfit(candidate, wanted);
    if (reason === null) ranked.push(score(candidate, wanted.capMicroUsdcPerHour));
    else counts[reason] += 1;
  }
  return { ranked: ranked.sort(compare), unfit: counts };
}
