/** The life of one settlement plan, the same on a rental's and on a payment's stream: planned, signed, confirmed, finalized. */

import { accepted, ignored, rejected, type Outcome } from '../decider.js';
import { sum, ZERO, type MicroUsdc } from '../money.js';
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
);

export type PlanCommand =
  | { readonly type: 'SignPlan'; readonly signed: SettlementSigned }
  | { readonly type: 'ExpirePlan'; readonly expired: SettlementExpired }
  | { readonly type: 'FailPlan'; readonly failed: SettlementFailed }
  | { readonly type: 'ConfirmPlan'; readonly confirmed: SettlementConfirmed }
  | { readonly type: 'FinalizePlan'; readonly finalized: SettlementFinalized };

export const openPlan = (plans: readonly Plan[]): Plan | null =>
  plans.find((plan) => plan.status !== 'finalized') ?? null;

export function decidePlan(plans: readonly Plan[], command: PlanCommand): Outcome<SettlementFact> {
  const { planId, signature } = subject(command);
  const plan = plans.find((candidate) => candidate.planned.planId === planId);
  if (plan === undefined) return rejected({ code: 'unknown_plan', context: { planId } });
  if (command.type === 'SignPlan') {
    return plan.status === 'planned'
      ? accepted({ type: 'SettlementSigned', data: command.signed })
      : ignored(`plan ${planId} is ${plan.status}`);
  }
  if (plan.status === 'planned') return wrong(plan, command.type);
  if (plan.signed.signature !== signature) return ignored(`plan ${planId} was signed again since`);
  if (plan.status === 'finalized') return ignored(`plan ${planId} is final`);
  switch (command.type) {
    case 'ExpirePlan':
      return accepted({ type: 'SettlementExpired', data: command.expired });
    case 'FailPlan':
      return accepted({ type: 'SettlementFailed', data: command.failed });
    case 'ConfirmPlan':
      return plan.status === 'confirmed'
        ? ignored(`plan ${planId} is confirmed`)
        : accepted({ type: 'SettlementConfirmed', data: command.confirmed });
    case 'FinalizePlan':
      return accepted({ type: 'SettlementFinalized', data: command.finalized });
  }
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
    case 'SettlementFailed':
      return { status: 'planned', planned };
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

/** What is still to plan: entitlement minus everything planned before. Plans are cumulative and never take back. */
export interface Remainder {
  readonly chargedMicroUsdc: MicroUsdc;
  readonly feeMicroUsdc: MicroUsdc;
  readonly transfers: readonly Transfer[];
}

export function remainder(due: Entitlement, plans: readonly Plan[]): Remainder | Rejection {
  const planned = plannedByPayee(plans);
  const transfers: Transfer[] = [];
  for (const transfer of due.transfers) {
    const before = planned.get(payeeKey(transfer)) ?? ZERO;
    planned.delete(payeeKey(transfer));
    if (before > transfer.amountMicroUsdc) return overplanned(payeeKey(transfer));
    const amountMicroUsdc = (transfer.amountMicroUsdc - before) as MicroUsdc;
    if (amountMicroUsdc > ZERO) transfers.push({ ...transfer, amountMicroUsdc });
  }
  for (const [key, amount] of planned) if (amount > ZERO) return overplanned(key);
  const feeBefore = sum(plans.map((plan) => plan.planned.feeMicroUsdc));
  if (feeBefore > due.feeMicroUsdc) return overplanned('fee:platform');
  const feeMicroUsdc = (due.feeMicroUsdc - feeBefore) as MicroUsdc;
  return { transfers, feeMicroUsdc, chargedMicroUsdc: chargedBy(transfers, feeMicroUsdc) };
}

/** charged = fee + what operators get: true for every plan by itself. */
export const chargedBy = (transfers: readonly Transfer[], fee: MicroUsdc): MicroUsdc =>
  sum([fee, ...transfers.filter((t) => t.role === 'operator').map((t) => t.amountMicroUsdc)]);

function plannedByPayee(plans: readonly Plan[]): Map<string, MicroUsdc> {
  const planned = new Map<string, MicroUsdc>();
  for (const transfer of plans.flatMap((plan) => plan.planned.transfers)) {
    const before = planned.get(payeeKey(transfer)) ?? ZERO;
    planned.set(payeeKey(transfer), sum([before, transfer.amountMicroUsdc]));
  }
  return planned;
}

function overplanned(key: string): Rejection {
  const [role = '', to = ''] = key.split(':');
  return { code: 'overplanned', context: { role, to } };
}
