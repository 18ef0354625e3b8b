/** The rate sheet, and beside it what the market asks right now for each class of GPU. Pure. */

import { both } from '@tokenos/contracts/api/money';
import type { Rates } from '@tokenos/contracts/api/public';
import { TDP_WATTS } from '@tokenos/domain/carbon/tdp';
import { usdc } from '@tokenos/domain/money';
import { PRICING } from '@tokenos/domain/pricing/pricing';
import {
  DEFAULT_FEE_BPS,
  GPU_TIERS,
  MAX_GPUS_PER_RENTAL,
  MAX_RENTAL_MINUTES,
  RATE_SHEET,
  RESERVED_DAYS,
  SAMPLE_H100_RATE,
  TIER_BPS,
  TIERS,
  type GpuTier,
} from '@tokenos/domain/pricing/rate-sheet';
import type { Machine } from '../view/machines.js';
import { isOffered, tierPrices } from './offer.js';

export function ratesOf(machines: readonly Machine[]): Rates {
  return {
    rules: RATE_SHEET,
    pricing: PRICING,
    feeBps: DEFAULT_FEE_BPS,
    tiers: TIERS.map((tier) => ({ tier, bps: TIER_BPS[tier], days: tier === 'RESERVED' ? [...RESERVED_DAYS] : null })),
    gpuTiers: [...GPU_TIERS],
    gpuClasses: GPU_TIERS.map((gpuTier) => classOf(gpuTier, machines)),
    sample: { gpuTier: 'H100', prices: tierPrices(SAMPLE_H100_RATE) },
    maxGpusPerRental: MAX_GPUS_PER_RENTAL,
    maxRentalMinutes: MAX_RENTAL_MINUTES,
  };
}

/** Machines that cannot be reached ask nothing. */
function classOf(gpuTier: GpuTier, machines: readonly Machine[]) {
  const there = machines.filter((machine) => machine.node.gpu_tier === gpuTier && machine.online && isOffered(machine));
  const asked = there.flatMap(({ node }) => node.rate ?? []).sort((a, b) => (a < b ? -1 : 1));
  return {
    gpuTier,
    tdpWatts: TDP_WATTS[gpuTier],
    machines: there.length,
    gpus: there.reduce((total, { node }) => total + node.gpus.length, 0),
    idleGpus: there.reduce((total, { idleGpus }) => total + idleGpus, 0),
    live:
      asked.length === 0 ? null : { ...both('lowest', usdc(asked[0] ?? 0n)), ...both('median', usdc(middle(asked))) },
  };
}

/** The lower of the two in the middle, where there are two: a price that somebody asks. */
const middle = (sorted: readonly bigint[]): bigint => sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
