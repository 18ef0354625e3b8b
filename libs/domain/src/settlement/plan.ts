/** The life of one settlement plan, the same on a rental's and on a payment's stream: planned, signed, confirmed, then finalized or failed. */

import { accepted, ignored, rejected, type Outcome } from '../decider.js';
import { minus, sum, ZERO, type MicroUsdc } from '../money.js';
import type { Rejection } from '../rejections.js';
import type {
  SettlementConfirmed,
  SettlementExpired,
  SettlementFact,
  SettlementFailed,
  SettlementFinalized,
  SettlementPlanned,
  SettlementSigned,
  Transfer,
} from './facts.js';
import { payeeKey, type Entitlement } from './settlement.js';

export type Plan = { readonly planned: SettlementPlanned } & (
  | { readonly status: 'planned' }
  | { readonly status: 'signed'; readonly signed: SettlementSigned }
  | { readonly status: 'confirmed'; readonly signed: SettlementSigned }
  | { readonly status: 'finalized'; readonly signed: SettlementSigned; readonly finalized: SettlementFinalized }
  /** Its one transaction landed with an error, so nothing moved: what it promised is due again, in a new plan. */
  | { readonly status: 'failed'; readonly signed: SettlementSigned; readonly failed: SettlementFailed }
);

export type PlanCommand =
  | { readonly type: 'SignPlan'; readonly signed: SettlementSigned }
  | { readonly type: 'ExpirePlan'; readonly expired: SettlementExpired }
  | { readonly type: 'FailPlan'; readonly failed: SettlementFailed }
  | { readonly type: 'ConfirmPlan'; readonly confirmed: SettlementConfirmed }
  | { readonly type: 'FinalizePlan'; readonly finalized: SettlementFinalized };

/** The plan under way: one at a time, so that what is due is never promised twice. */
export const openPlan = (plans: readonly Plan[]): Plan | null =>
  plans.find((plan) => plan.status !== 'finalized' && plan.status !== 'failed') ?? null;

/** What was promised and was, or will be, paid: a failed plan moved nothing. */
export const standing = (plans: readonly Plan[]): readonly SettlementPlanned[] =>
  plans.filter((plan) => plan.status !== 'failed').map((plan) => plan.planned);

export function decidePlan(plans: readonly Plan[], command: PlanCommand): Outcome<SettlementFact> {
  const { planId, signature } = subject(command);
  const plan = plans.find((candidate) => candidate.planned.planId === planId);
  if (plan === undefined) return rejected({ code: 'unknown_plan', context: { planId } });
  if (command.type === 'SignPlan') {
    return plan.status === 'planned'
      ? accepted({ type: 'SettlementSigned', data: command.signed })
      : ignored(`plan ${planId} is ${plan.status}`);
  }
  if (plan.status === 'planned') {
    return command.type === 'ExpirePlan' ? ignored('no signed bytes are out') : wrong(plan, command.type);
  }
  if (plan.signed.signature !== signature) return stray(planId, signature, command.type);
  switch (plan.status) {
    case 'signed':
      return decideSigned(plan.signed, command);
    case 'confirmed':
      return decideConfirmed(plan, command);
    case 'failed':
      return command.type === 'FailPlan' ? ignored('failed already') : wrong(plan, command.type);
    case 'finalized':
      return ignored(`plan ${planId} is final`);
  }
}

type News = Exclude<PlanCommand, { type: 'SignPlan' }>;

function decideSigned(signed: SettlementSigned, command: News): Outcome<SettlementFact> {
  switch (command.type) {
    case 'ExpirePlan':
      return expire(signed, command.expired);
    case 'FailPlan':
      return accepted({ type: 'SettlementFailed', data: command.failed });
    case 'ConfirmPlan':
      return accepted({ type: 'SettlementConfirmed', data: command.confirmed });
    case 'FinalizePlan':
      return accepted({ type: 'SettlementFinalized', data: command.finalized });
  }
}

/** Seen on chain once, it is never given up on some node's word that it is not there: a lagging node says so too. */
function decideConfirmed(plan: Plan, command: News): Outcome<SettlementFact> {
  if (command.type === 'FinalizePlan') return accepted({ type: 'SettlementFinalized', data: command.finalized });
  return command.type === 'ConfirmPlan' ? ignored('confirmed already') : wrong(plan, command.type);
}

/** Bytes that could still land are never replaced: two signed versions of one plan could both pay. */
function expire({ lastValidBlockHeight }: SettlementSigned, expired: SettlementExpired): Outcome<SettlementFact> {
  const { planId, finalizedBlockHeight } = expired;
  return finalizedBlockHeight > lastValidBlockHeight
    ? accepted({ type: 'SettlementExpired', data: expired })
    : rejected({ code: 'bytes_may_land', context: { planId, finalizedBlockHeight, lastValidBlockHeight } });
}

/** News of bytes that were replaced: that they died is old news, that they landed breaks the promise to land once. */
function stray(planId: string, signature: string, command: PlanCommand['type']): Outcome<never> {
  return command === 'ExpirePlan' || command === 'FailPlan'
    ? ignored(`plan ${planId} was signed again since`)
    : rejected({ code: 'unknown_signature', context: { planId, signature } });
}

