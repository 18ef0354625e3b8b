/** What a rental's facts entitle everyone to: the final payments, the served minutes with their operators' wallets, and who is waited for. */

import { sum, ZERO, type MicroUsdc } from '../money.js';
import type { Rejection } from '../rejections.js';
import type { ChargeGroup } from '../settlement/facts.js';
import { dues, standing } from '../settlement/plan.js';
import { settle, type Entitlement } from '../settlement/settlement.js';
import { owed } from './evolve/money.js';
import { runOf, type Payment, type Present, type Rental } from './state.js';
import { servedGroups } from './usage.js';

export const finalOnes = (payments: readonly Payment[]): readonly Payment[] =>
  payments.filter((payment) => payment.finalized);

export const total = (payments: readonly Payment[]): MicroUsdc =>
  sum(payments.map((payment) => payment.amountMicroUsdc));

/**
 * What the rental was, or should have been, paid with and is not final yet; null once final payments in time cover what is owed.
 * Anybody can pay to a public reference at any time: what comes beside that is never waited for.
 */
export function awaitedPayment(rental: Rental): Payment | null {
  const inTime = rental.payments.filter((payment) => payment.inTime && !payment.vanished);
  if (total(finalOnes(inTime)) >= owed(rental)) return null;
  return inTime.find((payment) => !payment.finalized) ?? null;
}

/**
 * The wallet of an operator that an earlier plan of this rental has paid stays the same to its end: plans are cumulative by
 * wallet, and a change takes effect with the next rental.
 */
export function withWallets(
  state: Present,
  wallets: Readonly<Record<string, string>>,
): readonly ChargeGroup[] | Rejection {
  const earlier = standing(state.rental.plans).flatMap((plan) => plan.groups);
  const groups: ChargeGroup[] = [];
  for (const group of servedGroups(state.rental, runOf(state))) {
    const paidBefore = earlier.find(({ operatorId }) => operatorId === group.operatorId);
    const operatorWallet = paidBefore?.operatorWallet ?? wallets[group.operatorId];
    if (operatorWallet === undefined) {
      return { code: 'operator_wallet_unknown', context: { operatorId: group.operatorId } };
    }
    groups.push({ ...group, operatorWallet });
  }
  return groups;
}

/** Where a payment vanished that the rental ran on, operators are paid all the same. */
export function entitlement(rental: Rental, groups: readonly ChargeGroup[]): Entitlement {
  const payments = finalOnes(rental.payments).map(({ payer, amountMicroUsdc }) => ({
    refundTo: rental.payment.refundTo ?? payer,
    amountMicroUsdc,
  }));
  const platformCovers = rental.payments.some((payment) => payment.vanished && payment.inTime);
  const coveredMicroUsdc = sum(dues(rental.plans).map((plan) => plan.shortfallMicroUsdc ?? ZERO));
  return settle({ groups, payments, feeBps: rental.quote.feeBps, platformCovers, coveredMicroUsdc });
}
