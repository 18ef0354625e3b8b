/** Settlement's commands on money going out: plan what is due and not yet planned, then close when everything planned is final. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { minus, sum, ZERO, type MicroUsdc } from '../../money.js';
import { price } from '../../pricing/pricing.js';
import type { Rejection } from '../../rejections.js';
import type { ChargeGroup } from '../../settlement/facts.js';
import { chargedBy, openPlan, payableNow, remainder, standing } from '../../settlement/plan.js';
import { settle, SETTLEMENT, type Entitlement } from '../../settlement/settlement.js';
import type { SettlementCommand } from '../commands.js';
import type { RentalFact } from '../facts.js';
import { closingOf, type Payment, type Rental, type RentalState } from '../state.js';
import { servedGroups } from '../usage.js';
import { absent, wrongState } from './refuse.js';

type Planning = Extract<SettlementCommand, { type: 'PlanSettlement' }>;
type Closed = Extract<RentalState, { status: 'ended' | 'expired' | 'settled' }>;

export function planSettlement(state: RentalState, command: Planning): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  if (!isClosed(state)) return wrongState(state.status, command.type);
  const { rental } = state;
  if (openPlan(rental.plans) !== null) return ignored('a plan is under way');
  if (rental.plans.some((plan) => plan.planned.planId === command.planId)) return ignored('planned already');
  if (isMetering(state)) return rejected({ code: 'meter_not_closed', context: {} });
  const groups = withWallets(state, command.operatorWallets);
  if ('code' in groups) return rejected(groups);
  const due = entitlement(rental, groups);
  const awaited = awaitedPayment(rental);
  // Charged on less than was paid, the operator would lose what the rental's own payment brings once it is final.
  if (awaited !== null && due.chargedMicroUsdc < sum(groups.map(price))) return notFinal(awaited);
  const rest = remainder(due, rental.plans);
  if ('code' in rest) return rejected(rest);
  const transfers = payableNow(rest.transfers, command.parkedWallets);
  const operatorsPaid = transfers.some((transfer) => transfer.role === 'operator');
  const feeMicroUsdc = operatorsPaid || transfers.length === rest.transfers.length ? rest.feeMicroUsdc : ZERO;
  if (transfers.length === 0 && feeMicroUsdc === ZERO) {
    return awaited !== null && rest.transfers.length === 0 ? notFinal(awaited) : ignored('nothing to plan');
  }
  return accepted({
    type: 'SettlementPlanned',
    data: {
      planId: command.planId,
      kind: state.status === 'ended' && state.closing.run !== null ? 'final' : 'return',
      rules: SETTLEMENT,
      paidMicroUsdc: due.paidMicroUsdc,
      feeBps: rental.quote.feeBps,
      groups,
      chargedMicroUsdc: chargedBy(transfers, feeMicroUsdc),
      feeMicroUsdc,
      transfers,
    },
  });
}

const isClosed = (state: RentalState): state is Closed =>
  state.status === 'ended' || state.status === 'expired' || state.status === 'settled';

function isMetering(state: Closed): boolean {
  const closing = closingOf(state);
  return closing !== null && closing.run !== null && closing.meterClosed === null;
}

const finalOnes = (payments: readonly Payment[]): readonly Payment[] => payments.filter((payment) => payment.finalized);

const total = (payments: readonly Payment[]): MicroUsdc => sum(payments.map((payment) => payment.amountMicroUsdc));

/**
 * What the rental was, or should have been, paid with and is not final yet; null once final payments in time cover the quote.
 * Anybody can pay to a public reference at any time: what comes beside that is never waited for.
 */
function awaitedPayment({ payments, quote }: Rental): Payment | null {
  const inTime = payments.filter((payment) => payment.inTime);
  if (total(finalOnes(inTime)) >= quote.totalMicroUsdc) return null;
  return inTime.find((payment) => !payment.finalized) ?? null;
}

const notFinal = ({ signature }: Payment): Outcome<never> =>
  rejected({ code: 'payment_not_final', context: { signature } });

function withWallets(state: Closed, wallets: Planning['operatorWallets']): readonly ChargeGroup[] | Rejection {
  const groups: ChargeGroup[] = [];
  for (const group of servedGroups(state.rental, closingOf(state)?.run ?? null)) {
    const operatorWallet = wallets[group.operatorId];
    if (operatorWallet === undefined) {
      return { code: 'operator_wallet_unknown', context: { operatorId: group.operatorId } };
    }
    groups.push({ ...group, operatorWallet });
  }
  return groups;
}

function entitlement(rental: Rental, groups: readonly ChargeGroup[]): Entitlement {
  const payments = finalOnes(rental.payments).map(({ payer, amountMicroUsdc }) => ({
    refundTo: rental.payment.refundTo ?? payer,
    amountMicroUsdc,
  }));
  return settle({ groups, payments, feeBps: rental.quote.feeBps });
}

/**
 * Everything planned is final and nothing that is final is held: the books of this rental are closed. They count final payments
 * only; another that becomes final later goes back whole.
 */
export function closeSettlement(state: RentalState): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  if (state.status === 'settled') return ignored('settled already');
  if (!isClosed(state)) return wrongState(state.status, 'CloseSettlement');
  if (isMetering(state)) return rejected({ code: 'meter_not_closed', context: {} });
  const { plans, payments } = state.rental;
  const final = finalOnes(payments);
  // Books over nothing final are no books, unless nobody paid.
  const awaited = awaitedPayment(state.rental) ?? (final.length === 0 ? (payments[0] ?? null) : null);
  if (awaited !== null) return notFinal(awaited);
  const pending = openPlan(plans);
  if (pending !== null) return notSettled(`plan ${pending.planned.planId} is ${pending.status}`);
  const promised = standing(plans);
  const transfers = promised.flatMap((planned) => planned.transfers);
  const toward = (role: string) => sum(transfers.filter((t) => t.role === role).map((t) => t.amountMicroUsdc));
  const paidMicroUsdc = total(final);
  const feeMicroUsdc = sum(promised.map((planned) => planned.feeMicroUsdc));
  const operatorMicroUsdc = toward('operator');
  const refundedMicroUsdc = toward('refund');
  const chargedMicroUsdc = sum([feeMicroUsdc, operatorMicroUsdc]);
  if (minus(paidMicroUsdc, refundedMicroUsdc) !== chargedMicroUsdc) return notSettled('money is still held');
  const totals = { paidMicroUsdc, chargedMicroUsdc, feeMicroUsdc, operatorMicroUsdc, refundedMicroUsdc };
  return accepted({ type: 'RentalSettled', data: totals });
}

const notSettled = (reason: string): Outcome<never> => rejected({ code: 'not_all_settled', context: { reason } });
