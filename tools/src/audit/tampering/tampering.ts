/** One way to tamper with the market's history: what is done, on which stream it is found out, and by which rule. */

import type { Code } from '@tokenos/audit/finding';
import { operatorId } from '@tokenos/simulation/platform/platform';
import { machineId, rentalId } from '@tokenos/simulation/stories/stage';
import { signature } from '@tokenos/simulation/world/addresses';
import type { Edit } from './edits.js';
import { RENTALS } from './market.js';

export interface Tampering {
  /** What was done, as a row of docs/tampering.md. */
  readonly what: string;
  /** The stream that the finding names. */
  readonly on: string;
  /** The code that finds it when all hashes are made anew; others may find it as well. */
  readonly by: Code;
  /** The code that finds it when they are not: I10, but where something is missing without a gap. */
  readonly asItIs?: Code;
  readonly edit: Edit;
}

/** Rental streams by what happens to them. */
export const rental = Object.fromEntries(
  Object.entries(RENTALS).map(([name, number]) => [name, `rental-${rentalId(number)}`]),
) as { readonly [Name in keyof typeof RENTALS]: string };

/** In the order of payment. */
export const pay = (n: number): string => signature('Pay', n);
export const payment = (n: number): string => `payment-${pay(n)}`;
export const machine = (n: number): string => `node-${machineId(n)}`;
export const anchor = (day: string): string => `anchor-${day}`;
export const operator = (n: number): string => `operator-${operatorId(n)}`;
