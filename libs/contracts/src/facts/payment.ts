/** Wire form, version 1, of every fact on a payment's stream. */

import { UNMATCHED } from '@tokenos/domain/payment/payment';
import { z } from 'zod';
import { base58, bigIntText, count, id, instant, text } from './codec.js';
import { settlementFacts } from './settlement.js';

export const paymentFacts = {
  ...settlementFacts,
  'PaymentSeen.v1': z.strictObject({
    signature: base58,
    mint: base58,
    amount: bigIntText,
    payers: z.array(z.strictObject({ wallet: base58, amount: bigIntText })),
    references: z.array(base58),
    memo: text.nullable(),
    slot: count,
    blockTime: instant,
    genesisHash: base58,
    assignedTo: id.nullable(),
    extensionId: id.optional(),
    why: z.enum(UNMATCHED).nullable(),
  }),
  'PaymentReturned.v1': z.strictObject({ planId: id, signature: base58 }),
};
