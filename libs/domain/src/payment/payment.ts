/** The facts of `payment-<signature>` and their decider: one chain transfer is seen once, credits one rental at most, or goes back whole. */

import { accepted, ignored, rejected, type Decider, type Outcome } from '../decider.js';
import { sum, usdc, ZERO } from '../money.js';
import type { SettlementFact } from '../settlement/facts.js';
import {
  decidePlan,
  evolvePlans,
  openPlan,
  payableNow,
  remainder,
  type Plan,
  type PlanCommand,
} from '../settlement/plan.js';
import { joinByPayee, SETTLEMENT } from '../settlement/settlement.js';
import type { Millis } from '../time.js';

/** Why a transfer credits no rental. */
export const UNMATCHED = [
  'unknown_reference',
  'ambiguous',
  'several_payers',
  'wrong_mint',
  'wrong_program',
  'wrong_account',
  /** It names an extension that can no longer be had. */
  'extension_closed',
] as const;
export type Unmatched = (typeof UNMATCHED)[number];

/** Not USDC in the account that plans pay from: nothing here can pay it back by itself. */
const UNPAYABLE: readonly (Unmatched | null)[] = ['wrong_mint', 'wrong_program', 'wrong_account'];

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
  /** The extension of that rental which it pays; absent: it pays the request itself. */
  readonly extensionId?: string | undefined;
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
  | {
      readonly type: 'PlanReturn';
      readonly planId: string;
      /** Wallets that cannot receive now (frozen, no token account): their part waits, everyone else is paid. */
      readonly parkedWallets: readonly string[];
    }
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
      return planReturn(state, command);
    case 'CloseReturn':
      return closeReturn(state);
    default:
      return decidePlan(state.plans, command);
  }
}

type Present = Exclude<PaymentState, { status: 'absent' }>;

/** All of it is due to those who gave it, less what earlier plans gave back. */
function stillDue({ seen, plans }: Present) {
  const refunds = seen.payers.map(({ wallet, amount }) => ({
    role: 'refund' as const,
    to: wallet,
    amountMicroUsdc: usdc(amount),
  }));
  const due = {
    paidMicroUsdc: sum(refunds.map((refund) => refund.amountMicroUsdc)),
    chargedMicroUsdc: ZERO,
    feeMicroUsdc: ZERO,
    shortfallMicroUsdc: ZERO,
    transfers: joinByPayee(refunds),
  };
  return { due, rest: remainder(due, plans) };
}

function planReturn(state: Present, command: Extract<PaymentCommand, { type: 'PlanReturn' }>): Outcome<PaymentFact> {
  const { seen, plans } = state;
  if (seen.assignedTo !== null) return rejected({ code: 'payment_assigned', context: { rentalId: seen.assignedTo } });
  if (openPlan(plans) !== null) return ignored('its return is under way');
  if (plans.some((plan) => plan.planned.planId === command.planId)) return ignored('planned already');
  if (UNPAYABLE.includes(seen.why)) return unsettled('its source wallet must claim it with a signature');
  const { due, rest } = stillDue(state);
  if (due.paidMicroUsdc !== seen.amount) return unsettled('what its payers gave does not add up to it');
  if ('code' in rest) return rejected(rest);
  const transfers = payableNow(rest.transfers, command.parkedWallets);
  if (transfers.length === 0) return ignored('nothing to plan');
  return accepted({
    type: 'SettlementPlanned',
    data: {
      planId: command.planId,
      kind: 'return',
      rules: SETTLEMENT,
      paidMicroUsdc: due.paidMicroUsdc,
      feeBps: 0,
      groups: [],
      chargedMicroUsdc: ZERO,
      feeMicroUsdc: ZERO,
      transfers,
    },
  });
}

/** Names the plan that gave the last part back. */
function closeReturn(state: Present): Outcome<PaymentFact> {
  if (state.status === 'returned') return ignored('returned already');
  const { rest } = stillDue(state);
  const last = state.plans.findLast((plan) => plan.status === 'finalized');
  if (last?.status !== 'finalized' || openPlan(state.plans) !== null) return unsettled('its return is not final');
  if ('code' in rest) return rejected(rest);
  if (rest.transfers.length > 0) return unsettled('a part of it is still held');
  const data = { planId: last.planned.planId, signature: last.signed.signature };
  return accepted({ type: 'PaymentReturned', data });
}

const unsettled = (reason: string): Outcome<never> => rejected({ code: 'not_all_settled', context: { reason } });

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
