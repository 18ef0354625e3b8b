/** settlement@1 computed again: the fee, what is due to each payee, and what the platform adds where a payment vanished. */

import type { Here } from '../here.js';
import { dues, outflow, type Planned } from '../plans.js';
import { fee, price } from '../price.js';
import { amount, total } from '../units.js';
import { finallyPaid, type Rental } from './fold.js';

interface Shares {
  fee: bigint;
  readonly shortfall: bigint;
  readonly byPayee: Map<string, bigint>;
}

const give = ({ byPayee }: Pick<Shares, 'byPayee'>, payee: string, due: bigint): void => {
  if (due > 0n) byPayee.set(payee, (byPayee.get(payee) ?? 0n) + due);
};

const priceOf = (group: Planned['groups'][number]): bigint =>
  price({ ...group, rate: amount(group.rateMicroUsdcPerHour) });

/** Where a payment that it ran on has vanished, what is served is charged all the same: the rest is the platform's, and stays so. */
function missing(rental: Rental, { planId, groups }: Planned): bigint {
  const { shortfall: before } = outflow(dues(rental.plans).filter(({ planned }) => planned.planId !== planId));
  if (!rental.payments.some(({ vanished, inTime }) => vanished && inTime)) return before;
  const short = total(groups.map(priceOf)) - finallyPaid(rental);
  return short > before ? short : before;
}

/** The charge eats up the shortfall, then the payments from the oldest on; what is left of each goes back to where it came from. */
function sharesOf(rental: Rental, planned: Planned): Shares {
  const { groups } = planned;
  const shares: Shares = { fee: 0n, shortfall: missing(rental, planned), byPayee: new Map() };
  let purse = finallyPaid(rental) + shares.shortfall;
  let eaten = 0n;
  for (const group of groups) {
    const full = priceOf(group);
    const charge = full > purse ? purse : full;
    const kept = fee(charge, rental.requested.quote.feeBps);
    purse -= charge;
    eaten += charge;
    shares.fee += kept;
    give(shares, `operator ${group.operatorWallet}`, charge - kept);
  }
  eaten -= eaten > shares.shortfall ? shares.shortfall : eaten;
  for (const payment of rental.payments.filter((one) => one.finalized)) {
    const came = amount(payment.amountMicroUsdc);
    const used = eaten > came ? came : eaten;
    eaten -= used;
    give(shares, `refund ${rental.requested.payment.refundTo ?? payment.payer}`, came - used);
  }
  return shares;
}

/** Plans are cumulative: with this one, everyone it names has all that is due. Others may have to wait for theirs. */
export function checkShares(rental: Rental, planned: Planned, { note }: Here): void {
  const due = sharesOf(rental, planned);
  const promised = outflow(dues(rental.plans));
  const byPayee = new Map<string, bigint>();
  for (const { role, to, amountMicroUsdc } of dues(rental.plans).flatMap((one) => one.planned.transfers)) {
    give({ byPayee }, `${role} ${to}`, amount(amountMicroUsdc));
  }
  for (const payee of new Set(planned.transfers.map(({ role, to }) => `${role} ${to}`))) {
    const [expected, found] = [due.byPayee.get(payee) ?? 0n, byPayee.get(payee) ?? 0n];
    note.compare('settlement@1', `due to ${payee}, all plans together`, expected, found);
  }
  const roles = planned.transfers.map((transfer) => transfer.role);
  if (planned.kind === 'interim' && roles.includes('refund')) note('settlement@1', 'an interim plan gives money back');
  const mayWait = promised.fee === 0n && promised.shortfall === 0n && !roles.includes('operator');
  if (mayWait) return;
  note.compare('settlement@1', 'fee of all plans together', due.fee, promised.fee);
  note.compare('settlement@1', 'shortfall of all plans together', due.shortfall, promised.shortfall);
}
