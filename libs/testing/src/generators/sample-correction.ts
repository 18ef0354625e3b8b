/** One correction of closed books, as a command and as the fact that it leads to: 77 micro-USDC more for the buyer. */

import { usdc } from '@tokenos/domain/money';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import { uuid } from './names.js';
import { BUYER_WALLET, OPERATOR, OPERATOR_WALLET, planned } from './sample-facts.js';

export const planCorrection = (n = 7): Extract<RentalCommand, { type: 'PlanCorrection' }> => ({
  type: 'PlanCorrection',
  planId: uuid('d', n),
  why: 'ten minutes were promised free',
  transfers: [{ role: 'refund', to: BUYER_WALLET, amountMicroUsdc: usdc(77n) }],
  operatorWallets: { [OPERATOR]: OPERATOR_WALLET },
});
export const correctionPlanned = (n = 7) =>
  planned(n, {
    kind: 'correction',
    paidMicroUsdc: usdc(0n),
    chargedMicroUsdc: usdc(0n),
    transfers: planCorrection(n).transfers,
    shortfallMicroUsdc: usdc(77n),
    why: 'ten minutes were promised free',
  });
