/** Wire form of the inputs of reputation@1: everything that an operator's score of one day was computed from. */

import { z } from 'zod';
import { count, utcDay } from './codec.js';

export const reputationInputs = z.strictObject({
  ageDays: count,
  uptime: z
    .array(z.strictObject({ day: utcDay, expectedMinutes: count, servedMinutes: count, platformFaultMinutes: count }))
    .max(30),
  ratings: z.array(z.strictObject({ stars: z.int().min(1).max(5), ratings: count, weight: count })).max(5),
  jobs: z.strictObject({ completed: count, failed: count }),
});
