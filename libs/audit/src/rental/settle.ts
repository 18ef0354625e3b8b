/** I1, and each plan of a rental: made at its time, from the right inputs, to the right wallets. */

import type { Here } from '../here.js';
import { addPlan, dues, finalPlans, isUnfinished, outflow, type Planned } from '../plans.js';
import { amount, total } from '../units.js';
import type { RentalData } from '../wire.js';
import { finallyPaid, isOver, paid, type Rental } from './fold.js';
import { checkShares } from './shares.js';

/** A rental longer than this pays its operators once for each so many metered minutes. */
const INTERIM_MINUTES = 1_440;

export function plan(rental: Rental, planned: Planned, here: Here): void {
  const { note } = here;
  const interims = dues(rental.plans).filter((one) => one.planned.kind === 'interim').length;
  checkWallets(rental, planned, here);
  if (!addPlan(rental.plans, planned, finallyPaid(rental), here)) return;
  checkMoment(rental, planned, interims, here);
  const groups = planned.kind === 'correction' ? [] : groupsOf(rental, planned.groups);
  const inputs = {
    rules: 'settlement@1',
    paid: finallyPaid(rental).toString(),
    feeBps: rental.requested.quote.feeBps,
    groups,
  };
  const used = {
    rules: planned.rules,
    paid: planned.paidMicroUsdc,
    feeBps: planned.feeBps,
    groups: [...planned.groups],
  };
  if (!note.compare('settlement@1', 'the inputs of the plan', inputs, used)) return;
  const given = planned.kind === 'correction' ? 0 : (rental.run?.given ?? 0);
  note.compare('promise@1', 'minutes that are free', given, planned.freeMinutes ?? 0);
  if (planned.kind === 'correction') checkCorrection(rental, planned, here);
  else checkShares(rental, planned, here);
}

function checkMoment(rental: Rental, { kind, chargedMicroUsdc }: Planned, interims: number, { note }: Here): void {
  const { run } = rental;
  if (kind === 'interim') {
    const { minutes } = rental.requested.terms;
    if (isOver(rental) || run === null) note('settlement@1', 'an interim plan is of a rental that goes on');
    else if (minutes <= INTERIM_MINUTES) note('settlement@1', `an interim plan for ${minutes} minutes`);
    else if (run.nextMinute < (interims + 1) * INTERIM_MINUTES) {
      note('settlement@1', `interim plan ${interims + 1} when ${run.nextMinute} minutes were metered`);
    }
  } else if (kind === 'correction') {
    if (!rental.settled) note('settlement@1', 'a correction of books that are not closed');
  } else if (!isOver(rental)) note('settlement@1', 'money is handed out before the end');
  else if (run !== null && !rental.meterClosed) note('settlement@1', 'money is handed out before the meter closed');
  else if (kind === 'final' && run === null) note('settlement@1', 'a final plan for a rental that never started');
  else if (kind === 'return' && amount(chargedMicroUsdc) > 0n) {
    note('settlement@1', 'a plan that charges is not a return');
  }
}

/** Whoever was paid before is paid to the same wallet to the end; everyone else to the one on record. */
function checkWallets({ plans }: Rental, { groups }: Planned, { note, books, stream, revision, at }: Here): void {
  const before = dues(plans).flatMap((one) => one.planned.groups);
  for (const { operatorId, operatorWallet: wallet } of groups) {
    const first = before.find((group) => group.operatorId === operatorId);
    if (first === undefined) books.registry.seePayout({ stream, revision, operatorId, wallet, at });
    else note.compare('settlement@1', `payout wallet of ${operatorId} once it was paid`, first.operatorWallet, wallet);
  }
}

/** What was served and not given away, with the wallets as planned: those are held against the operators' own word. */
function groupsOf({ run, requested }: Rental, planned: Planned['groups']): Planned['groups'] {
  return (run?.billed ?? []).map(({ operatorId, rate, minutes }) => ({
    operatorId,
    operatorWallet: planned.find((group) => group.operatorId === operatorId)?.operatorWallet ?? '',
    rateMicroUsdcPerHour: rate,
    tierBps: requested.quote.tierBps,
    gpuCount: requested.terms.gpuCount,
    minutes,
  }));
}

/** The platform pays all of it, for a reason, takes no fee, and pays nobody who had no part in the rental. */
function checkCorrection(rental: Rental, planned: Planned, { note, books, stream, revision, at }: Here): void {
  const { transfers, feeMicroUsdc, shortfallMicroUsdc, why } = planned;
  const all = total(transfers.map((transfer) => amount(transfer.amountMicroUsdc)));
  note.compare('settlement@1', 'a correction is paid by the platform', all, amount(shortfallMicroUsdc ?? '0'));
  if (amount(feeMicroUsdc) > 0n) note('settlement@1', 'a correction takes a fee');
  if (all === 0n || (why ?? '') === '') note('settlement@1', 'a correction of nothing, or for no reason');
  const operatorIds = (rental.run?.stretches ?? []).map(({ attempt }) => attempt.placed.operatorId);
  for (const { role, to: wallet } of transfers) {
    if (role === 'operator') books.corrections.see({ stream, revision, at, wallet, operatorIds });
    else if (!isRefundable(rental, wallet))
      note('settlement@1', `a correction pays ${wallet}, which paid nothing here`);
  }
}

/** Where a refund of this rental may go. */
const isRefundable = ({ payments, requested }: Rental, wallet: string): boolean =>
  requested.payment.refundTo === null
    ? payments.some(({ payer, vanished }) => payer === wallet && !vanished)
    : requested.payment.refundTo === wallet;

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
    ...(out.shortfall > 0n ? { shortfallMicroUsdc: out.shortfall.toString() } : {}),
  };
  if (!note.compare('I1', 'the totals of all that is final', totals, { ...settled } as typeof totals)) return;
  const inflow = finallyPaid(rental) + out.shortfall;
  note.compare('I1', 'paid + shortfall = operators + fee + refunds, with nothing held', inflow, charged + out.refunds);
}

/** Paid in, or added by the platform, and not finally paid out. */
export function held(rental: Rental): bigint {
  const { fee, operators, refunds, shortfall } = outflow(finalPlans(rental.plans));
  return paid(rental) + shortfall - fee - operators - refunds;
}

/** Money is held, a plan is under way, or a rental that was paid is over but not settled. */
export function isUnsettled(rental: Rental): boolean {
  const { payments, run, plans } = rental;
  const hasBooks = run !== null || payments.some((payment) => !payment.vanished);
  const unsettled = isOver(rental) && !rental.settled && hasBooks;
  return held(rental) !== 0n || unsettled || plans.some(isUnfinished);
}
