/** promise@1: what the platform gives where it did not keep its word on the time to the first login. */

import { MINUTE, type Millis } from '../time.js';

export const PROMISE = 'promise@1';
/** From the payment's block time to RentalStarted. */
export const START_WITHIN: Millis = MINUTE;
/** The first served minutes, in time order. */
export const FREE_MINUTES = 10;

export interface PromiseInputs {
  readonly paidAt: Millis;
  readonly startedAt: Millis;
  /** A buyer who accepted a longer wait was promised no shorter one. */
  readonly maxWaitMs: Millis;
}

/** How many of the first served minutes are not billed. */
export function freeMinutes({ paidAt, startedAt, maxWaitMs }: PromiseInputs): number {
  return maxWaitMs <= START_WITHIN && startedAt - paidAt > START_WITHIN ? FREE_MINUTES : 0;
}
