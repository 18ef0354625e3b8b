/** One transfer's stream: seen once, then credited to its rental, or given back whole to those who gave it. */

import { idOf } from '@tokenos/contracts/envelope/envelope';
import type { Here } from './here.js';
import { addPlan, finalPlans, followPlan, isUnfinished, outflow, standing, type Planned, type Plans } from './plans.js';
import { amount } from './units.js';
import type { PaymentData, PaymentWire } from './wire.js';

export interface Payment {
  readonly seen: PaymentData<'PaymentSeen'>;
  readonly plans: Plans;
  returned: boolean;
}

/** Not USDC in the account that plans pay from: it waits for a claim by its source wallet and is not counted as money. */
const FOREIGN: readonly PaymentData<'PaymentSeen'>['why'][] = ['wrong_mint', 'wrong_program', 'wrong_account'];

export const isUnmatchedUsdc = ({ seen }: Payment): boolean => seen.assignedTo === null && !FOREIGN.includes(seen.why);

export function auditPayment(payment: Payment | null, fact: PaymentWire, here: Here): Payment | null {
  const { note } = here;
  if (fact.type === 'PaymentSeen.v1') {
    note.compare('order', 'a transfer has a stream of its own', idOf(here.stream), fact.data.signature);
    if (payment !== null) note('I7', 'it is seen twice');
    if ((fact.data.assignedTo === null) === (fact.data.why === null)) {
      note('matching', 'it is either assigned to a rental or says why not');
    }
    if (payment === null) here.books.transfers.see(fact.data, here.stream);
    return payment ?? { seen: fact.data, plans: [], returned: false };
  }
  if (payment === null) note('order', 'nothing was seen yet');
  else if (fact.type === 'SettlementPlanned.v1') planReturn(payment, fact.data, here);
  else if (fact.type === 'PaymentReturned.v1') close(payment, fact.data, here);
  else followPlan(payment.plans, fact, here);
  return payment;
}

function planReturn({ seen, plans }: Payment, planned: Planned, here: Here): void {
  const { note } = here;
  if (seen.assignedTo !== null) note('I7', `it is credited to ${seen.assignedTo} and given back as well`);
  else if (FOREIGN.includes(seen.why)) note('settlement@1', `money that is ${seen.why} is given back in USDC`);
  if (!addPlan(plans, planned, amount(seen.amount), here)) return;
  const { rules, kind, groups, paidMicroUsdc: paid, feeBps, chargedMicroUsdc: charged, feeMicroUsdc: fee } = planned;
  const whole = {
    rules: 'settlement@1',
    kind: 'return',
    groups: [],
    paid: seen.amount,
    feeBps: 0,
    charged: '0',
    fee: '0',
    beside: [0, '0'],
  };
  const beside = [planned.freeMinutes ?? 0, planned.shortfallMicroUsdc ?? '0'];
  const said = { rules, kind, groups: [...groups], paid, feeBps, charged, fee, beside };
  note.compare('settlement@1', 'a return is of all that came, and costs nothing', whole, said);
  const promised = standing(plans).flatMap((plan) => plan.planned.transfers);
  for (const wallet of new Set(planned.transfers.map((transfer) => transfer.to))) {
    const given = sumFor(
      seen.payers.map((payer) => ({ to: payer.wallet, amount: payer.amount })),
      wallet,
    );
    const back = sumFor(
      promised.map(({ to, amountMicroUsdc }) => ({ to, amount: amountMicroUsdc })),
      wallet,
    );
    note.compare('settlement@1', `back to ${wallet} goes what it gave`, given, back);
  }
}

const sumFor = (amounts: readonly { to: string; amount: string }[], wallet: string): bigint =>
  amounts.reduce((sum, one) => (one.to === wallet ? sum + amount(one.amount) : sum), 0n);

/** Names the plan that gave the last part back. */
function close(payment: Payment, { planId, signature }: PaymentData<'PaymentReturned'>, { note }: Here): void {
  payment.returned = true;
  const last = finalPlans(payment.plans).at(-1);
  const expected = { planId: last?.planned.planId ?? null, signature: last?.signed?.signature ?? null };
  note.compare('order', 'the plan that gave it back', expected, { planId, signature });
  note.compare('I1', 'all of it went back', amount(payment.seen.amount), givenBack(payment));
}

/** Credited to its rental, or given back: nothing more is expected of it. */
export const isClosedPayment = (payment: Payment): boolean =>
  (payment.returned || payment.seen.assignedTo !== null) && !isUnreturned(payment);

export const givenBack = ({ plans }: Payment): bigint => outflow(finalPlans(plans)).refunds;

export const isUnreturned = (payment: Payment): boolean =>
  (isUnmatchedUsdc(payment) && !payment.returned) || payment.plans.some(isUnfinished);
