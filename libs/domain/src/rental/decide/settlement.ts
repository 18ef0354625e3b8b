/** Settlement's commands on money going out: plan what is due and not yet planned, then close when everything planned is final. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { minus, sum } from '../../money.js';
import type { Rejection } from '../../rejections.js';
import type { ChargeGroup } from '../../settlement/facts.js';
import { chargedBy, openPlan, remainder, standing } from '../../settlement/plan.js';
import { settle, SETTLEMENT, type Entitlement } from '../../settlement/settlement.js';
import type { SettlementCommand } from '../commands.js';
import type { RentalFact } from '../facts.js';
import { closingOf, type Rental, type RentalState } from '../state.js';
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
  const notReady = whyNotReady(state);
  if (notReady !== null) return rejected(notReady);
  const groups = withWallets(state, command.operatorWallets);
  if ('code' in groups) return rejected(groups);
  const due = entitlement(rental, groups);
  const rest = remainder(due, rental.plans);
  if ('code' in rest) return rejected(rest);
  const transfers = rest.transfers.filter((transfer) => !command.parkedWallets.includes(transfer.to));
  const operatorsPaid = transfers.some((transfer) => transfer.role === 'operator');
  const feeMicroUsdc = operatorsPaid || transfers.length === rest.transfers.length ? rest.feeMicroUsdc : usdcZero;
  if (transfers.length === 0 && feeMicroUsdc === usdcZero) return ignored('nothing to plan');
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

const usdcZero = sum([]);

const isClosed = (state: RentalState): state is Closed =>
  state.status === 'ended' || state.status === 'expired' || state.status === 'settled';

function whyNotReady(state: Closed): Rejection | null {
  const closing = closingOf(state);
  if (closing !== null && closing.run !== null && closing.meterClosed === null) {
    return { code: 'meter_not_closed', context: {} };
  }
  const open = state.rental.payments.find((payment) => !payment.finalized);
  return open === undefined ? null : { code: 'payment_not_final', context: { signature: open.signature } };
}

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
  const payments = rental.payments.map(({ payer, amountMicroUsdc }) => ({
    refundTo: rental.payment.refundTo ?? payer,
    amountMicroUsdc,
  }));
  return settle({ groups, payments, feeBps: rental.quote.feeBps });
}

/** Everything planned is final and nothing is held: the books of this rental are closed. */
export function closeSettlement(state: RentalState): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  if (state.status === 'settled') return ignored('settled already');
  if (!isClosed(state)) return wrongState(state.status, 'CloseSettlement');
  const notReady = whyNotReady(state);
  if (notReady !== null) return rejected(notReady);
  const { plans, payments } = state.rental;
  const pending = openPlan(plans);
  if (pending !== null) return notSettled(`plan ${pending.planned.planId} is ${pending.status}`);
  const promised = standing(plans);
  const transfers = promised.flatMap((planned) => planned.transfers);
  const toward = (role: string) => sum(transfers.filter((t) => t.role === role).map((t) => t.amountMicroUsdc));
  const paidMicroUsdc = sum(payments.map((payment) => payment.amountMicroUsdc));
  const feeMicroUsdc = sum(promised.map((planned) => planned.feeMicroUsdc));
  const operatorMicroUsdc = toward('operator');
  const refundedMicroUsdc = toward('refund');
  const chargedMicroUsdc = sum([feeMicroUsdc, operatorMicroUsdc]);
  if (minus(paidMicroUsdc, refundedMicroUsdc) !== chargedMicroUsdc) return notSettled('money is still held');
  const totals = { paidMicroUsdc, chargedMicroUsdc, feeMicroUsdc, operatorMicroUsdc, refundedMicroUsdc };
  return accepted({ type: 'RentalSettled', data: totals });
}

const notSettled = (reason: string): Outcome<never> => rejected({ code: 'not_all_settled', context: { reason } });
