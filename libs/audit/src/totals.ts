/** The sums of a whole export: what came in, who has it now, and which streams have not reached their end. */

import { finalPlans, outflow } from './plans.js';
import { givenBack, isUnmatchedUsdc, isUnreturned, type Payment } from './payment.js';
import { minutesBilled, paid, type Rental } from './rental/fold.js';
import { held, isUnsettled } from './rental/settle.js';
import { amount } from './units.js';

/** In whole micro-USDC: paid + shortfall = operators + fees + refunded + held, over all streams. */
export interface Totals {
  facts: number;
  streams: number;
  rentals: number;
  settled: number;
  minutesBilled: number;
  paidMicroUsdc: bigint;
  /** What the platform added: for payments that vanished, and to put things right. */
  shortfallMicroUsdc: bigint;
  operatorMicroUsdc: bigint;
  feeMicroUsdc: bigint;
  refundedMicroUsdc: bigint;
  heldMicroUsdc: bigint;
  /** Streams that still hold money, or have a plan under way, or are over but not settled. */
  open: string[];
}

type ByStream<Value> = Iterable<readonly [stream: string, value: Value]> & { readonly size: number };

interface Read {
  readonly facts: number;
  readonly streams: number;
  readonly rentals: ByStream<Rental>;
  readonly payments: ByStream<Payment>;
  /** Transfers that are assigned to a rental but not credited to it yet. */
  readonly uncredited: readonly { readonly stream: string; readonly held: bigint }[];
}

export function totalsOf({ facts, streams, rentals, payments, uncredited }: Read): Totals {
  const totals: Totals = {
    facts,
    streams,
    rentals: rentals.size,
    settled: 0,
    minutesBilled: 0,
    paidMicroUsdc: 0n,
    shortfallMicroUsdc: 0n,
    operatorMicroUsdc: 0n,
    feeMicroUsdc: 0n,
    refundedMicroUsdc: 0n,
    heldMicroUsdc: 0n,
    open: [],
  };
  for (const [stream, rental] of rentals) {
    const out = outflow(finalPlans(rental.plans));
    if (rental.settled) totals.settled += 1;
    totals.minutesBilled += minutesBilled(rental);
    totals.paidMicroUsdc += paid(rental);
    totals.shortfallMicroUsdc += out.shortfall;
    totals.operatorMicroUsdc += out.operators;
    totals.feeMicroUsdc += out.fee;
    totals.refundedMicroUsdc += out.refunds;
    totals.heldMicroUsdc += held(rental);
    if (isUnsettled(rental)) totals.open.push(stream);
  }
  for (const [stream, payment] of payments) {
    if (isUnmatchedUsdc(payment)) {
      totals.paidMicroUsdc += amount(payment.seen.amount);
      totals.refundedMicroUsdc += givenBack(payment);
      totals.heldMicroUsdc += amount(payment.seen.amount) - givenBack(payment);
    }
    if (isUnreturned(payment)) totals.open.push(stream);
  }
  for (const transfer of uncredited) {
    totals.paidMicroUsdc += transfer.held;
    totals.heldMicroUsdc += transfer.held;
    totals.open.push(transfer.stream);
  }
  return totals;
}
