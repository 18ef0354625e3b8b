/** The facts of `payment-<signature>` and their decider: one chain transfer is seen once, credits one rental at most, or goes back whole. */

import { accepted, ignored, rejected, type Decider, type Outcome } from '../decider.js';
import { usdc, ZERO } from '../money.js';
import type { SettlementFact } from '../settlement/facts.js';
import { decidePlan, evolvePlans, openPlan, type Plan, type PlanCommand } from '../settlement/plan.js';
import { SETTLEMENT } from '../settlement/settlement.js';
import type { Millis } from '../time.js';

/** Why a transfer credits no rental. */
export type Unmatched = 'unknown_reference' | 'ambiguous' | 'several_payers' | 'wrong_mint';

export interface Payer {
  readonly wallet: string;
  readonly amount: bigint;
}

export interface PaymentSeen {
  readonly signature: string;
  readonly mint: string;
  /** In the smallest unit of `mint`: micro-USDC where the mint is ours. */
  readonly amount: bigint;
  /** Owners of the debited accounts with what each gave; amounts sum to `amount`. One, as a rule. */
  readonly payers: readonly Payer[];
  readonly references: readonly string[];
  readonly memo: string | null;
  readonly slot: number;
  readonly blockTime: Millis;
  readonly genesisHash: string;
  readonly assignedTo: string | null;
  readonly why: Unmatched | null;
}

export interface PaymentReturned {
  readonly planId: string;
  readonly signature: string;
}

export type PaymentFact =
  | { readonly type: 'PaymentSeen'; readonly data: PaymentSeen }
  | { readonly type: 'PaymentReturned'; readonly data: PaymentReturned }
  | SettlementFact;

export type PaymentCommand =
  | { readonly type: 'SeePayment'; readonly seen: PaymentSeen }
  | { readonly type: 'PlanReturn'; readonly planId: string }
  | { readonly type: 'CloseReturn' }
  | PlanCommand;

export type PaymentState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'assigned' | 'unmatched' | 'returned';
      readonly seen: PaymentSeen;
      readonly plans: readonly Plan[];
    };

function decide(state: PaymentState, command: PaymentCommand): Outcome<PaymentFact> {
  if (command.type === 'SeePayment') {
    return state.status === 'absent'
      ? accepted({ type: 'PaymentSeen', data: command.seen })
      : ignored('seen already: one transfer credits one rental');
  }
  if (state.status === 'absent') return rejected({ code: 'payment_absent', context: {} });
  switch (command.type) {
    case 'PlanReturn':
      return planReturn(state.status, state.seen, state.plans, command.planId);
    case 'CloseReturn':
      return closeReturn(state.status, state.plans);
    default:
      return decidePlan(state.plans, command);
  }
}

function planReturn(status: string, seen: PaymentSeen, plans: readonly Plan[], planId: string): Outcome<PaymentFact> {
  if (seen.assignedTo !== null) return rejected({ code: 'payment_assigned', context: { rentalId: seen.assignedTo } });
  if (status === 'returned' || plans.length > 0) return ignored('its return is planned');
  if (seen.why === 'wrong_mint') {
    return rejected({
      code: 'not_all_settled',
      context: { reason: 'its source wallet must claim it with a signature' },
    });
  }
  return accepted({
    type: 'SettlementPlanned',
    data: {
      planId,
      kind: 'return',
      rules: SETTLEMENT,
      paidMicroUsdc: usdc(seen.amount),
      feeBps: 0,
      groups: [],
      chargedMicroUsdc: ZERO,
      feeMicroUsdc: ZERO,
      transfers: seen.payers.map(({ wallet, amount }) => ({
        role: 'refund',
        to: wallet,
        amountMicroUsdc: usdc(amount),
      })),
    },
  });
}

function closeReturn(status: string, plans: readonly Plan[]): Outcome<PaymentFact> {
  if (status === 'returned') return ignored('returned already');
  const plan = plans.at(-1);
  if (openPlan(plans) !== null || plan?.status !== 'finalized') {
    return rejected({ code: 'not_all_settled', context: { reason: 'its return is not final' } });
  }
  const data = { planId: plan.planned.planId, signature: plan.signed.signature };
  return accepted({ type: 'PaymentReturned', data });
}

function evolve(state: PaymentState, fact: PaymentFact): PaymentState {
  if (fact.type === 'PaymentSeen') {
    return { status: fact.data.assignedTo === null ? 'unmatched' : 'assigned', seen: fact.data, plans: [] };
  }
  if (state.status === 'absent') return state;
  if (fact.type === 'PaymentReturned') return { ...state, status: 'returned' };
  return { ...state, plans: evolvePlans(state.plans, fact) };
}

export const paymentDecider: Decider<PaymentState, PaymentCommand, PaymentFact> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};
