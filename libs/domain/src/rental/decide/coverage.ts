/** Whether payments in time still cover what is owed: one that was confirmed can vanish, and nobody has a machine for nothing. */

import { rejected, type Outcome } from '../../decider.js';
import { sum } from '../../money.js';
import { inTimeFor, owed } from '../evolve/money.js';
import type { Rental } from '../state.js';

function coverage(rental: Rental) {
  const inTime = [null, ...rental.extensions.filter((one) => one.extended).map((one) => one.extensionId)];
  const paidMicroUsdc = sum(inTime.flatMap((of) => inTimeFor(rental, of).map((p) => p.amountMicroUsdc)));
  return { paidMicroUsdc, owedMicroUsdc: owed(rental) };
}

/** Null where a payment vanished and the rest no longer covers what is owed; else the refusal to end for that. */
export function stillCovered(rental: Rental): Outcome<never> | null {
  const context = coverage(rental);
  return context.paidMicroUsdc < context.owedMicroUsdc ? null : rejected({ code: 'still_covered', context });
}

/** The refusal of a machine where a payment vanished and the rest is too little; else null. */
export function notCovered(rental: Rental): Outcome<never> | null {
  const context = coverage(rental);
  return context.paidMicroUsdc < context.owedMicroUsdc ? rejected({ code: 'not_covered', context }) : null;
}
