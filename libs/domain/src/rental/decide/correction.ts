/** Settlement's command to put something right: the platform pays of its own, those who had a part in the rental. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { sum, ZERO } from '../../money.js';
import { chargedBy, openPlan } from '../../settlement/plan.js';
import { SETTLEMENT } from '../../settlement/settlement.js';
import type { Transfer } from '../../settlement/facts.js';
import type { SettlementCommand } from '../commands.js';
import { finalOnes, total } from '../entitlement.js';
import type { RentalFact } from '../facts.js';
import { runOf, type Present } from '../state.js';
import { wrongState } from './refuse.js';

type Correction = Extract<SettlementCommand, { type: 'PlanCorrection' }>;

/** Beside everything that is due by the rules, never instead of it: books that are closed stay as they are. */
export function planCorrection(state: Present, command: Correction): Outcome<RentalFact> {
  const { planId, why, transfers } = command;
  if (state.status !== 'settled') return wrongState(state.status, 'PlanCorrection');
  const { plans, payments, quote } = state.rental;
  if (plans.some((plan) => plan.planned.planId === planId)) return ignored('planned already');
  if (openPlan(plans) !== null) return ignored('a plan is under way');
  if (why === '' || transfers.length === 0 || transfers.some(({ amountMicroUsdc }) => amountMicroUsdc === ZERO)) {
    return rejected({ code: 'bad_correction', context: { why } });
  }
  const parties = partiesTo(state, command);
  if (!transfers.every(({ role, to }) => parties[role].includes(to))) {
    return rejected({ code: 'bad_correction', context: { why } });
  }
  return accepted({
    type: 'SettlementPlanned',
    data: {
      planId,
      kind: 'correction',
      rules: SETTLEMENT,
      paidMicroUsdc: total(finalOnes(payments)),
      feeBps: quote.feeBps,
      groups: [],
      chargedMicroUsdc: chargedBy(transfers, ZERO),
      feeMicroUsdc: ZERO,
      transfers,
      shortfallMicroUsdc: sum(transfers.map((transfer) => transfer.amountMicroUsdc)),
      why,
    },
  });
}

/** Where refunds of this rental go, and where those who ran it are paid now. */
function partiesTo(
  state: Present,
  { operatorWallets }: Correction,
): Readonly<Record<Transfer['role'], readonly string[]>> {
  const { payments, payment } = state.rental;
  const payers = payments.filter(({ vanished }) => !vanished).map(({ payer }) => payer);
  const operators = runOf(state)?.segments.map(({ placement }) => operatorWallets[placement.operatorId] ?? '') ?? [];
  return { refund: payment.refundTo === null ? payers : [payment.refundTo], operator: operators };
}
