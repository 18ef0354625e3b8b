/** What a buyer used in a month: minutes and money, rental by rental. */

import { TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { z } from 'zod';
import { rentalOfMonth } from './carbon.js';
import { amounts } from './money.js';

export const usageMonth = z.strictObject({
  month: z.string(),
  total: z.strictObject({ rentals: z.int(), minutesServed: z.int(), gpuMinutes: z.int(), ...amounts('cost') }),
  rentals: z.array(
    z.strictObject({
      ...rentalOfMonth,
      tier: z.enum(TIERS),
      minutesServed: z.int(),
      gpuMinutes: z.int(),
      ...amounts('cost'),
      /** False while anything of it may still change. */
      final: z.boolean(),
    }),
  ),
});
export type UsageMonth = z.infer<typeof usageMonth>;
