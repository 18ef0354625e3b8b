/** The sums of a whole export: what came in, who has it now, and which streams have not reached their end. */

import { finalPlans, outflow } from './plans.js';
import { givenBack, isUnmatchedUsdc, isUnreturned, type Payment } from './payment.js';
import { minutesBilled, paid, type Rental } from './rental/fold.js';
import { held, isUnsettled } from './rental/settle.js';
import { amount } from './units.js';

/** In whole micro-USDC: paid + shortfall = operators + fees + refunded + held, over all streams. */
export interface Totals extends Sums {
  facts: number;
  streams: number;
  rentals: number;
  /** Streams that still hold money, or have a plan under way, or are over but not settled; by name. */
  open: string[];
}

export interface Sums {
  settled: number;
  minutesBilled: number;
  paidMicroUsdc: bigint;
  /** What the platform added: for payments that vanished, and to put things right. */
  shortfallMicroUsdc: bigint;
  operatorMicroUsdc: bigint;
  feeMicroUsdc: bigint;
  refundedMicroUsdc: bigint;
  heldMicroUsdc: bigint;
}

export const noSums = (): Sums => ({
  settled: 0,
  minutesBilled: 0,
  paidMicroUsdc: 0n,
  shortfallMicroUsdc: 0n,
  operatorMicroUsdc: 0n,
  feeMicroUsdc: 0n,
  refundedMicroUsdc: 0n,
  heldMicroUsdc: 0n,
});

/** `times`: 1 to count it, -1 to take it back. */
export function countRental(sums: Sums, rental: Rental, times: 1 | -1): void {
  const out = outflow(finalPlans(rental.plans));
  const money = BigInt(times);
  if (rental.settled) sums.settled += times;
  sums.minutesBilled += times * minutesBilled(rental);
  sums.paidMicroUsdc += money * paid(rental);
  sums.shortfallMicroUsdc += money * out.shortfall;
  sums.operatorMicroUsdc += money * out.operators;
  sums.feeMicroUsdc += money * out.fee;
  sums.refundedMicroUsdc += money * out.refunds;
  sums.heldMicroUsdc += money * held(rental);
}

export function countPayment(sums: Sums, payment: Payment, times: 1 | -1): void {
  if (!isUnmatchedUsdc(payment)) return;
  const money = BigInt(times);
  const [came, back] = [amount(payment.seen.amount), givenBack(payment)];
  sums.paidMicroUsdc += money * came;
  sums.refundedMicroUsdc += money * back;
  sums.heldMicroUsdc += money * (came - back);
}

type ByStream<Value> = { readonly size: number; open(): Iterable<readonly [stream: string, value: Value]> };

interface Read {
  readonly facts: number;
  readonly streams: number;
  /** Of all that are not open any more. */
  readonly closed: Sums;
  readonly rentals: ByStream<Rental>;
  readonly payments: ByStream<Payment>;
  /** Transfers that are assigned to a rental but not credited to it yet. */
  readonly uncredited: readonly { readonly stream: string; readonly held: bigint }[];
}

export function totalsOf({ facts, streams, closed, rentals, payments, uncredited }: Read): Totals {
  const totals: Totals = { facts, streams, rentals: rentals.size, ...closed, open: [] };
  for (const [stream, rental] of rentals.open()) {
    countRental(totals, rental, 1);
    if (isUnsettled(rental)) totals.open.push(stream);
  }
  for (const [stream, payment] of payments.open()) {
    countPayment(totals, payment, 1);
    if (isUnreturned(payment)) totals.open.push(stream);
  }
  for (const transfer of uncredited) {
    totals.paidMicroUsdc += transfer.held;
    totals.heldMicroUsdc += transfer.held;
    totals.open.push(transfer.stream);
  }
  totals.open.sort();
  return totals;
}
