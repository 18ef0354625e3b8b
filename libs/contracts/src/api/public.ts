/** What anyone may see without a token: the rate sheet, and what is on offer right now. */

import { GPU_TIERS, TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { z } from 'zod';
import { amounts } from './money.js';
import { standing } from './reputation.js';

/** Per GPU-hour, by tier. */
const tierPrices = z.array(z.strictObject({ tier: z.enum(TIERS), ...amounts('hourlyPrice') }));

export const rates = z.strictObject({
  rules: z.string(),
  pricing: z.string(),
  feeBps: z.int(),
  tiers: z.array(z.strictObject({ tier: z.enum(TIERS), bps: z.int(), days: z.array(z.int()).nullable() })),
  gpuTiers: z.array(z.enum(GPU_TIERS)),
  gpuClasses: z.array(
    z.strictObject({
      gpuTier: z.enum(GPU_TIERS),
      tdpWatts: z.int().describe('of one GPU: what carbon is counted with'),
      /** Online, verified, taking rentals. */
      machines: z.int(),
      gpus: z.int(),
      idleGpus: z.int(),
      live: z
        .strictObject(amounts('lowest', 'median'))
        .nullable()
        .describe('on demand, per GPU-hour, over these machines; null where there is none'),
    }),
  ),
  sample: z.strictObject({ gpuTier: z.enum(GPU_TIERS), prices: tierPrices }),
  maxGpusPerRental: z.int(),
  maxRentalMinutes: z.int(),
});
export type Rates = z.infer<typeof rates>;

export const offersQuery = z.strictObject({
  gpuTier: z.string().optional(),
  region: z.string().optional(),
  minReputation: z.coerce.number().int().min(0).max(100).optional().describe('0 to 100, as in a request'),
});

export const offer = z.strictObject({
  nodeId: z.string(),
  operatorId: z.string(),
  gpuTier: z.enum(GPU_TIERS),
  model: z.string().describe('the exact variant, as the machine reports it'),
  tdpWatts: z.int(),
  simulated: z.boolean(),
  region: z.string(),
  country: z.string(),
  online: z.boolean(),
  gpus: z.int(),
  idleGpus: z.int(),
  spotGpus: z
    .int()
    .describe('held by SPOT rentals, which make way for ON_DEMAND and RESERVED after 90 seconds of notice'),
  reputationBps: standing.scoreBps,
  reputationTier: standing.tier,
  reputationProvisional: standing.provisional,
  longestTermMinutes: z.int(),
  prices: tierPrices,
});
export type Offer = z.infer<typeof offer>;
export const offers = z.strictObject({ items: z.array(offer) });

export const healthReport = z.strictObject({
  service: z.string(),
  ready: z.boolean(),
  /** `ok`, or what is wrong, by the check's name. */
  checks: z.record(z.string(), z.string()),
  signals: z.record(z.string(), z.number()).optional(),
});
