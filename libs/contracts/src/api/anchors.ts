/** The anchors as anyone may list them, and keep them: a copy that you hold is one that nobody can rewrite. */

import { z } from 'zod';

const day = z.iso.date();
const hex = z.string().regex(/^[0-9a-f]{64}$/);

export const anchorsQuery = z.strictObject({
  before: day.optional().describe('only days before this one: the last day of the page before'),
  limit: z.coerce.number().int().min(1).max(400).default(100),
});

export const anchorAnswer = z.strictObject({
  day,
  rules: z.string(),
  root: hex.describe('over the head of every stream: docs/rules/anchor.md says how to compute it'),
  facts: z.int().describe('how many facts it covers, from the first one on'),
  streams: z.int(),
  position: z.string().describe("of the last fact covered, as this platform's own store counts"),
  previousDay: day.nullable().describe('the anchor before it; days in between have none'),
  memo: z.string().describe('what stands on the chain, to the letter'),
  treasury: z.string().describe('the wallet that signed it'),
  signature: z.string(),
  slot: z.int(),
  blockTime: z.iso.datetime(),
  genesisHash: z.string().describe('of the chain it stands on'),
});

export const anchorsAnswer = z.strictObject({ items: z.array(anchorAnswer).describe('newest first') });
export type AnchorsAnswer = z.infer<typeof anchorsAnswer>;
