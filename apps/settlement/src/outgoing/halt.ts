/** Holds one rental still where its facts and the chain cannot both be true: never guess, and leave every other rental alone. */

import type { DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';

/** Its release brings the duty back. */
export async function halt(
  { act, signals }: Parts,
  rentalId: string,
  invariant: string,
  evidence: string,
): Promise<DutyOutcome> {
  signals.alarm('rental_halted', { rentalId, invariant, evidence });
  await act.handle(rentals, rentalId, (at) => ({ type: 'HaltRental', at, invariant, evidence }));
  return 'done';
}
