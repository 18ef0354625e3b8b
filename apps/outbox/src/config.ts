/** What the outbox must be told beside what every service is. */

import { z } from 'zod';

export const outboxConfig = z.object({
  OUTBOX_BATCH: z.coerce.number().int().min(1).max(1000).default(256).describe('1 to 1000 facts in flight at once'),
});

export type OutboxConfig = z.output<typeof outboxConfig>;
