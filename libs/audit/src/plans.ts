/** I2 and I6: what one settlement plan says adds up, and it lands at most once, signed before it lands. */

import type { Here } from './here.js';
import { amount } from './units.js';
import type { SettlementWire } from './wire.js';

export type Planned = Extract<SettlementWire, { type: 'SettlementPlanned.v1' }>['data'];
type Signed = Extract<SettlementWire, { type: 'SettlementSigned.v1' }>['data'];
export type PlanStep = Exclude<SettlementWire, { type: 'SettlementPlanned.v1' }>;

export interface Plan {
  readonly planned: Planned;
  /** The bytes that are out; null before the first signing and after they expired. */
  signed: Pick<Signed, 'signature' | 'lastValidBlockHeight'> | null;
  landed: boolean;
  final: boolean;
  /** Landed with an error: nothing moved, and what it promised is due again. */
  failed: boolean;
}

/** In the order in which they were planned. */
export type Plans = Plan[];

/** What plans hand out: the platform's fee, and transfers; and what of it the platform adds of its own. */
export interface Outflow {
  readonly fee: bigint;
  readonly operators: bigint;
  readonly refunds: bigint;
  readonly shortfall: bigint;
}

export function outflow(plans: Iterable<Plan>): Outflow {
  let [fee, operators, refunds, shortfall] = [0n, 0n, 0n, 0n];
  for (const { planned } of plans) {
    fee += amount(planned.feeMicroUsdc);
    if (planned.shortfallMicroUsdc !== undefined) shortfall += amount(planned.shortfallMicroUsdc);
    for (const { role, amountMicroUsdc } of planned.transfers) {
      if (role === 'operator') operators += amount(amountMicroUsdc);
      else refunds += amount(amountMicroUsdc);
    }
  }
  return { fee, operators, refunds, shortfall };
}

const planOf = (plans: Plans, planId: string): Plan | undefined =>
  plans.find(({ planned }) => planned.planId === planId);

/** Promised and not failed. */
export const standing = (plans: Plans): Plan[] => plans.filter((plan) => !plan.failed);
export const finalPlans = (plans: Plans): Plan[] => plans.filter((plan) => plan.final);
/** All but corrections, which stand beside everything that is due. */
export const dues = (plans: Plans): Plan[] => standing(plans).filter(({ planned }) => planned.kind !== 'correction');
export const isUnfinished = (plan: Plan): boolean => !plan.final && !plan.failed;

/** I2. Tells whether the plan adds up; one that does not is compared with nothing else. `available`: finally paid in. */
export function addPlan(plans: Plans, planned: Planned, available: bigint, { note }: Here): boolean {
  if (planOf(plans, planned.planId) !== undefined) {
    note('I6', `plan ${planned.planId} is planned twice`);
    return false;
  }
  const plan: Plan = { planned, signed: null, landed: false, final: false, failed: false };
  plans.push(plan);
  const own = outflow([plan]);
  const { fee, operators, refunds, shortfall } = outflow(standing(plans));
  const handedOut = fee + operators + refunds;
  if (handedOut > available + shortfall) {
    note('I2', `plans hand out ${handedOut} of ${available + shortfall} finally paid`);
    return false;
  }
  return note.compare('I2', 'charged = fee + operators', own.fee + own.operators, amount(planned.chargedMicroUsdc));
}

/** I6, one step in a plan's life. */
export function followPlan(plans: Plans, { type, data }: PlanStep, here: Here): void {
  const { note, books } = here;
  const plan = planOf(plans, data.planId);
  if (plan === undefined) {
    note('I6', `plan ${data.planId} was never planned`);
    return;
  }
  if (type === 'SettlementSigned.v1') {
    if (plan.signed !== null) note('I6', 'signed again while the bytes before can still land, or have landed');
    else books.transfers.send(data.signature, data.planId, here);
    const { signature, lastValidBlockHeight } = data;
    plan.signed = { signature, lastValidBlockHeight };
    return;
  }
  const why = whyNot(plan, { type, data } as Exclude<PlanStep, { type: 'SettlementSigned.v1' }>);
  if (why !== null) {
    note('I6', why);
    return;
  }
  if (type === 'SettlementExpired.v1') plan.signed = null;
  else if (type === 'SettlementFailed.v1') plan.failed = true;
  else plan.landed = true;
  if (type === 'SettlementFinalized.v1') plan.final = true;
}

function whyNot(plan: Plan, { type, data }: Exclude<PlanStep, { type: 'SettlementSigned.v1' }>): string | null {
  if (plan.signed === null) return 'no signed bytes are out';
  if (plan.signed.signature !== data.signature) return `${data.signature} is not what was signed`;
  if (plan.failed) return 'it has failed already';
  if (plan.final) return 'it is final already';
  if (type === 'SettlementFinalized.v1') return null;
  if (plan.landed) return 'it has landed already';
  if (type !== 'SettlementExpired.v1') return null;
  return data.finalizedBlockHeight > plan.signed.lastValidBlockHeight ? null : 'its bytes could still land';
}
