/** Wire form, version 1, of every fact on an operator's stream. */

import { z } from 'zod';
import { base58, bps, count, id, instant, text, utcDay } from './codec.js';

export const operatorFacts = {
  'OperatorRegistered.v1': z.strictObject({ operatorId: id, wallet: base58 }),
  'ReputationRecomputed.v1': z.strictObject({
    rules: text,
    day: utcDay,
    inputs: z.strictObject({
      ageDays: count,
      uptime: z.array(
        z.strictObject({ day: utcDay, expectedMinutes: count, servedMinutes: count, platformFaultMinutes: count }),
      ),
      ratings: z.array(z.strictObject({ stars: z.int().min(1).max(5), ratings: count, weight: count })),
      jobs: z.strictObject({ completed: count, failed: count }),
    }),
    scoreBps: bps,
    tier: z.enum(['PLATINUM', 'GOLD', 'SILVER', 'BRONZE']),
    provisional: z.boolean(),
  }),
  'OperatorWalletChanged.v1': z.strictObject({ wallet: base58, effectiveAt: instant }),
};
