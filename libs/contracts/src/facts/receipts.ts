/** Wire form of receipts: what a choice was made from, so that anyone can make it again. */

import { z } from 'zod';
import { bps, count, id, instant, microUsdc, sha256, text } from './codec.js';

const candidate = z.strictObject({
  nodeId: id,
  operatorId: id,
  rateMicroUsdcPerHour: microUsdc,
  reputationBps: bps,
  idleGpus: count,
  priceAdvantageBps: bps,
  score: count,
  tieBreak: sha256,
});

const unfit = z.strictObject({
  offline: count,
  unverified: count,
  draining: count,
  gpu_tier: count,
  region: count,
  reputation: count,
  rate_above_cap: count,
  not_enough_idle_gpus: count,
  failed_before: count,
});

/** Only where a node was passed over, and of each reason only if it was one. */
const refused = z.strictObject({
  held: count.optional(),
  spot_reserve: count.optional(),
  reserved_spare: count.optional(),
});

export const receipt = z.strictObject({
  rules: text,
  capMicroUsdcPerHour: microUsdc,
  best: z.array(candidate).max(20),
  unfit,
  refused: refused.optional(),
  fullListSha256: sha256,
});

export const preemptionReceipt = z.strictObject({
  rules: text,
  request: z.strictObject({
    rentalId: id,
    tier: z.enum(['ON_DEMAND', 'RESERVED']),
    gpuTier: text,
    gpuCount: z.int().positive(),
    region: text.nullable(),
    minReputationBps: bps.nullable(),
    capMicroUsdcPerHour: microUsdc,
    excludedNodeIds: z.array(id),
  }),
  best: z
    .array(
      z.strictObject({
        nodeId: id,
        operatorId: id,
        rateMicroUsdcPerHour: microUsdc,
        reputationBps: bps,
        idleGpus: count,
        tieBreak: sha256,
        spot: z.array(z.strictObject({ rentalId: id, gpuUuids: z.array(id), startedAt: instant, tieBreak: sha256 })),
        victims: z.array(id),
      }),
    )
    .max(20),
  unfit,
  fullListSha256: sha256,
});
