/** What an auditor asks the public door for: facts and evidence, from a place on. */

import { z } from 'zod';

const after = z
  .string()
  .min(1)
  .max(100)
  .optional()
  .describe('the position in the last line that you have; absent: from the beginning');

export const factsQuery = z.strictObject({
  after,
  limit: z.coerce.number().int().min(1).optional().describe('at most so many facts; absent: all'),
});
export const evidenceQuery = z.strictObject({ after });
export const streamFactsQuery = z.strictObject({
  after: z
    .string()
    .regex(/^(0|[1-9]\d{0,8})$/, 'expected a revision of this stream')
    .optional()
    .describe('the revision in the last line that you have; absent: from the beginning'),
});

export const streamPath = z.strictObject({ stream: z.string().regex(/^[a-z]+-[\w.:@-]{1,200}$/) });
