/** What allocation must be told beside what every service is. */

import { SPOT_RESERVE } from '@tokenos/domain/placement/admission';
import { z } from 'zod';

export const allocationConfig = z.object({
  ALLOCATION_SPOT_RESERVE: z.coerce
    .number()
    .int()
    .min(0)
    .default(SPOT_RESERVE)
    .describe('idle GPUs of each class that new SPOT rentals leave alone'),
});

export type AllocationConfig = z.output<typeof allocationConfig>;
