/** A transfer to the treasury as settlement sees it on chain, in the ways it can miss a rental. */

import type { PaymentFact, PaymentSeen } from '@tokenos/domain/payment/payment';
import { SECOND } from '@tokenos/domain/time';
import { signature } from './names.js';
import { BUYER_WALLET, GENESIS, instructions, T0, TOTAL } from './sample-facts.js';

/** The buyer's transfer, to a reference that nobody knows, unless changed. */
export const transfer = (change: Partial<PaymentSeen> = {}): PaymentSeen => ({
  signature: signature('Pay1'),
  mint: instructions.mint,
  amount: TOTAL,
  payers: [{ wallet: BUYER_WALLET, amount: TOTAL }],
  references: [],
  memo: null,
  slot: 1_001,
  blockTime: T0 + 20 * SECOND,
  genesisHash: GENESIS,
  assignedTo: null,
  why: 'unknown_reference',
  ...change,
});

export const seen = (change: Partial<PaymentSeen> = {}): PaymentFact => ({
  type: 'PaymentSeen',
  data: transfer(change),
});
