/** One machine on offer, as anyone may see it: what it is, where, whose, what is free on it, and its price at each tier. Pure. */

import { both } from '@tokenos/contracts/api/money';
import type { Offer } from '@tokenos/contracts/api/public';
import { TDP_WATTS } from '@tokenos/domain/carbon/tdp';
import { usdc, type MicroUsdc } from '@tokenos/domain/money';
import { price } from '@tokenos/domain/pricing/pricing';
import { isGpuTier, MAX_RENTAL_MINUTES, TIER_BPS, TIERS, type Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { Machine } from '../view/machines.js';

/** Per GPU-hour at each tier, of an operator's on-demand rate. */
export const tierPrices = (rateMicroUsdcPerHour: MicroUsdc) =>
  TIERS.map((tier) => ({ tier, ...both('hourlyPrice', hourly(rateMicroUsdcPerHour, tier)) }));

const hourly = (rateMicroUsdcPerHour: MicroUsdc, tier: Tier): MicroUsdc =>
  price({ rateMicroUsdcPerHour, tierBps: TIER_BPS[tier], gpuCount: 1, minutes: 60 });

/** Whether it takes rentals now, or would if a GPU of it were free. */
export const isOffered = ({ node }: Machine): boolean =>
  node.verification === 'verified' && !node.draining && !node.retired && node.rate !== null;

/** Null: not on offer. */
export function offerOf(machine: Machine): Offer | null {
  const { node, idleGpus, spotGpus, online, reputation } = machine;
  if (!isOffered(machine) || node.rate === null || !isGpuTier(node.gpu_tier)) return null;
  return {
    nodeId: node.node_id,
    operatorId: node.operator_id,
    gpuTier: node.gpu_tier,
    model: node.gpus[0]?.model ?? node.gpu_tier,
    tdpWatts: TDP_WATTS[node.gpu_tier],
    simulated: node.simulated,
    region: node.region,
    country: node.country,
    online,
    gpus: node.gpus.length,
    idleGpus,
    spotGpus,
    reputationBps: reputation.scoreBps,
    reputationTier: reputation.tier,
    reputationProvisional: reputation.provisional,
    longestTermMinutes: MAX_RENTAL_MINUTES,
    prices: tierPrices(usdc(node.rate)),
  };
}
