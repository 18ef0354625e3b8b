/** The auditor's own small fold of a rental: only what its checks ask for, and nothing that JSON does not hold, so that it can be packed. */

import type { Plans } from '../plans.js';
import { amount, instant } from '../units.js';
import type { RentalData } from '../wire.js';
import type { Attempt, Run } from './run.js';

export interface Payment {
  readonly signature: string;
  readonly amountMicroUsdc: string;
  readonly payer: string;
  readonly blockTime: number;
  /** The extension it pays; null: it pays the request itself. */
  readonly extensionId: string | null;
  /** Block time within the life of what it pays. */
  readonly inTime: boolean;
  finalized: boolean;
  /** Not on the final chain: it counts for nothing. */
  vanished: boolean;
}

export interface Extension {
  readonly quoted: RentalData<'ExtensionQuoted'>;
  extended: boolean;
}

export interface Rental {
  readonly requested: RentalData<'RentalRequested'>;
  /** `open` until a node is chosen and again after that failed; `placed` while one starts, also in place of one that was lost. */
  phase: 'open' | 'placed' | 'running' | 'interrupted' | 'ended' | 'expired';
  settled: boolean;
  /** Oldest first, as recorded. */
  readonly payments: Payment[];
  /** The one that paid first. */
  wallet: string | null;
  /** Block time of the payment that covered the quote. */
  paidAt: number | null;
  /** Since when it has needed a machine: paid, or without the one it had. */
  seekingSince: number | null;
  /** In the order in which they were quoted. */
  readonly extensions: Extension[];
  /** The extension that the last payment completed: the very next fact must extend the term. */
  dueExtension: string | null;
  /** Whoever holds the GPUs, or held them last. */
  attempt: Attempt | null;
  /** How often a node was chosen: numbers of attempts only rise. */
  tries: number;
  /** Failed before they were ready, or lost later. */
  readonly failedNodes: string[];
  run: Run | null;
  end: RentalData<'RentalEnded'> | null;
  /** The operator it ran on when it ended; null where it did not run. */
  endedOn: string | null;
  /** Attempts whose access is gone. */
  readonly revoked: number[];
  meterClosed: boolean;
  halted: boolean;
  /** A checkpoint was asked for and is not saved yet; null where none was asked for. */
  checkpoint: 'asked' | 'saved' | null;
  attributed: boolean;
  rating: { readonly stars: number; readonly ratedAt: number } | null;
  readonly plans: Plans;
}

export const newRental = (requested: RentalData<'RentalRequested'>): Rental => ({
  requested,
  phase: 'open',
  settled: false,
  payments: [],
  wallet: null,
  paidAt: null,
  seekingSince: null,
  extensions: [],
  dueExtension: null,
  attempt: null,
  tries: 0,
  failedNodes: [],
  run: null,
  end: null,
  endedOn: null,
  revoked: [],
  meterClosed: false,
  halted: false,
  checkpoint: null,
  attributed: false,
  rating: null,
  plans: [],
});

export const isOver = ({ phase }: Rental): boolean => phase === 'ended' || phase === 'expired';

export const paid = ({ payments }: Rental): bigint =>
  payments.reduce((sum, payment) => (payment.vanished ? sum : sum + amount(payment.amountMicroUsdc)), 0n);

export const finallyPaid = ({ payments }: Rental): bigint =>
  payments.reduce((sum, payment) => (payment.finalized ? sum + amount(payment.amountMicroUsdc) : sum), 0n);

/** What came in time for the request (null) or for one extension, and did not vanish. */
export const inTimeFor = ({ payments }: Rental, extensionId: string | null): readonly Payment[] =>
  payments.filter((payment) => payment.extensionId === extensionId && payment.inTime && !payment.vanished);

export const extensionOf = ({ extensions }: Rental, extensionId: string): Extension | undefined =>
  extensions.find(({ quoted }) => quoted.extensionId === extensionId);

/** Whether payments in time cover the quote, and every extension that was sold. */
export function isPaid(rental: Rental): boolean {
  let missing = amount(rental.requested.quote.totalMicroUsdc);
  for (const { quoted, extended } of rental.extensions) {
    if (extended) missing += amount(quoted.totalMicroUsdc);
  }
  for (const payment of rental.payments) {
    const { extensionId } = payment;
    const isFor = extensionId === null || (extensionOf(rental, extensionId)?.extended ?? false);
    if (isFor && payment.inTime && !payment.vanished) missing -= amount(payment.amountMicroUsdc);
  }
  return missing <= 0n;
}

/** When the billable time is over: at the end of the term, or sooner if the rental ended sooner. */
export const billableEnd = (run: Run, end: Rental['end']): number =>
  end === null ? run.endsAt : Math.min(run.endsAt, instant(end.effectiveAt));

/** All that were served, those given away among them. */
export const minutesServed = ({ run }: Rental): number =>
  run === null ? 0 : run.byNode.reduce((sum, { minutes }) => sum + minutes, 0);

export const minutesBilled = ({ run }: Rental): number =>
  run === null ? 0 : run.billed.reduce((sum, { minutes }) => sum + minutes, 0);
