/** What is left to say once a rental is over: the books, closed, and the buyer's word. */

import type { MicroUsdc } from '../money.js';
import type { Millis } from '../time.js';

export interface RentalSettled {
  readonly paidMicroUsdc: MicroUsdc;
  readonly chargedMicroUsdc: MicroUsdc;
  readonly feeMicroUsdc: MicroUsdc;
  readonly operatorMicroUsdc: MicroUsdc;
  readonly refundedMicroUsdc: MicroUsdc;
  /** What the platform adds where a payment vanished after the start; absent: nothing. */
  readonly shortfallMicroUsdc?: MicroUsdc | undefined;
}

export interface RentalRated {
  /** 1 to 5. */
  readonly stars: number;
  readonly ratedAt: Millis;
}
