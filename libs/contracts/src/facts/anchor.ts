/** Wire form, version 1, of every fact on a day's anchor. */

import { z } from 'zod';
import { base58, count, instant, sha256, text, utcDay } from './codec.js';

const planned = z.strictObject({
  day: utcDay,
  rules: text,
  position: z.string().min(1).max(100),
  facts: z.int().positive(),
  streams: z.int().positive(),
  root: sha256,
  previousDay: utcDay.nullable(),
  memo: text,
});

export const anchorFacts = {
  'AnchorBegun.v1': z.strictObject({ day: utcDay, rules: text }),
  'AnchorPlanned.v1': planned,
  'AnchorSigned.v1': z.strictObject({
    treasury: base58,
    bytes: z.base64(),
    signature: base58,
    lastValidBlockHeight: count,
    genesisHash: base58,
  }),
  'AnchorExpired.v1': z.strictObject({ signature: base58, finalizedBlockHeight: count }),
  'AnchorFailed.v1': z.strictObject({ signature: base58, error: text }),
  'AnchorPublished.v1': planned.extend({
    treasury: base58,
    signature: base58,
    slot: count,
    blockTime: instant,
    genesisHash: base58,
  }),
};
