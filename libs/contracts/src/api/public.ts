/** What anyone may see without a token: the rate sheet, and what is on offer right now. */

import { GPU_TIERS, TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { z } from 'zod';
import { amounts } from './money.js';

export const rates = z.strictObject({
  rules: z.string(),
  pricing: z.string(),
  feeBps: z.int(),
  tiers: z.array(z.strictObject({ tier: z.enum(TIERS), bps: z.int(), days: z.array(z.int()).nullable() })),
  gpuTiers: z.array(z.enum(GPU_TIERS)),
  maxGpusPerRental: z.int(),
  maxRentalMinutes: z.int(),
});

export const offersQuery = z.strictObject({ gpuTier: z.string().optional(), region: z.string().optional() });

export const offers = z.strictObject({
  items: z.array(
    z.strictObject({
      nodeId: z.string(),
      operatorId: z.string(),
      gpuTier: z.enum(GPU_TIERS),
      model: z.string(),
      simulated: z.boolean(),
      region: z.string(),
      country: z.string(),
      online: z.boolean(),
      gpus: z.int(),
      idleGpus: z.int(),
      reputationBps: z.int(),
      /** Per GPU-hour, by tier. */
      prices: z.array(z.strictObject({ tier: z.enum(TIERS), ...amounts('hourlyPrice') })),
    }),
  ),
});

export const healthReport = z.strictObject({
  service: z.string(),
  ready: z.boolean(),
  /** `ok`, or what is wrong, by the check's name. */
  checks: z.record(z.string(), z.string()),
  signals: z.record(z.string(), z.number()).optional(),
});
