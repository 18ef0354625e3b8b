/** promise@1: a first login more than a minute after the payment costs the platform the first ten served minutes. */

import { MINUTE_MS } from '../units.js';
import type { Rental } from './fold.js';

const GIVEN = 10;

/** A buyer who said to wait longer than a minute was promised none. */
export function promisedMinutes({ paidAt, requested }: Rental, startedAt: number): number {
  if (paidAt === null || requested.terms.maxWaitMs > MINUTE_MS) return 0;
  return startedAt > paidAt + MINUTE_MS ? GIVEN : 0;
}