export function evolvePlans(plans: readonly Plan[], fact: SettlementFact): readonly Plan[] {
  if (fact.type === 'SettlementPlanned') return [...plans, { status: 'planned', planned: fact.data }];
  return plans.map((plan) => (plan.planned.planId === fact.data.planId ? evolvePlan(plan, fact) : plan));
}

function evolvePlan(plan: Plan, fact: Exclude<SettlementFact, { type: 'SettlementPlanned' }>): Plan {
  const { planned } = plan;
  if (fact.type === 'SettlementSigned') return { status: 'signed', planned, signed: fact.data };
  if (plan.status === 'planned') return plan;
  switch (fact.type) {
    case 'SettlementExpired':
      return { status: 'planned', planned };
    case 'SettlementFailed':
      return { status: 'failed', planned, signed: plan.signed, failed: fact.data };
    case 'SettlementConfirmed':
      return { status: 'confirmed', planned, signed: plan.signed };
    case 'SettlementFinalized':
      return { status: 'finalized', planned, signed: plan.signed, finalized: fact.data };
  }
}

function subject(command: PlanCommand): { planId: string; signature: string } {
  switch (command.type) {
    case 'SignPlan':
      return command.signed;
    case 'ExpirePlan':
      return command.expired;
    case 'FailPlan':
      return command.failed;
    case 'ConfirmPlan':
      return command.confirmed;
    case 'FinalizePlan':
      return command.finalized;
  }
}

function wrong(plan: Plan, command: string): Outcome<never> {
  const context = { planId: plan.planned.planId, status: plan.status, command };
  return rejected({ code: 'plan_state', context });
}

/** What came of the facts of a rental; a correction is beside it, and no part of any due. */
export const dues = (plans: readonly Plan[]): readonly SettlementPlanned[] =>
  standing(plans).filter((planned) => planned.kind !== 'correction');

/** What is still to plan: entitlement minus everything promised before. Plans are cumulative and never take back. */
export interface Remainder {
  readonly chargedMicroUsdc: MicroUsdc;
  readonly feeMicroUsdc: MicroUsdc;
  readonly shortfallMicroUsdc: MicroUsdc;
  readonly transfers: readonly Transfer[];
}

export function remainder(entitled: Entitlement, plans: readonly Plan[]): Remainder | Rejection {
  const earlier = dues(plans);
  const planned = plannedByPayee(earlier);
  const transfers: Transfer[] = [];
  for (const transfer of entitled.transfers) {
    const before = planned.get(payeeKey(transfer)) ?? ZERO;
    planned.delete(payeeKey(transfer));
    if (before > transfer.amountMicroUsdc) return overplanned(payeeKey(transfer));
    const amountMicroUsdc = (transfer.amountMicroUsdc - before) as MicroUsdc;
    if (amountMicroUsdc > ZERO) transfers.push({ ...transfer, amountMicroUsdc });
  }
  for (const [key, amount] of planned) if (amount > ZERO) return overplanned(key);
  const feeBefore = sum(earlier.map((plan) => plan.feeMicroUsdc));
  if (feeBefore > entitled.feeMicroUsdc) return overplanned('fee:platform');
  const feeMicroUsdc = minus(entitled.feeMicroUsdc, feeBefore);
  const coveredBefore = sum(earlier.map(({ shortfallMicroUsdc }) => shortfallMicroUsdc ?? ZERO));
  if (coveredBefore > entitled.shortfallMicroUsdc) return overplanned('shortfall:platform');
  const shortfallMicroUsdc = minus(entitled.shortfallMicroUsdc, coveredBefore);
  return { transfers, feeMicroUsdc, shortfallMicroUsdc, chargedMicroUsdc: chargedBy(transfers, feeMicroUsdc) };
}

/** What fits into one Solana transaction (1,232 bytes) beside the compute budget and a memo of 36 characters. */
export const MOST_TRANSFERS = 17;

/** What one plan can carry of what is due: nothing to wallets that cannot receive now, and no more than one transaction holds. */
export const payableNow = (due: readonly Transfer[], parkedWallets: readonly string[]): readonly Transfer[] =>
  due.filter((transfer) => !parkedWallets.includes(transfer.to)).slice(0, MOST_TRANSFERS);

/** charged = fee + what operators get: true for every plan by itself. */
export const chargedBy = (transfers: readonly Transfer[], fee: MicroUsdc): MicroUsdc =>
  sum([fee, ...transfers.filter((t) => t.role === 'operator').map((t) => t.amountMicroUsdc)]);

function plannedByPayee(plans: readonly SettlementPlanned[]): Map<string, MicroUsdc> {
  const planned = new Map<string, MicroUsdc>();
  for (const transfer of plans.flatMap((earlier) => earlier.transfers)) {
    const before = planned.get(payeeKey(transfer)) ?? ZERO;
    planned.set(payeeKey(transfer), sum([before, transfer.amountMicroUsdc]));
  }
  return planned;
}

function overplanned(key: string): Rejection {
  const [role = '', to = ''] = key.split(':');
  return { code: 'overplanned', context: { role, to } };
}
