/** settlement@1: who gets what of the money paid. Everything but charge and fee is a subtraction, so conservation holds by construction. */

import { min, minus, mulDiv, sum, usdc, ZERO, type MicroUsdc } from '../money.js';
import { price } from '../pricing/pricing.js';
import { BPS } from '../pricing/rate-sheet.js';
import type { ChargeGroup, Transfer } from './facts.js';

export const SETTLEMENT = 'settlement@1';

export interface PaymentIn {
  /** Where a refund of this payment goes: the wallet that paid, unless the buyer proved another. */
  readonly refundTo: string;
  readonly amountMicroUsdc: MicroUsdc;
}

export interface SettlementInputs {
  readonly groups: readonly ChargeGroup[];
  /** Oldest first; finalized only. */
  readonly payments: readonly PaymentIn[];
  readonly feeBps: number;
  /** A payment vanished after the start: what is served is charged all the same, and the platform pays what is missing. */
  readonly platformCovers?: boolean;
  /** What earlier plans added from the platform's own: it is not taken back, even where the payment lands after all. */
  readonly coveredMicroUsdc?: MicroUsdc;
}

/** paid + shortfall = charged + refunded, charged = fee + operators, to the last micro-USDC. */
export interface Entitlement {
  readonly paidMicroUsdc: MicroUsdc;
  readonly chargedMicroUsdc: MicroUsdc;
  readonly feeMicroUsdc: MicroUsdc;
  /** max(0, price - paid) where the platform covers it, and never less than it has covered. */
  readonly shortfallMicroUsdc: MicroUsdc;
  /** One per (role, wallet), never zero. */
  readonly transfers: readonly Transfer[];
}

export function settle(inputs: SettlementInputs): Entitlement {
  const { groups, payments, feeBps, platformCovers = false, coveredMicroUsdc = ZERO } = inputs;
  const paid = sum(payments.map((payment) => payment.amountMicroUsdc));
  const due = sum(groups.map(price));
  const missing = platformCovers && due > paid ? minus(due, paid) : ZERO;
  const shortfall = missing > coveredMicroUsdc ? missing : coveredMicroUsdc;
  const available = sum([paid, shortfall]);
  let left = available;
  let fee = ZERO;
  const transfers: Transfer[] = [];
  for (const group of groups) {
    const charge = min(price(group), left);
    const groupFee = usdc(mulDiv(charge, BigInt(feeBps), BigInt(BPS), 'floor'));
    left = minus(left, charge);
    fee = sum([fee, groupFee]);
    transfers.push({ role: 'operator', to: group.operatorWallet, amountMicroUsdc: minus(charge, groupFee) });
  }
  transfers.push(...refunds(payments, left));
  return {
    paidMicroUsdc: paid,
    chargedMicroUsdc: minus(available, left),
    feeMicroUsdc: fee,
    shortfallMicroUsdc: shortfall,
    transfers: joinByPayee(transfers),
  };
}

/** Newest payment first, each up to its own amount: a surplus goes back to whoever paid last. */
function refunds(payments: readonly PaymentIn[], refund: MicroUsdc): Transfer[] {
  let left = refund;
  const transfers: Transfer[] = [];
  for (const payment of [...payments].reverse()) {
    const amountMicroUsdc = min(payment.amountMicroUsdc, left);
    left = minus(left, amountMicroUsdc);
    transfers.push({ role: 'refund', to: payment.refundTo, amountMicroUsdc });
  }
  return transfers;
}

/** One transfer per role and wallet, none of nothing. */
export function joinByPayee(transfers: readonly Transfer[]): Transfer[] {
  const joined = new Map<string, Transfer>();
  for (const transfer of transfers) {
    const key = payeeKey(transfer);
    const before = joined.get(key)?.amountMicroUsdc ?? ZERO;
    joined.set(key, { ...transfer, amountMicroUsdc: sum([before, transfer.amountMicroUsdc]) });
  }
  return [...joined.values()].filter((transfer) => transfer.amountMicroUsdc > ZERO);
}

export const payeeKey = (transfer: Pick<Transfer, 'role' | 'to'>): string => `${transfer.role}:${transfer.to}`;
