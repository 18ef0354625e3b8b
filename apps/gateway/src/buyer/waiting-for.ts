/** What a rental waits for, in words for its buyer. Pure: read from its state alone, so it says nothing that the facts do not. */

import { formatUsdc, minus, sum, ZERO, type MicroUsdc } from '@tokenos/domain/money';
import { closingOf, type Payment, type Rental } from '@tokenos/domain/rental/state';
import { openPlan, standing } from '@tokenos/domain/settlement/plan';
import type { KnownRental } from './rental-answers.js';

/** Null while nothing is to be waited for: it runs, or it is over and everything is paid out. */
export function waitingFor(state: KnownRental): string | null {
  switch (state.status) {
    case 'requested':
      return `${formatUsdc(missingOf(state.rental))} USDC, to be paid before ${expiryOf(state.rental)}`;
    case 'paid':
      return 'a machine that is free, at this price';
    case 'placed':
      return 'the machine to start and to answer';
    case 'running':
      return null;
    case 'interrupted':
      return 'another machine, because the one it had is gone; until then nothing is billed';
    case 'ended':
    case 'expired':
    case 'settled':
      return payingOut(state);
  }
}

/** Why nobody can log in to a rental that was asked for and not paid in full: what came, and what is missing. */
export function unpaidText(rental: Rental): string {
  const received = inTime(rental.payments);
  const short =
    received === ZERO
      ? `This rental is not paid yet: it starts once ${formatUsdc(rental.quote.totalMicroUsdc)} USDC are paid before ${expiryOf(rental)}.`
      : `This rental is not paid in full: ${formatUsdc(received)} USDC were received and ${formatUsdc(missingOf(rental))} USDC are missing; ` +
        `send them with the same reference or memo before ${expiryOf(rental)}, or what came goes back.`;
  const isLate = rental.payments.some((payment) => !payment.inTime);
  return isLate ? `${short} A payment that came after that time does not count and goes back.` : short;
}

function payingOut(state: KnownRental): string | null {
  const { payments, plans, quote } = state.rental;
  const closing = closingOf(state);
  if (closing !== null && closing.run !== null && closing.meterClosed === null) {
    return 'the last minutes to be counted: nothing is charged or refunded before';
  }
  const plan = openPlan(plans);
  if (plan !== null) {
    return plan.status === 'planned'
      ? `transfer ${plan.planned.planId} to be signed and sent`
      : `transfer ${plan.planned.planId} to be final on chain`;
  }
  const final = payments.filter(({ finalized }) => finalized);
  const open = payments.find(({ finalized }) => !finalized);
  const toBeFinal = open === undefined ? null : `payment ${open.signature} to be final on chain`;
  // Settlement waits for what makes the rental paid, and not for what anybody sends beside it.
  if (toBeFinal !== null && inTime(final) < quote.totalMicroUsdc) return toBeFinal;
  const held = less(total(final), promised(state.rental));
  if (held === ZERO) return toBeFinal;
  return `${formatUsdc(held)} USDC to be paid out: at once, or as soon as a wallet that cannot take USDC now can take them`;
}

function promised({ plans }: Rental): MicroUsdc {
  const parts = standing(plans).flatMap(({ feeMicroUsdc, transfers }) => [
    feeMicroUsdc,
    ...transfers.map(({ amountMicroUsdc }) => amountMicroUsdc),
  ]);
  return sum(parts);
}

/** Only payments in time start a rental. */
const inTime = (payments: readonly Payment[]): MicroUsdc => total(payments.filter((payment) => payment.inTime));

const total = (payments: readonly Payment[]): MicroUsdc => sum(payments.map(({ amountMicroUsdc }) => amountMicroUsdc));

const missingOf = (rental: Rental): MicroUsdc => less(rental.quote.totalMicroUsdc, inTime(rental.payments));

const less = (a: MicroUsdc, b: MicroUsdc): MicroUsdc => (a > b ? minus(a, b) : ZERO);

const expiryOf = ({ quote }: Rental): string => new Date(quote.expiresAt).toISOString();
