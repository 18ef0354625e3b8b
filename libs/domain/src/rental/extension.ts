/** The facts of a longer term: more minutes offered, and paid. */

import type { MicroUsdc } from '../money.js';
import type { Millis } from '../time.js';

/** More minutes on the machine the rental has, at that machine's rate, to be paid before `expiresAt`. */
export interface ExtensionQuoted {
  readonly extensionId: string;
  readonly rules: string;
  readonly minutes: number;
  readonly rateMicroUsdcPerHour: MicroUsdc;
  readonly tierBps: number;
  readonly priceMicroUsdc: MicroUsdc;
  /** 1 to 9,999: makes the amount unique among open quotes; comes back in the refund. */
  readonly surplusMicroUsdc: MicroUsdc;
  readonly totalMicroUsdc: MicroUsdc;
  readonly reference: string;
  readonly quotedAt: Millis;
  readonly expiresAt: Millis;
}

export interface RentalExtended {
  readonly extensionId: string;
  readonly minutes: number;
  /** The new end of the term. */
  readonly endsAt: Millis;
}
