/** I1, and settlement@1 computed again for each plan: the groups served, the fee, and what is due to each payee. */

import type { Here } from '../here.js';
import { addPlan, finalPlans, isUnfinished, outflow, standing, type Planned } from '../plans.js';
import { fee, price } from '../price.js';
import { amount } from '../units.js';
import type { RentalData } from '../wire.js';
import { finallyPaid, isOver, paid, type Rental } from './fold.js';

type Group = Planned['groups'][number];

export function plan(rental: Rental, planned: Planned, here: Here): void {
  const { note, books, stream, revision } = here;
  for (const { operatorId, operatorWallet: wallet } of planned.groups) {
    books.registry.seePayout({ stream, revision, operatorId, wallet });
  }
  const available = finallyPaid(rental);
  if (!addPlan(rental.plans, planned, available, here)) return;
  const served = rental.run !== null;
  if (!isOver(rental)) note('settlement@1', 'money is handed out before the end');
  else if (served && !rental.meterClosed) note('settlement@1', 'money is handed out before the meter closed');
  else if (planned.kind === 'final' && !served) note('settlement@1', 'a final plan for a rental that never started');
  else if (planned.kind === 'return' && amount(planned.chargedMicroUsdc) > 0n) {
    note('settlement@1', 'a plan that charges is not a return');
  }
  const groups = groupsOf(rental, planned.groups);
  const inputs = { rules: 'settlement@1', paid: available.toString(), feeBps: rental.requested.quote.feeBps, groups };
  const used = {
    rules: planned.rules,
    paid: planned.paidMicroUsdc,
    feeBps: planned.feeBps,
    groups: [...planned.groups],
  };
  if (!note.compare('settlement@1', 'the inputs of the plan', inputs, used)) return;
  checkShares(rental, planned, here);
}

/** What was served, with the wallets as planned: those are held against the operators' registrations elsewhere. */
function groupsOf({ run, requested }: Rental, planned: readonly Group[]): Group[] {
  return [...(run?.served.values() ?? [])].map(({ operatorId, rate, minutes }) => ({
    operatorId,
    operatorWallet: planned.find((group) => group.operatorId === operatorId)?.operatorWallet ?? '',
    rateMicroUsdcPerHour: rate,
    tierBps: requested.quote.tierBps,
    gpuCount: requested.terms.gpuCount,
    minutes,
  }));
}

interface Shares {
  fee: bigint;
  readonly byPayee: Map<string, bigint>;
}

const give = (shares: Shares, payee: string, due: bigint): void => {
  if (due > 0n) shares.byPayee.set(payee, (shares.byPayee.get(payee) ?? 0n) + due);
};

/** The charge eats into the payments from the oldest on; what is left of each goes back to where it came from. */
function sharesOf(rental: Rental, groups: readonly Group[]): Shares {
  const shares: Shares = { fee: 0n, byPayee: new Map() };
  let purse = finallyPaid(rental);
  let eaten = 0n;
  for (const { rateMicroUsdcPerHour, operatorWallet, tierBps, gpuCount, minutes } of groups) {
    const full = price({ rate: amount(rateMicroUsdcPerHour), tierBps, gpuCount, minutes });
    const charge = full > purse ? purse : full;
    const kept = fee(charge, rental.requested.quote.feeBps);
    purse -= charge;
    eaten += charge;
    shares.fee += kept;
    give(shares, `operator ${operatorWallet}`, charge - kept);
  }
  for (const payment of rental.payments.filter((one) => one.finalized)) {
    const used = eaten > payment.amount ? payment.amount : eaten;
    eaten -= used;
    give(shares, `refund ${rental.requested.payment.refundTo ?? payment.payer}`, payment.amount - used);
  }
  return shares;
}

/** Plans are cumulative: with this one, everyone it names has all that is due. Others may have to wait for theirs. */
function checkShares(rental: Rental, planned: Planned, { note }: Here): void {
  const due = sharesOf(rental, planned.groups);
  const promised: Shares = { fee: outflow(standing(rental.plans)).fee, byPayee: new Map() };
  for (const { role, to, amountMicroUsdc } of standing(rental.plans).flatMap((one) => one.planned.transfers)) {
    give(promised, `${role} ${to}`, amount(amountMicroUsdc));
  }
  for (const payee of new Set(planned.transfers.map(({ role, to }) => `${role} ${to}`))) {
    const [expected, found] = [due.byPayee.get(payee) ?? 0n, promised.byPayee.get(payee) ?? 0n];
    note.compare('settlement@1', `due to ${payee}, all plans together`, expected, found);
  }
  const paysOperator = planned.transfers.some((transfer) => transfer.role === 'operator');
  const mayWait = promised.fee === 0n && !paysOperator;
  if (!mayWait) note.compare('settlement@1', 'fee of all plans together', due.fee, promised.fee);
}

/** I1: what finally came in and what finally went out, when the books close. Nobody waits for a payment that may never be final. */
export function settle(rental: Rental, settled: RentalData<'RentalSettled'>, { note }: Here): void {
  if (!isOver(rental) || rental.settled) note('order', 'there is nothing to settle');
  rental.settled = true;
  const out = outflow(finalPlans(rental.plans));
  const charged = out.fee + out.operators;
  const totals = {
    paidMicroUsdc: finallyPaid(rental).toString(),
    chargedMicroUsdc: charged.toString(),
    feeMicroUsdc: out.fee.toString(),
    operatorMicroUsdc: out.operators.toString(),
    refundedMicroUsdc: out.refunds.toString(),
  };
  if (!note.compare('I1', 'the totals of all that is final', totals, { ...settled } as typeof totals)) return;
  note.compare('I1', 'paid = operators + fee + refunds, with nothing held', finallyPaid(rental), charged + out.refunds);
}

/** Paid in and not finally paid out. */
export function held(rental: Rental): bigint {
  const { fee: kept, operators, refunds } = outflow(finalPlans(rental.plans));
  return paid(rental) - kept - operators - refunds;
}

/** Money is held, a plan is under way, or a rental that was paid is over but not settled. */
export function isUnsettled(rental: Rental): boolean {
  const unsettled = isOver(rental) && !rental.settled && rental.payments.length > 0;
  return held(rental) !== 0n || unsettled || [...rental.plans.values()].some(isUnfinished);
}
