/** The auditor's own small fold of a rental: only what its checks ask for. */

import type { Lease } from '../across/leases.js';
import type { Plans } from '../plans.js';
import { amount, instant, total } from '../units.js';
import type { RentalData } from '../wire.js';

export interface Payment {
  readonly signature: string;
  readonly amount: bigint;
  readonly payer: string;
  /** Block time within the quote's life. */
  readonly inTime: boolean;
  finalized: boolean;
}

export interface Attempt {
  readonly placed: RentalData<'RentalPlaced'>;
  readonly leases: readonly Lease[];
}

/** Minutes served at one operator's rate. */
export interface Served {
  readonly operatorId: string;
  readonly rate: string;
  minutes: number;
}

export interface Run {
  readonly startedAt: number;
  readonly endsAt: number;
  /** Index of the first minute nobody has metered yet. */
  nextMinute: number;
  readonly served: Map<string, Served>;
}

export interface Rental {
  readonly requested: RentalData<'RentalRequested'>;
  /** `open` until a node is chosen, and again after an attempt has failed. */
  phase: 'open' | 'placed' | 'running' | 'ended' | 'expired';
  settled: boolean;
  /** Oldest first, as recorded. */
  readonly payments: Payment[];
  attempt: Attempt | null;
  readonly failedNodes: Set<string>;
  failures: number;
  run: Run | null;
  end: RentalData<'RentalEnded'> | null;
  revoked: boolean;
  meterClosed: boolean;
  readonly plans: Plans;
}

export const newRental = (requested: RentalData<'RentalRequested'>): Rental => ({
  requested,
  phase: 'open',
  settled: false,
  payments: [],
  attempt: null,
  failedNodes: new Set(),
  failures: 0,
  run: null,
  end: null,
  revoked: false,
  meterClosed: false,
  plans: new Map(),
});

export const isOver = ({ phase }: Rental): boolean => phase === 'ended' || phase === 'expired';

export const paid = ({ payments }: Rental): bigint => total(payments.map((payment) => payment.amount));

export const finallyPaid = ({ payments }: Rental): bigint =>
  total(payments.filter((payment) => payment.finalized).map((payment) => payment.amount));

/** Whether payments in time cover the quote. */
export function isPaid({ payments, requested }: Rental): boolean {
  const inTime = payments.filter((payment) => payment.inTime).map((payment) => payment.amount);
  return total(inTime) >= amount(requested.quote.totalMicroUsdc);
}

/** When the billable time is over: at the end of the term, or sooner if the rental ended sooner. */
export const billableEnd = (run: Run, end: Rental['end']): number =>
  end === null ? run.endsAt : Math.min(run.endsAt, instant(end.effectiveAt));

export const minutesServed = ({ run }: Rental): number =>
  run === null ? 0 : [...run.served.values()].reduce((minutes, group) => minutes + group.minutes, 0);
